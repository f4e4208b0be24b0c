"""The International Patient Summary of one patient: a document that the next hospital reads, whoever it is.

Source: HL7 FHIR IPS implementation guide 1.1 (Bundle-uv-ips, Composition-uv-ips). A section that must be there is
there; where nothing is known it says that, in a code and in words, and never just stays empty.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ehospital.clinical.models import NoKnownAllergies, Observation, SafetyFlag
from ehospital.clinical.queries import AllergyState, Taken
from ehospital.clinical.queries import taking_out as queries
from ehospital.fhir.exporting import absent, care_plans, histories, lines, medicines, narrative
from ehospital.fhir.exporting.records import within
from ehospital.fhir.serving import allergies, conditions, observations, patients, pieces
from ehospital.fhir.serving.outcomes import Json, encoded
from ehospital.fhir.serving.pieces import TERMINOLOGY, kept
from ehospital.kernel.codes import LOINC
from ehospital.people import access
from ehospital.people.models import Patient

PROFILES: Final = "http://hl7.org/fhir/uv/ips/StructureDefinition/"
MOST_LINES: Final = 200
PREGNANCY: Final = frozenset({"82810-3", "11778-8", "11779-6", "11780-4", "11640-0", "11612-9", "11613-7"})
_DOCUMENTS: Final = "urn:ehospital:patient-summary"
_EMPTY: Final = f"{TERMINOLOGY}list-empty-reason"


@dataclass
class Section:
    """A section: its code, its title, the resources in it, and a row of words for each."""

    code: str
    words: str
    title: str
    empty: str
    resources: list[Json] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    behind: list[Json] = field(default_factory=list)
    """What the resources refer to, and what stands for nothing: in the document, not in the section's words."""

    def add(self, kind: str, key: UUID, written: Json, *words: str) -> None:
        """Add a line."""
        self.resources.append({"resourceType": kind, "id": str(key), **written})
        self.rows.append(tuple(words))

    def written(self) -> Json:
        """Return the section of the Composition."""
        code = {"coding": [{"system": LOINC, "code": self.code, "display": self.words}]}
        entries = [pieces.to(one["resourceType"], one["id"]) for one in self.resources]
        none = pieces.word(_EMPTY, "unavailable") if not entries else {}
        text = narrative.text(self.rows, self.empty)
        return kept(title=self.title, code=code, text=text, entry=entries, emptyReason=none)


def document(patient_id: UUID, *, viewer: access.Actor, at: datetime, reason: str = "") -> Json:
    """Return the summary of a patient, as far as the viewer may see the record: one audit event `chart.exported`.

    Raises:
        NotPermitted: `viewer` may not take this record out, or there is no such patient.
    """
    patient = queries.told(patient_id, viewer=viewer, at=at, how=queries.EXPORTED, form="ips", reason=reason)
    return of(queries.read(patient, viewer=viewer, at=at, most=MOST_LINES), at=at)


def file(patient_id: UUID, *, viewer: access.Actor, at: datetime, reason: str = "") -> bytes:
    """Return the summary as the bytes of a file; what the web hands out without knowing FHIR."""
    return encoded(document(patient_id, viewer=viewer, at=at, reason=reason))


def of(taken: Taken, *, at: datetime) -> Json:
    """Return the document of what was taken out."""
    found = sections(taken)
    hospital = _hospital()
    patient = {"resourceType": "Patient", "id": str(taken.patient.pk), **_patient(taken.patient)}
    inside = [patient, hospital, *(one for section in found for one in (*section.resources, *section.behind))]
    composition = _composition(taken.patient, found, hospital, at)
    every = [composition, *_once(inside)]
    held = {f"{one['resourceType']}/{one['id']}" for one in every}
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": within(one, held)} for one in every]
    return {
        "resourceType": "Bundle",
        "id": str(uuid5(taken.patient.pk, f"patient summary bundle {at.isoformat()}")),
        "meta": {"profile": [f"{PROFILES}Bundle-uv-ips"]},
        "identifier": {"system": _DOCUMENTS, "value": f"{taken.patient.pk}/{at.isoformat()}"},
        "type": "document",
        "timestamp": _instant(at),
        "entry": entries,
    }


def _once(resources: Iterable[Json]) -> list[Json]:
    return list({(one["resourceType"], one["id"]): one for one in resources}.values())


def _instant(at: datetime) -> str:
    return at.astimezone(timezone.get_default_timezone()).isoformat()


def _hospital() -> Json:
    key = uuid5(UUID(int=0), f"{_DOCUMENTS} {settings.HOSPITAL_NAME}")
    return {"resourceType": "Organization", "id": str(key), "active": True, "name": settings.HOSPITAL_NAME}


def _patient(patient: Patient) -> Json:
    """Return the demographics; the summary needs a birth date, or that it is not known."""
    written = patients.write(patient)
    born = {} if patient.birth_on else {"_birthDate": absent.UNKNOWN}
    return {"meta": {"profile": [f"{PROFILES}Patient-uv-ips"]}, **written, **born}


def _composition(patient: Patient, found: Sequence[Section], hospital: Json, at: datetime) -> Json:
    key = uuid5(patient.pk, f"patient summary {at.isoformat()}")
    code = {"system": LOINC, "code": "60591-5", "display": "Patient summary Document"}
    author = pieces.to("Organization", hospital["id"])
    return {
        "resourceType": "Composition",
        "id": str(key),
        "meta": {"profile": [f"{PROFILES}Composition-uv-ips"]},
        "language": get_language() or "en",
        "text": narrative.text([(section.title, str(len(section.rows))) for section in found]),
        "status": "final",
        "type": {"coding": [code]},
        "subject": pieces.to("Patient", patient.pk),
        "date": _instant(at),
        "author": [author],
        "title": _("Patient summary as of {day}").format(day=pieces.moment(at, "day")),
        "custodian": author,
        "section": [section.written() for section in found],
    }


def sections(taken: Taken) -> list[Section]:
    """Return the sections: those that must be there, those that should, and the others that hold something."""
    key = taken.patient.pk
    required = [_problems(taken, key), _allergies(taken, key), _medicines(taken, key)]
    wanted = [_immunisations(taken, key), _results(taken), _procedures(taken, key), _devices(key)]
    more = [_vital_signs(taken), _social(taken), _pregnancy(taken), _plans(taken), _alerts(taken), _directives(taken)]
    return [*required, *wanted, *(one for one in more if one.resources)]


def _problems(taken: Taken, key: UUID) -> Section:
    found = Section("11450-4", "Problem list - Reported", _("Problems"), _("No problem is on record."))
    for one in taken.record.problems:
        since = pieces.moment(one.onset_at, one.onset_precision) or one.onset_text
        found.add("Condition", one.pk, conditions.write(one), one.display, str(one.get_status_display()), since)
    return _or_none(found, absent.problem, key)


def _allergies(taken: Taken, key: UUID) -> Section:
    said = _("Nobody has written down whether there are allergies. That does not mean that there are none.")
    found = Section("48765-2", "Allergies and adverse reactions Document", _("Allergies"), said)
    for one in taken.record.allergies.active:
        reactions = ", ".join(words for reaction in one.reactions.all() for words in reaction.manifestations)
        danger = str(one.get_criticality_display())
        found.add("AllergyIntolerance", one.pk, allergies.write(one), one.display, danger, reactions)
    for statement in taken.record.allergies.statements:
        written = absent.none_known(statement, allergies.write_none_known(statement))
        asked = pieces.moment(statement.recorded_at, "day")
        words = str(NoKnownAllergies.Scope(statement.scope).label)
        found.add("AllergyIntolerance", statement.pk, written, words, asked)
    if taken.record.allergies.state is AllergyState.NOT_RECORDED:
        found.rows += [(said,)] if found.rows else []
        return _or_none(found, absent.allergy, key)
    return found


def _medicines(taken: Taken, key: UUID) -> Section:
    said = _("No medicine is on record. That does not mean that none is taken.")
    found = Section("10160-0", "History of Medication use Narrative", _("Medicines"), said)
    for one in taken.record.medicines:
        written = medicines.write(one)
        if medicines.name(one) == "MedicationStatement" and "effectivePeriod" not in written:
            written["_effectiveDateTime"] = absent.UNKNOWN
        words = (one.display, one.dosage_text, str(one.get_status_display()))
        found.add(medicines.name(one), one.pk, written, *words)
    return _or_none(found, absent.medicine, key)


def _immunisations(taken: Taken, key: UUID) -> Section:
    found = Section("11369-6", "History of Immunization note", _("Vaccinations"), _("No vaccination is on record."))
    for one in taken.record.immunisations.lines:
        when = pieces.moment(one.given_at, one.given_precision) or one.given_text
        found.add("Immunization", one.pk, lines.immunisation(one), one.display, str(one.get_status_display()), when)
    return _or_none(found, absent.immunisation, key)


def _procedures(taken: Taken, key: UUID) -> Section:
    found = Section("47519-4", "History of Procedures Document", _("Procedures"), _("No procedure is on record."))
    for one in taken.record.procedures.lines:
        written = lines.procedure(one)
        if not one.performed_at:
            written["_performedDateTime"] = absent.UNKNOWN
        when = pieces.moment(one.performed_at, one.performed_precision)
        found.add("Procedure", one.pk, written, one.display, str(one.get_status_display()), when)
    return _or_none(found, absent.procedure, key)


def _devices(key: UUID) -> Section:
    found = Section(
        "46264-8",
        "History of medical device use",
        _("Devices and implants"),
        _("Devices and implants are not on record."),
    )
    use, none = absent.device(key)
    found.resources.append(use)
    found.behind.append(none)
    return found


def _or_none(found: Section, none: Callable[[UUID], Json], key: UUID) -> Section:
    """Return the section; one that holds nothing says in a code that nothing is known."""
    if not found.resources:
        found.resources.append(none(key))
    return found


def _observed(taken: Taken, found: Section, wanted: Callable[[Any], bool]) -> Section:
    """Add the latest of each test that is wanted."""
    keys = [one.latest.id for one in taken.record.results if wanted(one.latest)]
    parts = Prefetch("parts", Observation.objects.exclude(pk__in=taken.hidden))
    rows = Observation.objects.filter(pk__in=keys).select_related("recorded_by").prefetch_related(parts)
    for row in rows.order_by("-effective_at", "pk"):
        written = _by_somebody(observations.write(row))
        when = pieces.moment(row.effective_at, row.effective_precision)
        found.add("Observation", row.pk, written, row.display, _value(row), when)
    return found


def _by_somebody(observation: Json) -> Json:
    """Return an observation with who made it; the hospital, where nobody is named."""
    return {"performer": [pieces.to("Organization", _hospital()["id"])], **observation}


def _value(row: Observation) -> str:
    if row.value is not None:
        return f"{row.comparator}{row.value:f} {row.unit}".strip()
    parts = [f"{part.display} {_value(part)}" for part in sorted(row.parts.all(), key=lambda one: one.position)]
    return row.value_text or "; ".join(parts) or row.absent_reason


def _results(taken: Taken) -> Section:
    found = Section(
        "30954-2", "Relevant diagnostic tests/laboratory data note", _("Results"), _("No result is on record.")
    )
    others = {Observation.Category.VITAL_SIGNS, Observation.Category.SOCIAL_HISTORY}
    return _observed(taken, found, lambda one: one.category not in others and one.code not in PREGNANCY)


def _vital_signs(taken: Taken) -> Section:
    found = Section("8716-3", "Vital signs note", _("Vital signs"), "")
    return _observed(taken, found, lambda one: one.category == Observation.Category.VITAL_SIGNS)


def _social(taken: Taken) -> Section:
    found = Section("29762-2", "Social history note", _("Social history"), "")
    social = Observation.Category.SOCIAL_HISTORY
    return _observed(taken, found, lambda one: one.category == social and one.code not in PREGNANCY)


def _pregnancy(taken: Taken) -> Section:
    found = Section("10162-6", "History of pregnancies Narrative", _("Pregnancies"), "")
    for one in taken.record.pregnancies.lines:
        written = _by_somebody(histories.pregnancy(one))
        when = pieces.moment(one.ended_at, one.ended_precision)
        due = histories.expected(one)
        if due:
            key = uuid5(one.pk, "day of delivery")
            written["hasMember"] = [pieces.to("Observation", key)]
            found.behind.append({"resourceType": "Observation", "id": str(key), **_by_somebody(due)})
        found.add("Observation", one.pk, written, str(one.get_outcome_display()), one.note, when)
    return _observed(taken, found, lambda one: one.code in PREGNANCY)


def _plans(taken: Taken) -> Section:
    found = Section("18776-5", "Plan of care note", _("Plan of care"), "")
    for one in taken.record.care_plans.lines:
        if one.status in ("active", "on-hold"):
            found.add("CarePlan", one.pk, care_plans.plan(one), one.display, one.description or one.reason)
            for goal in one.goals.all():
                found.behind.append({"resourceType": "Goal", "id": str(goal.pk), **care_plans.goal(goal)})
    return found


def _alerts(taken: Taken) -> Section:
    found = Section("104605-1", "Alert", _("Alerts"), "")
    return _flags(found, [one for one in taken.flags if one.kind != SafetyFlag.Kind.DNACPR])


def _directives(taken: Taken) -> Section:
    found = Section("42348-3", "Advance healthcare directives", _("Advance directives"), "")
    return _flags(found, [one for one in taken.flags if one.kind == SafetyFlag.Kind.DNACPR])


def _flags(found: Section, flags: Sequence[SafetyFlag]) -> Section:
    for one in flags:
        since = pieces.moment(one.started_at, "day")
        found.add("Flag", one.pk, lines.flag(one), str(one.get_kind_display()), one.words, since)
    return found
