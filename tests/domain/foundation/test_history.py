"""Every change is kept by the database itself, and every moment of the past can be read with today's queries."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from ehospital.clinical import actions
from ehospital.clinical.models import Observation, Problem
from ehospital.clinical.queries import lists, whole_record
from ehospital.foundation import history, history_triggers
from ehospital.foundation.models import AuditEvent, RowChange
from ehospital.people import actions as people_actions
from ehospital.people.models import Account, NameWord, Patient, PatientIdentifier, PatientName, StaffMember
from tests.engines import Clone
from tests.factories import clinical as charts
from tests.factories import people

NOON = people.NOON


def now() -> datetime:
    """The database's moment, between two transactions."""
    with connection.cursor() as cursor:
        return cursor.execute("SELECT clock_timestamp()").fetchone()[0]


def write(words: str, patient_id: UUID) -> Problem:
    key = actions.record_problem(patient_id, charts.problem(words), by=people.machinery(), at=NOON)
    return Problem.objects.get(pk=key)


def kept(table: str = "clinical_problem") -> list[tuple[str, str | None]]:
    """The changes of a table: what was done, and the words that stood there before."""
    rows = RowChange.objects.filter(table_name=table).order_by("id")
    return [(one.operation, one.before["display"] if one.before else None) for one in rows]


def by_update(one: Problem) -> None:
    Problem.objects.filter(pk=one.pk).update(display="After")


def by_bulk_update(one: Problem) -> None:
    one.display = "After"
    Problem.objects.bulk_update([one], ["display"])


def by_saving(one: Problem) -> None:
    one.display = "After"
    one.save()


def by_sql(one: Problem) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clinical_problem SET display = 'After' WHERE id = %s", [one.pk])


def by_upsert(one: Problem) -> None:
    one.display = "After"
    Problem.objects.bulk_create([one], update_conflicts=True, unique_fields=["id"], update_fields=["display"])


@pytest.mark.parametrize(
    "change",
    [
        by_saving,
        lambda one: Problem.objects.filter(pk=one.pk).update(display="After"),
        by_bulk_update,
        by_sql,
        by_upsert,
    ],
)
@pytest.mark.django_db
def test_no_way_to_change_a_row_goes_around_its_history(change: Callable[[Problem], Any]) -> None:
    one = write("Before", people.patient())
    change(one)
    assert Problem.objects.get().display == "After"
    assert kept() == [("I", None), ("U", "Before")]


@pytest.mark.parametrize(
    "delete", [Problem.delete, lambda one: Problem.objects.filter(pk=one.pk)._raw_delete("default")]
)
@pytest.mark.django_db
def test_what_is_deleted_is_kept(delete: Callable[[Problem], Any]) -> None:
    delete(write("Before", people.patient()))
    assert kept() == [("I", None), ("D", "Before")]


@pytest.mark.django_db
def test_rows_that_are_copied_in_are_kept_too() -> None:
    patient_id = people.patient()
    charts.long_stay(patient_id, observations=50, concepts=5)
    born = RowChange.objects.filter(table_name="clinical_observation")
    assert set(born.values_list("operation", "patient_id")) == {("I", patient_id)}
    assert {UUID(key) for key in born.values_list("row_key", flat=True)} == set(
        Observation.objects.values_list("id", flat=True)
    )


@pytest.mark.django_db
def test_what_does_not_change_leaves_nothing() -> None:
    one = write("Same", people.patient())
    one.save()
    assert kept() == [("I", None)]


def test_the_processes_can_read_the_history_and_nothing_else(clone_database: Callable[[], Clone]) -> None:
    clone = clone_database()
    row = "(at, transaction, table_name, row_key, operation, by_role) VALUES (now(), 1, 't', 'k', 'I', 'r')"
    forbidden = (
        f"INSERT INTO foundation_rowchange {row}",
        "UPDATE foundation_rowchange SET by_role = 'nobody'",
        "DELETE FROM foundation_rowchange",
        "TRUNCATE foundation_rowchange",
        "ALTER TABLE clinical_problem DISABLE TRIGGER row_changed",
        "SET session_replication_role = replica",
        "DROP TRIGGER row_changed ON clinical_problem",
    )
    for role in ("ehospital_web", "ehospital_worker", "ehospital_stream"):
        with psycopg.connect(clone.url(role), autocommit=True) as link:
            assert link.execute("SELECT count(*) FROM foundation_rowchange").fetchone() == (0,)
            for statement in forbidden:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    link.execute(statement)


def test_a_change_made_past_the_program_names_the_role(clone_database: Callable[[], Clone]) -> None:
    clone = clone_database()
    with psycopg.connect(clone.url("ehospital_web"), autocommit=True) as link:
        link.execute(
            "INSERT INTO people_organisation (id, name, kind, identifier, phone, address, active)"
            " VALUES (gen_random_uuid(), 'Practice', '', '', '', '', true)"
        )
        link.execute("UPDATE people_organisation SET name = 'Other'")
    with psycopg.connect(clone.url()) as owner:
        told = owner.execute(
            "SELECT operation, by_role, before->>'name' FROM foundation_rowchange ORDER BY id"
        ).fetchall()
    assert told == [("I", "ehospital_web", None), ("U", "ehospital_web", "Practice")]


def test_every_row_of_the_record_is_kept_but_for_these_tables() -> None:
    houses = {"people", "clinical", "estate"}
    every = {model for model in history_triggers.apps.get_models() if model._meta.app_label in houses}
    left_out = {model._meta.label for model in every - set(history_triggers.kept())}
    assert left_out == {
        "people.Account", "people.NameWord", "people.PatientTraits", "people.DuplicatePair", "people.PatientMerge",
        "people.MergedRow", "people.PatientUnmerge", "people.LookNotice", "people.LookMessage",
        "people.SharedComputer", "people.QuickPin", "people.Badge", "people.ClientApplication", "people.RegisterImport",
        "people.RegisterRow",
        "clinical.ImportedResource", "clinical.NoteDraft", "clinical.FormDraft", "clinical.VisitDraft",
    }  # fmt: skip
    assert not history_triggers.keeps_history(Account)
    assert not history_triggers.keeps_history(NameWord)


@pytest.mark.django_db(transaction=True)
def test_who_changed_what_is_told_field_by_field() -> None:
    patient_id = people.patient("Amina", "Okafor")
    one = write("Asthma", patient_id)
    with transaction.atomic():
        Problem.objects.filter(pk=one.pk).update(display="Asthma, severe", severity="severe")
    past, asthma, registered = history.changes_of(patient_id)
    assert [act.action for act in asthma.acts] == ["problem.recorded"]
    assert [(one.operation, one.model) for one in asthma.changes] == [("I", Problem)]
    words = {field.name: (field.before, field.after) for field in asthma.changes[0].fields}
    assert words["display"] == (None, "Asthma")  # as that transaction left it, not as it is today
    assert (past.acts, past.by_role) == ((), "ehospital_owner")
    assert {field.name: (field.before, field.after) for field in past.changes[0].fields} == {
        "display": ("Asthma", "Asthma, severe"),
        "severity": ("", "severe"),
        "version": (1, 2),
    }
    assert {change.model for change in registered.changes} == {Patient, PatientName, PatientIdentifier}
    assert [one.number for one in history.changes_of(patient_id, before=asthma.number)] == [registered.number]


@pytest.mark.django_db(transaction=True)
def test_a_form_that_writes_every_name_anew_tells_only_what_differs() -> None:
    patient_id = people.patient("Amina", "Okafor")
    seen = Patient.objects.get(pk=patient_id).version
    changed = people.details("Amina", "Okafor", born=date(1957, 3, 15))
    people_actions.revise_patient(patient_id, changed, seen_version=seen, by=people.machinery(), at=NOON)
    correction, _ = history.changes_of(patient_id)
    assert [change.model for change in correction.changes] == [Patient]
    told = {field.name: (field.before, field.after) for field in correction.changes[0].fields}
    assert told["birth_on"] == ("1957-03-14", "1957-03-15")


@pytest.mark.django_db(transaction=True)
def test_digits_are_kept_as_they_were_written() -> None:
    patient_id = people.patient()
    key = actions.record_result(patient_id, charts.potassium("3.10", NOON), by=people.machinery(), at=NOON)
    moment = now()
    Observation.objects.filter(pk=key).update(value=Decimal("3.2"))
    with history.as_it_was(patient_id, moment):
        assert str(Observation.objects.get().value) == "3.10"
    fields = history.changes_of(patient_id)[0].changes[0].fields
    assert [(field.name, str(field.before), str(field.after)) for field in fields] == [("value", "3.10", "3.2")]


@pytest.mark.django_db(transaction=True)
def test_the_chart_is_read_as_it_was_by_the_queries_of_today() -> None:
    patient_id = people.patient("Amina", "Okafor")
    doctor = charts.carer(patient_id)
    before = now()
    one = write("Asthma", patient_id)
    actions.record_allergy(patient_id, charts.allergy("Penicillin"), by=people.machinery(), at=NOON)
    between = now()
    Problem.objects.filter(pk=one.pk).update(display="COPD")
    write("Gout", patient_id)
    StaffMember.objects.filter(pk=doctor.id).update(family="Married")

    def seen(moment: datetime) -> tuple[list[str], str]:
        with history.as_it_was(patient_id, moment):
            whole = whole_record.open_record(
                patient_id, viewer=doctor.actor, at=NOON, most=10
            )  # with all its questions
        return sorted(one.display for one in whole.problems), whole.allergies.state.value

    assert seen(before) == ([], "not recorded")
    assert seen(between) == (["Asthma"], "recorded")
    assert seen(now()) == (["COPD", "Gout"], "recorded")
    assert sorted(one.display for one in lists.problems_of(patient_id)) == ["COPD", "Gout"]
    assert AuditEvent.objects.filter(action="chart.read", patient_id=patient_id).count() == 3


@pytest.mark.django_db(transaction=True)
def test_nothing_of_the_past_can_be_written() -> None:
    patient_id = people.patient()
    one = write("Asthma", patient_id)
    with pytest.raises(Exception, match="cannot update view"), history.as_it_was(patient_id, now()):
        Problem.objects.filter(pk=one.pk).update(display="COPD")
    assert Problem.objects.get().display == "Asthma"


class World:
    """Two patients, whose problems come, change, move from one to the other and go; and what each step left to see."""

    def __init__(self) -> None:
        self.patients = [people.patient("One", "First"), people.patient("Two", "Second")]
        self.seen: list[tuple[datetime, list[list[tuple[UUID, str]]]]] = []

    def act(self, step: tuple[str, int, int]) -> None:
        what, which, whose = step
        present = list(Problem.objects.order_by("id"))
        with transaction.atomic():
            if what == "write" or not present:
                write(f"Problem {which} of {len(self.seen)}", self.patients[whose])
                return
            one = present[which % len(present)]
            if what == "change":
                Problem.objects.filter(pk=one.pk).update(display=f"Changed {which}")
            elif what == "move":
                Problem.objects.filter(pk=one.pk).update(patient_id=self.patients[whose])
            elif what == "delete":
                one.delete()
            elif what == "twice":
                Problem.objects.filter(pk=one.pk).update(display="In between")
                Problem.objects.filter(pk=one.pk).update(display=f"Twice {which}")

    def look(self) -> list[list[tuple[UUID, str]]]:
        """The oracle: everything of both, as it is now."""
        found = [Problem.objects.filter(patient_id=one).order_by("id") for one in self.patients]
        return [list(rows.values_list("id", "display")) for rows in found]

    def look_back(self, moment: datetime) -> list[list[tuple[UUID, str]]]:
        found = []
        for one in self.patients:
            with history.as_it_was(one, moment):
                found.append(list(Problem.objects.filter(patient_id=one).order_by("id").values_list("id", "display")))
        return found


STEPS = some.tuples(
    some.sampled_from(["write", "change", "move", "delete", "twice"]), some.integers(0, 9), some.integers(0, 1)
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=some.lists(STEPS, min_size=1, max_size=12))
def test_every_moment_of_any_history_is_read_as_it_was(own_database: Clone, steps: list[tuple[str, int, int]]) -> None:
    Problem.objects.all().delete()
    world = World()
    for step in steps:
        world.act(step)
        world.seen.append((now(), world.look()))
    assert [world.look_back(moment) for moment, _ in world.seen] == [seen for _, seen in world.seen]


@pytest.mark.django_db(transaction=True)
def test_whoever_was_not_registered_yet_is_not_found_in_the_past() -> None:
    moment = datetime.now(UTC)
    patient_id = people.patient()
    with history.as_it_was(patient_id, moment):
        assert not Patient.objects.filter(pk=patient_id).exists()
