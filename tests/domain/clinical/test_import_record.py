"""Writing whole records: all or nothing, once, and never into another patient's chart."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid5

import pytest

from ehospital.clinical import actions, details, models
from ehospital.clinical.details import Code, Moment, PartDetails, Record, Value, loinc, quantity
from ehospital.foundation.models import AuditEvent
from ehospital.kernel.codes import SNOMED
from ehospital.people import access
from ehospital.people.actions import UnusableDetails
from ehospital.people.details import IdentifierDetails
from ehospital.people.models import Patient, PatientIdentifier
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db

ROOT = UUID("6a1c0000-0000-4000-8000-000000000001")
ANNA, BORIS = uuid5(ROOT, "anna"), uuid5(ROOT, "boris")
THEN = datetime(2025, 5, 1, 8, 30, tzinfo=UTC)


def key(name: str) -> UUID:
    return uuid5(ROOT, name)


VISIT = key("visit")
ENTRY = {"encounter_id": VISIT, "recorded_at": THEN, "recorded_by_text": "Dr. Elsewhere"}


def words(text: str) -> Code:
    """A concept that no vocabulary knows."""
    return Code("", "", text)


def whole_record() -> Record:
    """One line of every kind, each with something that could be lost on the way."""
    code = Code(SNOMED, "185349003", "Check-up")
    return Record(
        encounters=(details.EncounterDetails(id=VISIT, code=code, started_at=THEN),),
        problems=(problem(),),
        allergies=(allergy(),),
        no_known_allergies=(details.NoKnownAllergiesDetails(id=key("nka"), scope="food", **ENTRY),),
        observations=observations(),
        documents=(details.DocumentDetails(id=key("letter"), code=words("History"), written_at=THEN, **ENTRY),),
        reports=(report(),),
        procedures=(details.ProcedureDetails(id=key("x-ray"), code=words("X-ray"), performed=Moment(THEN), **ENTRY),),
        immunisations=(details.ImmunisationDetails(id=key("flu"), code=words("Flu"), given=Moment(THEN), **ENTRY),),
        medicines=(medicine(),),
        care_plans=(care_plan(),),
        goals=(details.GoalDetails(id=key("goal"), code=words("No attacks"), care_plan_id=key("plan"), **ENTRY),),
        flags=(details.FlagDetails(id=key("falls"), kind="falls", started_at=THEN, **ENTRY),),
    )


def problem() -> details.ProblemDetails:
    other = Code("http://hl7.org/fhir/sid/icd-10", "J45", 'Asthma, "all" kinds \\')
    onset = Moment(datetime(1980, 1, 1, tzinfo=UTC), "year")
    code = Code(SNOMED, "195967001", "Asthma")
    return details.ProblemDetails(id=key("asthma"), code=code, onset=onset, other_codes=(other,), **ENTRY)


def allergy() -> details.AllergyDetails:
    reactions = (
        details.ReactionDetails(manifestations=('Rash, "itching"', "Wheeze\\"), severity="severe"),
        details.ReactionDetails(manifestations=("Nausea",)),
    )
    return details.AllergyDetails(
        id=key("penicillin"),
        code=words("Penicillin"),
        categories=("medication", "food"),
        criticality="high",
        reactions=reactions,
        **ENTRY,
    )


def observations() -> tuple[details.ObservationDetails, ...]:
    parts = (
        PartDetails(code=loinc("8480-6", "Systolic"), value=quantity(120, "mm[Hg]")),
        PartDetails(code=loinc("8462-4", "Diastolic"), value=quantity(80, "mm[Hg]")),
    )
    potassium, pressure = loinc("2823-3", "Potassium"), loinc("85354-9", "Blood pressure")
    shared = {"effective": Moment(THEN), **ENTRY}
    return (
        details.ObservationDetails(id=key("potassium"), code=potassium, value=quantity("3.10", "mmol/L"), **shared),
        details.ObservationDetails(id=key("pressure"), code=pressure, category="vital-signs", parts=parts, **shared),
    )


def report() -> details.ReportDetails:
    return details.ReportDetails(
        id=key("panel"),
        code=loinc("51990-0", "Basic metabolic panel"),
        effective=Moment(THEN),
        result_ids=(key("potassium"),),
        document_id=key("letter"),
        **ENTRY,
    )


def medicine() -> details.MedicineDetails:
    dosage = {"text": "one a day", "doseAndRate": [{"doseQuantity": {"value": Decimal("1.50")}}]}
    code = words("Ramipril 5 mg")
    return details.MedicineDetails(id=key("ramipril"), code=code, dosage=(dosage,), as_needed=False, **ENTRY)


def care_plan() -> details.CarePlanDetails:
    activities = (details.ActivityDetails(words("Inhale")), details.ActivityDetails(words("Rest")))
    return details.CarePlanDetails(id=key("plan"), code=words("Asthma plan"), activities=activities, **ENTRY)


def write(record: Record, patient_id: UUID = ANNA, **more: object) -> actions.Written:
    more = {"patient": people.details(), **more}
    return actions.import_record(patient_id, record, by=people.machinery(), at=NOON, **more)


def rows() -> dict[str, list[dict[str, object]]]:
    tables = [*(table for table, _ in actions.importing.columns.TABLES.values())]
    tables += [
        models.AllergyReaction,
        models.CareActivity,
        models.ImportedResource,
        Patient,
        PatientIdentifier,
        AuditEvent,
    ]
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in tables}


def test_every_kind_of_line_arrives_whole() -> None:
    written = write(whole_record())
    assert len(written.imported) == 15
    assert not (written.updated or written.unchanged or written.refused or written.unlinked)
    potassium = models.Observation.objects.get(pk=key("potassium"))
    assert (str(potassium.value), potassium.ucum, potassium.concept) == ("3.10", "mmol/L", "http://loinc.org|2823-3")
    parts = models.Observation.objects.filter(panel_id=key("pressure")).order_by("position")
    assert [(part.display, part.value, part.effective_at) for part in parts] == [
        ("Systolic", Decimal(120), THEN),
        ("Diastolic", Decimal(80), THEN),
    ]
    allergy = models.Allergy.objects.get(pk=key("penicillin"))
    assert allergy.categories == ["medication", "food"]
    assert [one.manifestations for one in allergy.reactions.order_by("position")] == [
        ['Rash, "itching"', "Wheeze\\"],
        ["Nausea"],
    ]
    problem = models.Problem.objects.get(pk=key("asthma"))
    assert (problem.onset_precision, problem.onset_at) == ("year", datetime(1980, 1, 1, tzinfo=UTC))
    assert problem.other_codes == [["http://hl7.org/fhir/sid/icd-10", "J45", 'Asthma, "all" kinds \\']]
    report = models.DiagnosticReport.objects.get(pk=key("panel"))
    assert (report.result_ids, report.document_id) == ([key("potassium")], key("letter"))
    medicine = models.MedicineTaken.objects.get(pk=key("ramipril"))
    assert medicine.dosage[0]["doseAndRate"][0]["doseQuantity"]["value"] == 1.5
    assert models.CareActivity.objects.filter(care_plan_id=key("plan"), patient_id=ANNA).count() == 2
    assert models.Goal.objects.get(pk=key("goal")).care_plan_id == key("plan")
    assert all(row["patient_id"] == ANNA for row in rows()["Encounter"])
    assert AuditEvent.objects.get(action="record.imported").details["observations"] == 2


def test_the_same_record_again_changes_nothing_at_all() -> None:
    first = write(whole_record())
    before = rows()
    again = write(whole_record())
    assert rows() == before
    assert (again.unchanged, again.imported, again.updated) == (first.imported, frozenset(), frozenset())


def test_what_changed_is_updated_and_only_that() -> None:
    write(whole_record())
    record = whole_record()
    pressure = replace(record.observations[1], parts=record.observations[1].parts[:1])
    allergy = replace(record.allergies[0], reactions=record.allergies[0].reactions[1:])
    changed = replace(record, observations=(record.observations[0], pressure), allergies=(allergy,))
    written = write(changed)
    assert written.updated == {pressure.id, allergy.id}
    assert not written.imported
    left = models.Observation.objects.filter(panel_id=pressure.id).order_by("position").values_list("status", flat=True)
    assert list(left) == ["final", "entered-in-error"]
    assert [one.manifestations for one in models.AllergyReaction.objects.all()] == [["Nausea"]]
    assert AuditEvent.objects.filter(action="record.imported").latest("id").details == {
        "allergies": 1,
        "observations": 1,
    }


def test_no_line_ever_moves_into_another_chart() -> None:
    write(whole_record())
    theirs = whole_record()
    before = rows()
    written = write(theirs, BORIS, patient=people.details("Boris", "Other", number="2"))
    assert written.imported == {BORIS}
    assert len(written.refused) == 14
    after = rows()
    for table in ("Encounter", "Observation", "Allergy", "AllergyReaction", "Goal"):
        assert after[table] == before[table]


def test_a_link_that_leads_out_of_the_chart_is_cut_and_told() -> None:
    write(whole_record())
    entry = {"encounter_id": key("visit"), "recorded_at": THEN}
    record = Record(
        observations=(
            details.ObservationDetails(
                id=key("b1"), code=loinc("1", "x"), effective=Moment(THEN), value=Value(text="a"), **entry
            ),
        ),
        reports=(
            details.ReportDetails(
                id=key("b2"), code=loinc("2", "y"), effective=Moment(THEN), result_ids=(key("b1"), key("potassium"))
            ),
        ),
    )
    written = write(record, BORIS, patient=people.details("Boris", "Other", number="2"))
    assert written.unlinked == {key("b1"), key("b2")}
    assert models.Observation.objects.get(pk=key("b1")).encounter_id is None
    assert models.DiagnosticReport.objects.get(pk=key("b2")).result_ids == [key("b1")]


def test_a_number_of_another_patient_is_not_kept_and_told() -> None:
    write(Record())
    numbers = (IdentifierDetails("urn:licence", "S1"), IdentifierDetails("urn:own", "7"))
    write(Record(), BORIS, patient=replace(people.details("Boris", "Other"), identifiers=numbers))
    third = uuid5(ROOT, "third")
    mine = (IdentifierDetails("urn:licence", "S1"), IdentifierDetails("urn:own", "8"))
    written = write(Record(), third, patient=replace(people.details("Carla", "Third"), identifiers=mine))
    assert written.numbers_taken == (("urn:licence", "S1"),)
    assert list(PatientIdentifier.objects.filter(patient_id=third).values_list("system", "value")) == [("urn:own", "8")]
    again = write(Record(), third, patient=replace(people.details("Carla", "Third"), identifiers=mine))
    assert (again.unchanged, again.numbers_taken) == ({third}, written.numbers_taken)


def test_nothing_is_written_when_one_line_cannot_be() -> None:
    record = whole_record()
    impossible = replace(record.problems[0], status="nonsense")
    before = rows()
    with pytest.raises(Exception, match="problem_status"):
        write(replace(record, problems=(impossible,)))
    assert rows() == before


def test_an_unusable_patient_takes_the_record_along() -> None:
    before = rows()
    with pytest.raises(UnusableDetails):
        write(whole_record(), patient=replace(people.details(), names=()))
    with pytest.raises(actions.UnknownPatient):
        write(whole_record(), patient=None)
    assert rows() == before


def test_only_those_who_may_import_do() -> None:
    nurse = people.staff(access.Role.NURSE)
    before = rows()
    with pytest.raises(access.NotPermitted):
        actions.import_record(ANNA, whole_record(), by=nurse.actor, at=NOON, patient=people.details())
    assert rows() == before
