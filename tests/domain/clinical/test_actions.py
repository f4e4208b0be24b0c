"""Writing into a chart: who may, what is refused, and what others hear of it."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from ehospital.clinical import actions, details, models, queries
from ehospital.clinical.details import Code, Moment
from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.people import access
from tests.factories import clinical, people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WORDS = Code("", "", "Something")


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(patient: UUID) -> access.Actor:
    return clinical.carer(patient).actor


def traces() -> tuple[int, ...]:
    """How much there is of everything that an action may leave behind."""
    tables = [models.Encounter, models.Problem, models.Allergy, models.NoKnownAllergies, models.Observation]
    tables += [models.MedicineTaken, models.Procedure, models.Immunisation, models.Document, models.CarePlan]
    tables += [models.SafetyFlag, AuditEvent, OutboxMessage]
    return tuple(table.objects.count() for table in tables)


WRITES = {
    "encounter": lambda patient, **who: actions.open_encounter(patient, details.EncounterDetails(code=WORDS), **who),
    "problem": lambda patient, **who: actions.record_problem(patient, clinical.problem("Asthma"), **who),
    "allergy": lambda patient, **who: actions.record_allergy(patient, clinical.allergy("Nuts"), **who),
    "statement": lambda patient, **who: actions.state_no_known_allergies(patient, **who),
    "result": lambda patient, **who: actions.record_result(patient, clinical.potassium("4.0", NOON), **who),
    "medicine": lambda patient, **who: actions.record_medicine(patient, details.MedicineDetails(code=WORDS), **who),
    "procedure": lambda patient, **who: actions.record_procedure(patient, details.ProcedureDetails(code=WORDS), **who),
    "vaccine": lambda patient, **who: actions.record_immunisation(
        patient, details.ImmunisationDetails(code=WORDS), **who
    ),
    "document": lambda patient, **who: actions.record_document(
        patient, details.DocumentDetails(code=WORDS, written_at=NOON), content=b"x", **who
    ),
    "flag": lambda patient, **who: actions.raise_flag(patient, "falls", **who),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_who_cares_for_the_patient_writes_and_it_is_signed_and_told(write, patient, doctor) -> None:
    audited, told = AuditEvent.objects.count(), OutboxMessage.objects.count()
    key = write(patient, by=doctor, at=NOON)
    event = AuditEvent.objects.order_by("id")[audited]
    assert (event.patient_id, event.actor_id, event.subject.split(":")[1]) == (patient, doctor.id, str(key))
    message = OutboxMessage.objects.order_by("id")[told]
    assert (message.subject, message.payload["what"]) == ("event.clinical.ChartWasChanged", event.action)


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_stranger_writes_nothing(write, patient, doctor) -> None:
    stranger = people.staff(access.Role.DOCTOR).actor
    before = traces()
    for somebody in (stranger, access.of_patient(patient, name="Amina", at=NOON)):
        with pytest.raises(access.NotPermitted):
            write(patient, by=somebody, at=NOON)
    assert traces() == before


def test_lines_are_signed_by_who_wrote_them(patient, doctor) -> None:
    own = actions.record_problem(patient, clinical.problem("Asthma"), by=doctor, at=NOON)
    told = actions.record_problem(patient, clinical.problem("Gout", recorded_by_text="Dr. Away"), by=doctor, at=NOON)
    assert models.Problem.objects.get(pk=own).recorded_by_id == doctor.staff_id
    assert models.Problem.objects.get(pk=told).recorded_by_text == "Dr. Away"


FUTURE = NOON + timedelta(minutes=6)
LATER = {
    "problem": lambda p, **who: actions.record_problem(p, clinical.problem("x", onset=Moment(FUTURE)), **who),
    "allergy": lambda p, **who: actions.record_allergy(p, clinical.allergy("x", onset=Moment(FUTURE)), **who),
    "result": lambda p, **who: actions.record_result(p, clinical.potassium("4.0", FUTURE), **who),
    "encounter": lambda p, **who: actions.open_encounter(
        p, details.EncounterDetails(code=WORDS, started_at=FUTURE), **who
    ),
    "procedure": lambda p, **who: actions.record_procedure(
        p, details.ProcedureDetails(code=WORDS, performed=Moment(FUTURE)), **who
    ),
    "vaccine": lambda p, **who: actions.record_immunisation(
        p, details.ImmunisationDetails(code=WORDS, given=Moment(FUTURE)), **who
    ),
}


@pytest.mark.parametrize("write", LATER.values(), ids=LATER)
def test_what_happened_cannot_lie_in_the_future(write, patient, doctor) -> None:
    before = traces()
    with pytest.raises(actions.InTheFuture):
        write(patient, by=doctor, at=NOON)
    assert traces() == before
    write(patient, by=doctor, at=NOON + timedelta(minutes=1))  # clocks may differ by five minutes


def test_an_encounter_of_another_patient_is_refused(patient, doctor) -> None:
    other = people.patient("Other")
    visit = actions.open_encounter(other, details.EncounterDetails(code=WORDS), by=people.machinery(), at=NOON)
    before = traces()
    with pytest.raises(actions.ForeignEncounter):
        actions.record_problem(patient, clinical.problem("Asthma", encounter_id=visit), by=doctor, at=NOON)
    assert traces() == before


def test_an_encounter_ends_once(patient, doctor) -> None:
    visit = actions.open_encounter(patient, details.EncounterDetails(code=WORDS, status="planned"), by=doctor, at=NOON)
    actions.close_encounter(visit, outcome="Home", by=doctor, at=NOON + HOUR)
    row = models.Encounter.objects.get(pk=visit)
    assert (row.status, row.started_at, row.ended_at, row.outcome) == ("finished", NOON, NOON + HOUR, "Home")
    before = traces()
    with pytest.raises(actions.EncounterNotOpen):
        actions.close_encounter(visit, by=doctor, at=NOON + 2 * HOUR)
    assert traces() == before


def test_a_problem_is_resolved_once(patient, doctor) -> None:
    key = actions.record_problem(patient, clinical.problem("Asthma"), by=doctor, at=NOON)
    actions.resolve_problem(key, by=doctor, at=NOON + HOUR)
    row = models.Problem.objects.get(pk=key)
    assert (row.status, row.abated_at) == ("resolved", NOON + HOUR)
    before = traces()
    with pytest.raises(actions.ProblemNotActive):
        actions.resolve_problem(key, by=doctor, at=NOON + 2 * HOUR)
    assert traces() == before


def test_no_known_allergies_cannot_stand_beside_an_allergy(patient, doctor) -> None:
    key = actions.record_allergy(patient, clinical.allergy("Nuts", categories=("food",)), by=doctor, at=NOON)
    before = traces()
    for scope in ("all", "food"):
        with pytest.raises(actions.AllergiesOnRecord, match="Nuts"):
            actions.state_no_known_allergies(patient, scope=scope, by=doctor, at=NOON)
    assert traces() == before
    actions.state_no_known_allergies(patient, scope="medication", by=doctor, at=NOON)
    actions.enter_in_error("allergies", key, reason="wrong patient", by=doctor, at=NOON)
    actions.state_no_known_allergies(patient, by=doctor, at=NOON)
    assert queries.allergies(patient, viewer=doctor, at=NOON).state == queries.AllergyState.NONE_KNOWN


def test_the_same_statement_twice_is_one(patient, doctor) -> None:
    first = actions.state_no_known_allergies(patient, by=doctor, at=NOON)
    before = traces()
    assert actions.state_no_known_allergies(patient, by=doctor, at=NOON + HOUR) == first
    assert traces() == before


def test_an_allergy_of_one_kind_leaves_statements_on_other_kinds_standing(patient, doctor) -> None:
    for scope in ("medication", "food"):
        actions.state_no_known_allergies(patient, scope=scope, by=doctor, at=NOON)
    actions.record_allergy(patient, clinical.allergy("Nuts", categories=("food",)), by=doctor, at=NOON + HOUR)
    standing = models.NoKnownAllergies.objects.filter(ended_at=None)
    assert [one.scope for one in standing] == ["medication"]


def test_a_medicine_is_stopped_once_with_its_reason(patient, doctor) -> None:
    key = actions.record_medicine(patient, details.MedicineDetails(code=WORDS), by=doctor, at=NOON)
    actions.stop_medicine(key, reason="cough", by=doctor, at=NOON + HOUR)
    row = models.MedicineTaken.objects.get(pk=key)
    assert (row.status, row.ended_at, row.stop_reason) == ("stopped", NOON + HOUR, "cough")
    before = traces()
    with pytest.raises(actions.NotTaken):
        actions.stop_medicine(key, reason="again", by=doctor, at=NOON + HOUR)
    assert traces() == before


def test_a_flag_stands_once_and_the_database_says_so_too(patient, doctor) -> None:
    key = actions.raise_flag(patient, "falls", by=doctor, at=NOON)
    before = traces()
    with pytest.raises(actions.FlagRaised):
        actions.raise_flag(patient, "falls", by=doctor, at=NOON)
    assert traces() == before
    with pytest.raises(IntegrityError, match="flag_raised_once"), transaction.atomic():
        models.SafetyFlag.objects.create(patient_id=patient, kind="falls", started_at=NOON, recorded_at=NOON)
    actions.lower_flag(key, by=doctor, at=NOON + HOUR)
    with pytest.raises(actions.FlagNotRaised):
        actions.lower_flag(key, by=doctor, at=NOON + HOUR)
    actions.raise_flag(patient, "falls", by=doctor, at=NOON + HOUR)
    for words in ("MRSA", "VRE"):
        actions.raise_flag(patient, "other", words=words, by=doctor, at=NOON)
    assert OutboxMessage.objects.filter(subject="event.clinical.SafetyFlagsWereChanged").count() == 5


def test_what_was_taken_back_stays_with_its_reason_and_is_shown_nowhere(patient, doctor) -> None:
    key = actions.record_result(patient, clinical.pressure(120, 80, NOON), by=doctor, at=NOON)
    actions.enter_in_error("observations", key, reason="cuff on the wrong arm", by=doctor, at=NOON + HOUR)
    assert queries.results(patient, viewer=doctor, at=NOON) == []
    assert set(models.Observation.objects.values_list("status", flat=True)) == {"entered-in-error"}
    event = AuditEvent.objects.filter(action="observation.entered_in_error").get()
    assert event.details == {"correction": str(models.Correction.objects.get().pk)}
    assert models.Correction.objects.get().reason == "cuff on the wrong arm"
    before = traces()
    with pytest.raises(actions.InErrorBefore):
        actions.enter_in_error("observations", key, reason="again", by=doctor, at=NOON + HOUR)
    assert traces() == before


def test_a_line_of_a_foreign_chart_and_one_that_does_not_exist_answer_alike(patient, doctor) -> None:
    other = people.patient("Other")
    theirs = actions.record_problem(other, clinical.problem("Theirs"), by=people.machinery(), at=NOON)
    before = traces()
    said = []
    for key in (theirs, patient):
        with pytest.raises(actions.UnknownEntry) as refused:
            actions.resolve_problem(key, by=doctor, at=NOON)
        said.append(str(refused.value).replace(str(key), "…"))
    assert said[0] == said[1]
    assert traces() == before
