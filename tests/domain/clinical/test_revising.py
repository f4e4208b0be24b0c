"""Changing problems and allergies: nobody overwrites what they never read, and the database counts every change."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from ehospital.clinical import actions, models, queries
from ehospital.clinical.details import Moment, Provenance, ReactionDetails, Record
from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.people import access
from tests.factories import clinical, people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(patient: UUID) -> access.Actor:
    return clinical.carer(patient).actor


def traces() -> tuple[object, ...]:
    rows = [list(table.objects.order_by("id").values()) for table in (models.Problem, models.Allergy)]
    return (*rows, models.AllergyReaction.objects.count(), AuditEvent.objects.count(), OutboxMessage.objects.count())


@pytest.fixture
def gout(patient: UUID, doctor: access.Actor) -> models.Problem:
    key = actions.record_problem(patient, clinical.problem("Gout", onset=Moment(NOON)), by=doctor, at=NOON)
    return models.Problem.objects.get(pk=key)


@pytest.fixture
def nuts(patient: UUID, doctor: access.Actor) -> models.Allergy:
    reactions = (ReactionDetails(("rash",), "mild"), ReactionDetails(("swelling",)))
    details = clinical.allergy("Nuts", categories=("food",), reactions=reactions)
    return models.Allergy.objects.get(pk=actions.record_allergy(patient, details, by=doctor, at=NOON))


def test_what_is_read_and_written_back_changes_nothing_but_the_version(patient, doctor, gout, nuts) -> None:
    actions.revise_problem(gout.pk, queries.problem_details(gout), seen_version=1, by=doctor, at=NOON + HOUR)
    actions.revise_allergy(nuts.pk, queries.allergy_details(nuts), seen_version=1, by=doctor, at=NOON + HOUR)
    for model, was in ((models.Problem, gout), (models.Allergy, nuts)):
        row = model.objects.get(pk=was.pk)
        assert (row.version, row.revised_at, row.revised_by) == (2, NOON + HOUR, "Tove Berg")
        own = {"version", "revised_at", "revised_by"}
        names = [field.attname for field in row._meta.concrete_fields if field.attname not in own]
        assert [getattr(row, name) for name in names] == [getattr(was, name) for name in names]
    assert [list(one.manifestations) for one in nuts.reactions.order_by("position")] == [["rash"], ["swelling"]]
    told = AuditEvent.objects.filter(action__endswith=".revised").values_list("details", flat=True)
    assert list(told) == [{"changed": []}, {"changed": []}]


def test_a_change_keeps_who_wrote_it_first_and_names_what_changed(patient, doctor, gout) -> None:
    colleague = clinical.carer(patient).actor
    told = replace(queries.problem_details(gout), severity="mild", note="knee", recorded_by_id=colleague.staff_id)
    actions.revise_problem(gout.pk, told, seen_version=1, by=colleague, at=NOON + HOUR)
    row = models.Problem.objects.get(pk=gout.pk)
    assert (row.severity, row.note, row.recorded_by_id, row.recorded_at) == ("mild", "knee", doctor.staff_id, NOON)
    event = AuditEvent.objects.get(action="problem.revised")
    assert (event.details, event.actor_id) == ({"changed": ["severity", "note"]}, colleague.id)


def test_the_second_of_two_overwrites_nothing(patient, doctor, gout, nuts) -> None:
    first, second = queries.problem_details(gout), replace(queries.problem_details(gout), note="second")
    actions.revise_problem(gout.pk, replace(first, note="first"), seen_version=1, by=doctor, at=NOON)
    allergy = queries.allergy_details(nuts)
    actions.revise_allergy(nuts.pk, replace(allergy, note="first"), seen_version=1, by=doctor, at=NOON)
    before = traces()
    with pytest.raises(actions.EntryChanged):
        actions.revise_problem(gout.pk, second, seen_version=1, by=doctor, at=NOON)
    with pytest.raises(actions.EntryChanged):
        actions.resolve_problem(gout.pk, seen_version=1, by=doctor, at=NOON)
    with pytest.raises(actions.EntryChanged):
        actions.revise_allergy(nuts.pk, replace(allergy, reactions=()), seen_version=1, by=doctor, at=NOON)
    assert traces() == before
    actions.revise_problem(gout.pk, second, seen_version=2, by=doctor, at=NOON)
    assert models.Problem.objects.get(pk=gout.pk).note == "second"


def test_the_database_counts_whoever_writes(gout) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clinical_problem SET note = 'by hand', version = 1")
        cursor.execute("UPDATE clinical_problem SET note = 'again', version = 1")
    assert models.Problem.objects.get(pk=gout.pk).version == 3


def test_refusals_write_nothing(patient, doctor, gout, nuts) -> None:
    stranger = people.staff(access.Role.DOCTOR).actor
    problem, allergy = queries.problem_details(gout), queries.allergy_details(nuts)
    future = Moment(NOON + timedelta(minutes=6))
    before = traces()
    for key, by in ((gout.pk, stranger), (uuid4(), doctor)):
        with pytest.raises(actions.UnknownEntry):
            actions.revise_problem(key, problem, seen_version=1, by=by, at=NOON)
    with pytest.raises(actions.UnknownEntry):
        actions.revise_allergy(nuts.pk, allergy, seen_version=1, by=stranger, at=NOON)
    for wrong in ({"onset": future}, {"abated": future}):
        with pytest.raises(actions.InTheFuture):
            actions.revise_problem(gout.pk, replace(problem, **wrong), seen_version=1, by=doctor, at=NOON)
    with pytest.raises(actions.ForeignEncounter):
        actions.revise_problem(gout.pk, replace(problem, encounter_id=uuid4()), seen_version=1, by=doctor, at=NOON)
    with pytest.raises(actions.EndsBeforeStart):
        actions.resolve_problem(gout.pk, abated=Moment(NOON - HOUR, "day"), by=doctor, at=NOON)
    with pytest.raises(actions.ProblemOnList):
        actions.record_problem(patient, clinical.problem("gOUT"), by=doctor, at=NOON)
    with pytest.raises(actions.AllergyOnRecord):
        actions.record_allergy(patient, clinical.allergy("NUTS"), by=doctor, at=NOON)
    assert traces() == before


def test_the_same_words_elsewhere_in_the_body_or_of_the_past_are_another_problem(patient, doctor, gout) -> None:
    knee = actions.record_problem(patient, clinical.problem("Gout", body_site="Left knee"), by=doctor, at=NOON)
    actions.record_problem(patient, clinical.problem("Gout", status="resolved"), by=doctor, at=NOON)
    actions.record_problem(patient, clinical.problem("Gout", category="encounter-diagnosis"), by=doctor, at=NOON)
    moved = replace(queries.problem_details(models.Problem.objects.get(pk=knee)), body_site="")
    with pytest.raises(actions.ProblemOnList):
        actions.revise_problem(knee, moved, seen_version=1, by=doctor, at=NOON)
    actions.enter_in_error("problems", gout.pk, reason="x", by=doctor, at=NOON)
    actions.revise_problem(knee, moved, seen_version=1, by=doctor, at=NOON)


def test_what_was_entered_in_error_is_not_changed(patient, doctor, gout) -> None:
    actions.enter_in_error("problems", gout.pk, reason="x", by=doctor, at=NOON)
    with pytest.raises(actions.UnknownEntry):
        actions.revise_problem(gout.pk, queries.problem_details(gout), seen_version=2, by=doctor, at=NOON)


def test_an_allergy_that_comes_back_ends_the_statement_that_none_is_known(patient, doctor, nuts) -> None:
    over = replace(queries.allergy_details(nuts), status="resolved", reactions=())
    actions.revise_allergy(nuts.pk, over, seen_version=1, by=doctor, at=NOON)
    assert models.AllergyReaction.objects.count() == 0
    actions.state_no_known_allergies(patient, by=doctor, at=NOON)
    actions.revise_allergy(nuts.pk, replace(over, status="active"), seen_version=2, by=doctor, at=NOON + HOUR)
    assert models.NoKnownAllergies.objects.get().ended_at == NOON + HOUR


def test_a_word_of_this_hospital_stands_when_the_source_sends_the_line_again(patient, doctor) -> None:
    sent = clinical.problem("Gout")
    record, machinery, source = Record(problems=(sent,)), people.machinery(), Provenance("elsewhere")
    actions.import_record(patient, record, provenance=source, by=machinery, at=NOON)
    actions.resolve_problem(sent.id, by=doctor, at=NOON)
    again = Record(problems=(replace(sent, note="news"),))
    written = actions.import_record(patient, again, provenance=source, by=machinery, at=NOON)
    assert (written.unchanged, written.revised, written.updated) == ({sent.id}, {sent.id}, frozenset())
    row = models.Problem.objects.get()
    assert (row.status, row.note) == ("resolved", "")
    assert AuditEvent.objects.filter(action="record.imported").count() == 1
