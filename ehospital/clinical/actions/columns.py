"""Which column of a table takes what from the details of a line."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from ehospital.clinical import models
from ehospital.clinical.details import Moment, concept
from ehospital.kernel.codes import Code

Getter = Callable[[Any], Any]


def _same(*names: str) -> dict[str, Getter]:
    return {name: attrgetter(name) for name in names}


def _codes(codes: tuple[Code, ...]) -> list[list[str]]:
    return [[one.system, one.code, one.display] for one in codes]


def _moment(name: str) -> dict[str, Getter]:
    read: Callable[[Any], Moment | None] = attrgetter(name)

    def at(details: Any) -> Any:
        moment = read(details)
        return moment.at if moment else None

    def precision(details: Any) -> str:
        moment = read(details)
        return moment.precision if moment else "time"

    return {f"{name}_at": at, f"{name}_precision": precision}


_ENTRY = _same("id", "encounter_id", "recorded_at", "recorded_by_id", "recorded_by_text")
_CODED: dict[str, Getter] = {
    "code_system": attrgetter("code.system"),
    "code": attrgetter("code.code"),
    "display": attrgetter("code.display"),
    "other_codes": lambda details: _codes(details.other_codes),
}

ENCOUNTER: Mapping[str, Getter] = {
    **_same("id", "setting", "status", "started_at", "ended_at", "outcome", "place", "organisation_id"),
    **_same("clinician_id", "clinician_text", "recorded_at"),
    **_CODED,
    "reason_system": attrgetter("reason.system"),
    "reason_code": attrgetter("reason.code"),
    "reason": attrgetter("reason.display"),
}
PROBLEM: Mapping[str, Getter] = {
    **_ENTRY,
    **_CODED,
    **_same("status", "verification", "category", "severity", "body_site", "onset_text", "note"),
    **_moment("onset"),
    **_moment("abated"),
}
ALLERGY: Mapping[str, Getter] = {
    **_ENTRY,
    **_CODED,
    **_same("status", "verification", "kind", "categories", "criticality", "note"),
    **_moment("onset"),
    **_moment("last_reaction"),
}
REACTION: Mapping[str, Getter] = {
    **_same("manifestations", "severity", "substance", "description", "route"),
    **_moment("onset"),
}
NO_KNOWN_ALLERGIES: Mapping[str, Getter] = {**_ENTRY, **_same("scope", "ended_at", "entered_in_error")}
_RESULT: dict[str, Getter] = {
    **_CODED,
    "concept": lambda details: concept(details.code),
    "value": attrgetter("value.number"),
    "comparator": attrgetter("value.comparator"),
    "unit": attrgetter("value.unit"),
    "ucum": attrgetter("value.ucum"),
    "value_system": attrgetter("value.code.system"),
    "value_code": attrgetter("value.code.code"),
    "value_text": lambda details: details.value.text or details.value.code.display,
    "absent_reason": attrgetter("value.absent_reason"),
    "interpretation": attrgetter("interpretation"),
    "reference_low": attrgetter("reference.low"),
    "reference_high": attrgetter("reference.high"),
    "reference_text": attrgetter("reference.text"),
}
OBSERVATION: Mapping[str, Getter] = {
    **_ENTRY,
    **_RESULT,
    **_same("status", "category", "effective_until", "issued_at", "method", "body_site", "note"),
    **_moment("effective"),
}
DOCUMENT: Mapping[str, Getter] = {
    **_ENTRY,
    **_CODED,
    **_same("status", "category", "title", "written_at", "file_key", "file_name", "content_type", "size_bytes"),
    **_same("location"),
}
REPORT: Mapping[str, Getter] = {
    **_ENTRY,
    **_CODED,
    **_same("status", "category", "effective_until", "issued_at", "conclusion", "result_ids", "document_id"),
    **_moment("effective"),
}
PROCEDURE: Mapping[str, Getter] = {
    **_ENTRY,
    **_CODED,
    **_same("status", "ended_at", "reason", "body_site", "outcome", "note"),
    **_moment("performed"),
}
IMMUNISATION: Mapping[str, Getter] = {
    **_ENTRY,
    **_CODED,
    **_same(
        "status", "status_reason", "given_text", "given_by", "first_hand", "lot", "dose_text", "site", "route", "note"
    ),
    **_moment("given"),
}
MEDICINE: Mapping[str, Getter] = {
    **_ENTRY,
    **_CODED,
    **_same("kind", "status", "intent", "dosage_text", "dosage", "as_needed", "reason", "ended_at", "stop_reason"),
    **_same("note"),
    **_moment("started"),
}
CARE_PLAN: Mapping[str, Getter] = {
    **_ENTRY,
    **_CODED,
    **_same("status", "intent", "description", "reason", "started_at", "ended_at", "status_reason"),
}
ACTIVITY: Mapping[str, Getter] = {
    "code_system": attrgetter("code.system"),
    "code": attrgetter("code.code"),
    "display": attrgetter("code.display"),
    **_same("status", "description", "place", "who", "role", "staff_id", "timing", "starts_on", "ends_on"),
}
GOAL: Mapping[str, Getter] = {
    **_ENTRY,
    **_CODED,
    **_same("status", "achievement", "care_plan_id", "started_on", "due_on", "note"),
    **_same("target_low", "target_high", "target_unit", "counts_for_days"),
    "measure_system": attrgetter("measure.system"),
    "measure_code": attrgetter("measure.code"),
    "measure_display": attrgetter("measure.display"),
}
FLAG: Mapping[str, Getter] = {**_ENTRY, **_same("kind", "words", "started_at", "ended_at", "entered_in_error")}

FAMILY_HISTORY: Mapping[str, Getter] = {
    **_ENTRY,
    **_CODED,
    **_same("relation", "onset_age", "deceased", "death_age", "died_of_it", "note", "entered_in_error"),
}
PREGNANCY: Mapping[str, Getter] = {
    **_ENTRY,
    **_same("outcome", "last_period_on", "weeks", "children", "delivery", "note", "entered_in_error"),
    **_moment("ended"),
}

# In the order in which they may be written: what is pointed at comes before what points.
TABLES: Mapping[str, tuple[type[models.ChartEntry | models.Encounter], Mapping[str, Getter]]] = {
    "encounters": (models.Encounter, ENCOUNTER),
    "documents": (models.Document, DOCUMENT),
    "care_plans": (models.CarePlan, CARE_PLAN),
    "problems": (models.Problem, PROBLEM),
    "allergies": (models.Allergy, ALLERGY),
    "no_known_allergies": (models.NoKnownAllergies, NO_KNOWN_ALLERGIES),
    "observations": (models.Observation, OBSERVATION),
    "reports": (models.DiagnosticReport, REPORT),
    "procedures": (models.Procedure, PROCEDURE),
    "immunisations": (models.Immunisation, IMMUNISATION),
    "medicines": (models.MedicineTaken, MEDICINE),
    "goals": (models.Goal, GOAL),
    "flags": (models.SafetyFlag, FLAG),
    "family_history": (models.FamilyHistory, FAMILY_HISTORY),
    "pregnancies": (models.Pregnancy, PREGNANCY),
}
