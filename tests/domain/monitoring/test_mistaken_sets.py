"""A set entered in error: kept, and gone from what is now, from curves, scores and alerts; what stood before stands."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from ehospital.foundation.models import AuditEvent
from ehospital.journeys import merging
from ehospital.monitoring import actions, queries
from ehospital.monitoring.models import Alert, AlertEvent, MistakenSet, PatientState, ScoreEntry, VitalFrame
from ehospital.people import access
from tests.factories import monitoring as make
from tests.factories import people
from tests.factories.monitoring import ILL, WELL

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(ward: make.WardOfTests) -> UUID:
    return ward.patient_ids[1]


def chart(patient: UUID, values: dict[str, object], by: access.Actor, at: datetime) -> UUID:
    """Chart a set and return its id."""
    actions.record_observations(patient, values, by=by, at=at)  # type: ignore[arg-type]
    return next(one.id for one in queries.recorded_sets(patient, viewer=by, at=at) if one.charted_at == at)


def mark(patient: UUID, key: UUID, by: access.Actor, at: datetime, reason: str = "another patient") -> UUID:
    return actions.mark_set_in_error(patient, key, reason=reason, by=by, at=at)


def test_what_stood_before_stands_again(ward: make.WardOfTests, patient: UUID, now: datetime) -> None:
    nurse, before = ward.nurse.actor, now - timedelta(hours=2)
    chart(patient, {**WELL, "weight": 70.0}, nurse, before)
    wrong = chart(patient, {**ILL, "glucose": 400.0}, nurse, now)
    assert queries.current_vitals(patient, viewer=nurse, at=now).news.score == 9
    later = now + timedelta(minutes=5)
    mark(patient, wrong, nurse, later)
    vitals = queries.current_vitals(patient, viewer=nurse, at=later)
    assert (vitals.news.score, vitals.observed_at) == (0, before)
    assert {name: value.value for name, value in vitals.values.items()} == {**WELL, "weight": 70.0}
    assert vitals.due_at == before + timedelta(hours=12)
    curve = queries.series(patient, metrics=["hr"], since=before, until=later, viewer=nurse)
    assert {value for value in curve.columns["hr"] if value} == {72.0}
    assert VitalFrame.objects.filter(patient_id=patient).count() == 2
    shown = {one.id: one.mark for one in queries.recorded_sets(patient, viewer=nurse, at=later)}
    assert shown[wrong] is not None and shown[wrong].reason == "another patient"
    assert sum(one is None for one in shown.values()) == 1


def test_the_history_of_scores_says_what_was_true_then_and_now(
    ward: make.WardOfTests, patient: UUID, now: datetime
) -> None:
    nurse, before = ward.nurse.actor, now - timedelta(hours=1)
    chart(patient, {**WELL, "rr": 21}, nurse, before)
    wrong = chart(patient, ILL, nurse, now)
    later = now + timedelta(minutes=1)
    mark(patient, wrong, nurse, later)
    kept = ScoreEntry.objects.filter(patient_id=patient).order_by("id").values_list("at", "score")
    assert list(kept) == [(before, 2), (now, 9), (now, 2), (later, 2)]


def test_without_anything_before_the_patient_is_unknown_and_due(
    ward: make.WardOfTests, patient: UUID, now: datetime
) -> None:
    nurse, later = ward.nurse.actor, now + timedelta(minutes=1)
    mark(patient, chart(patient, WELL, nurse, now), nurse, later)
    vitals = queries.current_vitals(patient, viewer=nurse, at=later)
    assert (vitals.news.score, vitals.news.band, vitals.observed_at, dict(vitals.values)) == (None, "unknown", None, {})
    assert vitals.due_at == later


def test_the_alert_that_it_opened_is_closed_with_the_reason(
    ward: make.WardOfTests, patient: UUID, now: datetime
) -> None:
    nurse, later = ward.nurse.actor, now + timedelta(minutes=1)
    chart(patient, WELL, nurse, now - timedelta(hours=1))
    wrong = chart(patient, ILL, nurse, now)
    alert = Alert.objects.get(patient_id=patient, closed_at=None)
    mark(patient, wrong, nurse, later, "read off the wrong monitor")
    alert.refresh_from_db()
    assert (alert.state, alert.closed_at) == ("closed", later)
    last = AlertEvent.objects.filter(alert=alert).order_by("-at", "-id").first()
    assert last is not None
    assert (last.kind, last.note, last.actor_name) == ("closed", "read off the wrong monitor", nurse.name)
    assert not Alert.objects.filter(patient_id=patient, closed_at=None).exists()


def test_who_is_ill_all_the_same_is_called_for_at_once(ward: make.WardOfTests, patient: UUID, now: datetime) -> None:
    nurse, later = ward.nurse.actor, now + timedelta(minutes=1)
    chart(patient, {**WELL, "rr": 26, "spo2": 91, "hr": 112}, nurse, now - timedelta(minutes=30))
    Alert.objects.update(closed_at=now - timedelta(minutes=20), state="closed")
    PatientState.objects.filter(patient_id=patient).update(rules={})
    wrong = chart(patient, ILL, nurse, now)
    first = Alert.objects.get(patient_id=patient, closed_at=None)
    mark(patient, wrong, nurse, later)
    again = Alert.objects.get(patient_id=patient, closed_at=None)
    assert again.pk != first.pk
    assert (again.opened_at, again.facts["score"]) == (later, 8)


def test_a_newer_set_stays_as_it_is(ward: make.WardOfTests, patient: UUID, now: datetime) -> None:
    nurse, before = ward.nurse.actor, now - timedelta(hours=1)
    wrong = chart(patient, {**ILL, "glucose": 100.0}, nurse, before)
    chart(patient, WELL, nurse, now)
    later = now + timedelta(minutes=1)
    mark(patient, wrong, nurse, later)
    vitals = queries.current_vitals(patient, viewer=nurse, at=later)
    assert (vitals.news.score, vitals.observed_at) == (0, now)
    assert set(vitals.values) == set(WELL)


def test_who_may(ward: make.WardOfTests, patient: UUID, now: datetime) -> None:
    nurse, charted = ward.nurse.actor, now - timedelta(hours=13)
    key = chart(patient, WELL, nurse, charted)
    count = (MistakenSet.objects.count(), AuditEvent.objects.count(), ScoreEntry.objects.count())
    with pytest.raises(access.NotPermitted):
        mark(patient, key, ward.stranger.actor, now)
    with pytest.raises(actions.UnknownSet):
        mark(patient, uuid4(), nurse, now)
    with pytest.raises(actions.UnknownSet):
        mark(ward.patient_ids[0], key, nurse, now)
    with pytest.raises(actions.ReasonMissing):
        mark(patient, key, nurse, now, "  ")
    assert (MistakenSet.objects.count(), AuditEvent.objects.count(), ScoreEntry.objects.count()) == count
    mark(patient, key, nurse, now)
    with pytest.raises(actions.SetMarkedBefore):
        mark(patient, key, nurse, now)
    assert MistakenSet.objects.count() == 1
    assert AuditEvent.objects.filter(action="observations.entered_in_error", patient_id=patient).count() == 1


@pytest.mark.parametrize("odd_us", [0, 400, 600, 999_700])
def test_two_patients_charted_at_the_same_moment_are_told_apart(
    ward: make.WardOfTests, now: datetime, odd_us: int
) -> None:
    nurse, (one, other) = ward.nurse.actor, ward.patient_ids
    now += timedelta(microseconds=odd_us)
    key = chart(one, WELL, nurse, now)
    chart(other, WELL, nurse, now)
    later = now + timedelta(minutes=1)
    mark(one, key, nurse, later)
    assert queries.current_vitals(other, viewer=nurse, at=later).news.score == 0
    assert [one.mark for one in queries.recorded_sets(other, viewer=nurse, at=later)] == [None]


def test_a_set_of_a_merged_record_is_marked_in_the_one_that_stands(ward: make.WardOfTests, now: datetime) -> None:
    nurse, desk = ward.nurse.actor, people.staff("receptionist", at=now).actor
    survivor, absorbed = ward.patient_ids[1], people.patient("Twin", at=now - timedelta(hours=3))
    actions.record_observations(absorbed, {"weight": 170.0}, by=people.machinery(now), at=now - timedelta(hours=2))
    merging.merge(survivor_id=survivor, absorbed_id=absorbed, choices={}, by=desk, at=now - timedelta(hours=1))
    (found,) = queries.recorded_sets(survivor, viewer=nurse, at=now)
    mark(survivor, found.id, nurse, now)
    assert "weight" not in queries.current_vitals(survivor, viewer=nurse, at=now).values
    curve = queries.series(survivor, metrics=["weight"], since=now - timedelta(days=1), until=now, viewer=nurse)
    assert not any(curve.columns["weight"])
