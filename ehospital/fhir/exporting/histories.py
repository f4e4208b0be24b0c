"""FamilyMemberHistory, and pregnancies as Observations, as `mapping` reads them."""

from typing import Any, Final

from ehospital.algorithms import obstetrics
from ehospital.clinical.models import FamilyHistory, Pregnancy
from ehospital.fhir.mapping.families import ENCOUNTER, RECORDER
from ehospital.fhir.mapping.pregnancies import (
    CHILDREN,
    DELIVERY,
    ENDED,
    LAST_PERIOD,
    PREGNANCIES,
    PREGNANCY,
    WEEKS,
)
from ehospital.fhir.serving import pieces
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import TERMINOLOGY, kept
from ehospital.kernel.codes import LOINC, SNOMED, UCUM

_RELATIONS: Final = f"{TERMINOLOGY}v3-RoleCode"
_STATUS: Final = ("82810-3", "Pregnancy status")
_EXPECTED: Final = ("11779-6", "Delivery date Estimated from last menstrual period")
_PREGNANT: Final = ("77386006", "Pregnant")


def family(row: FamilyHistory) -> Json:
    """Return one condition of a relative; R4 has no element for who wrote it down and when they met the patient."""
    recorder, encounter = pieces.person(row.recorded_by, row.recorded_by_text), pieces.to("Encounter", row.encounter_id)
    told = {RECORDER: recorder, ENCOUNTER: encounter}
    condition = kept(
        code=pieces.concept(row.code_system, row.code, row.display, row.other_codes),
        onsetAge=_age(row.onset_age),
        contributedToDeath=row.died_of_it or None,
    )
    died = row.deceased == FamilyHistory.Deceased.YES
    alive_or_dead = {} if row.deceased == FamilyHistory.Deceased.NOT_KNOWN else {"deceasedBoolean": died}
    return kept(
        extension=[{"url": url, "valueReference": one} for url, one in told.items() if one],
        status="completed",
        patient=pieces.to("Patient", row.patient_id),
        date=pieces.moment(row.recorded_at),
        relationship=pieces.word(_RELATIONS, row.relation, str(row.get_relation_display())),
        **({"deceasedAge": _age(row.death_age)} if row.death_age is not None else alive_or_dead),
        condition=[condition],
        note=pieces.notes(row.note),
    )


def _age(years: int | None) -> Json:
    return {} if years is None else {"value": years, "unit": "years", "system": UCUM, "code": "a"}


def pregnancy(row: Pregnancy) -> Json:
    """Return a pregnancy; a running one has the code and the value that the patient summary knows too."""
    running = row.outcome == Pregnancy.Outcome.ONGOING
    outcome = (PREGNANCIES, row.outcome, str(row.get_outcome_display()))
    codes = [(LOINC, *_STATUS)] if running else []
    values = [(SNOMED, *_PREGNANT)] if running else []
    return kept(
        status="final",
        category=[pieces.word(f"{TERMINOLOGY}observation-category", "exam")],
        code=_coded(*codes, (PREGNANCIES, PREGNANCY, "Pregnancy")),
        subject=pieces.to("Patient", row.patient_id),
        encounter=pieces.to("Encounter", row.encounter_id),
        effectiveDateTime=pieces.moment(row.ended_at, row.ended_precision) or pieces.moment(row.recorded_at),
        issued=pieces.moment(row.recorded_at),
        performer=[one] if (one := pieces.person(row.recorded_by, row.recorded_by_text)) else [],
        valueCodeableConcept=_coded(*values, outcome),
        component=list(_parts(row)),
        note=pieces.notes(row.note),
    )


def expected(row: Pregnancy) -> Json:
    """Return the estimated day of delivery of a running pregnancy, worked out from the last period; else nothing."""
    if row.outcome != Pregnancy.Outcome.ONGOING or row.last_period_on is None:
        return {}
    return kept(
        status="final",
        category=[pieces.word(f"{TERMINOLOGY}observation-category", "exam")],
        code=_coded((LOINC, *_EXPECTED)),
        subject=pieces.to("Patient", row.patient_id),
        effectiveDateTime=pieces.moment(row.recorded_at),
        performer=[one] if (one := pieces.person(row.recorded_by, row.recorded_by_text)) else [],
        valueDateTime=pieces.day(obstetrics.due_on(row.last_period_on)),
    )


def _parts(row: Pregnancy) -> list[Json]:
    told: list[tuple[tuple[str, str], str, dict[str, Any]]] = [
        (LAST_PERIOD, "Last menstrual period start date", kept(valueDateTime=pieces.day(row.last_period_on))),
        (ENDED, "End", kept(valueDateTime=pieces.moment(row.ended_at, row.ended_precision))),
        (WEEKS, "Gestational age in weeks", _weeks(row)),
        (CHILDREN, "Children", {"valueInteger": row.children}),
        (DELIVERY, "Delivery", _delivery(row)),
    ]
    return [{"code": _coded((*code, words)), **value} for code, words, value in told if value]


def _weeks(row: Pregnancy) -> Json:
    return {} if row.weeks is None else {"valueQuantity": pieces.quantity(row.weeks, "weeks", "wk")}


def _delivery(row: Pregnancy) -> Json:
    words = str(row.get_delivery_display())
    return {"valueCodeableConcept": _coded((PREGNANCIES, row.delivery, words))} if row.delivery else {}


def _coded(*codes: tuple[str, str, str]) -> Json:
    codings = [{"system": system, "code": code, "display": words} for system, code, words in codes]
    return {"coding": codings, "text": codes[0][2]}
