"""A merge and somebody else at the same moment: what comes first is carried along, what comes later is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError

from ehospital.clinical import actions as clinical_actions
from ehospital.clinical.actions import rows
from ehospital.clinical.details import Record
from ehospital.clinical.models import Problem
from ehospital.journeys import merging
from ehospital.monitoring.models import PatientState
from ehospital.people import access, actions
from ehospital.people.access import Role
from ehospital.people.actions import CannotMerge, registering
from ehospital.people.models import Patient, PatientMerge
from tests.engines import Clone
from tests.factories import clinical, people
from tests.factories import monitoring as make
from tests.factories.monitoring import ILL, frame, send
from tests.races.monitoring.test_readings import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    built = Stage()
    yield built
    built.go_on.set()


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def both(own_database: Clone, now: datetime) -> tuple[UUID, UUID]:
    before = now - timedelta(days=1)
    return people.patient(at=before), people.patient("Aminah", at=before)


def desk(now: datetime) -> access.Actor:
    return people.staff(Role.RECEPTIONIST, at=now - timedelta(days=1)).actor


def merge(survivor_id: UUID, absorbed_id: UUID, by: access.Actor, now: datetime) -> UUID:
    return merging.merge(survivor_id=survivor_id, absorbed_id=absorbed_id, choices={}, by=by, at=now)


def write(patient_id: UUID, words: str, now: datetime) -> None:
    record = Record(problems=(clinical.problem(words),))
    clinical_actions.import_record(patient_id, record, by=people.machinery(now), at=now)


def test_a_line_that_is_being_written_is_carried_along(both, stage, monkeypatch, now) -> None:
    """The writer holds the patient's row from its first line on; the merge waits, and takes the line along."""
    stage.stops_at(monkeypatch, rows, "write_reactions")
    one, two = stage.both(
        lambda: write(both[1], "Gout", now),
        lambda: merge(*both, desk(now), now),
    )
    assert (one.exception(), two.exception()) == (None, None)
    assert Problem.objects.get().patient_id == both[0]


def test_a_line_that_comes_during_a_merge_is_refused(both, stage, monkeypatch, now) -> None:
    """Without the trigger it would be filed, unseen for ever, under the record that is gone."""
    by = desk(now)
    stage.stops_at(monkeypatch, merging.people, "finish_merge")
    one, two = stage.both(lambda: merge(*both, by, now), lambda: write(both[1], "Gout", now))
    assert one.exception() is None
    assert isinstance(two.exception(), DatabaseError)
    assert "was merged into another one" in str(two.exception())
    assert Problem.objects.count() == 0


@pytest.mark.parametrize("turned", [False, True])
def test_two_merges_of_the_same_two_at_once_are_one(both, stage, monkeypatch, now, turned) -> None:
    first, second = desk(now), desk(now)
    stage.stops_at(monkeypatch, merging.people, "finish_merge")
    other = both[::-1] if turned else both
    one, two = stage.both(lambda: merge(*both, first, now), lambda: merge(*other, second, now))
    assert one.exception() is None
    assert isinstance(two.exception(), CannotMerge)
    assert PatientMerge.objects.count() == 1
    assert Patient.objects.get(active=False).id == both[1]


def test_a_correction_during_a_merge_is_refused(both, stage, monkeypatch, now) -> None:
    by = desk(now)
    stage.stops_at(monkeypatch, merging.people, "finish_merge")
    one, two = stage.both(
        lambda: merge(*both, by, now),
        lambda: actions.revise_patient(both[0], people.details("Lost"), seen_version=1, by=desk(now), at=now),
    )
    assert one.exception() is None
    assert isinstance(two.exception(), actions.PatientChanged)
    assert Patient.objects.get(pk=both[0]).name_text == "OKAFOR, Amina"


def test_a_correction_that_came_first_makes_the_merge_look_again(both, stage, monkeypatch, now) -> None:
    by = desk(now)
    stage.stops_at(monkeypatch, registering, "remove_parts")
    one, two = stage.both(
        lambda: actions.revise_patient(both[0], people.details("Found"), seen_version=1, by=desk(now), at=now),
        lambda: merging.merge(
            survivor_id=both[0], absorbed_id=both[1], choices={}, seen_versions=(1, 1), by=by, at=now
        ),
    )
    assert one.exception() is None
    assert isinstance(two.exception(), CannotMerge)
    assert two.exception().why == "changed"
    assert not PatientMerge.objects.exists()


def test_a_reading_that_comes_during_a_merge_is_the_survivors(own_database: Clone, stage, monkeypatch, now) -> None:
    ward = make.ward(now, patients=1)
    make.device("m1", patient_id=ward.patient_ids[0], since=now - timedelta(minutes=30))
    send("m1", frame(1, now - timedelta(seconds=9), ILL), at=now - timedelta(seconds=9))
    known, by = people.patient("Amina", "Eze", at=now), desk(now)
    stage.stops_at(monkeypatch, merging.people, "finish_merge")
    one, two = stage.both(
        lambda: merge(known, ward.patient_ids[0], by, now),
        lambda: send("m1", frame(2, now, {"hr": 99}), at=now),
    )
    assert one.exception() is None
    if two.exception() is not None:  # it had looked up the watch before the merge: the stream sends it again
        assert "was merged into another one" in str(two.exception())
        send("m1", frame(2, now, {"hr": 99}), at=now)
    assert PatientState.objects.get().patient_id == known
    assert PatientState.objects.get().current["hr"][0] == 99
