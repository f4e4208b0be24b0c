"""Whom NEWS2 is for, and that nobody's record, however wrong, keeps the others of the hospital from being heard."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from ehospital.foundation.days import hospital_day
from ehospital.monitoring import actions, queries
from ehospital.monitoring.models import Alert, DeviceState, PatientState
from ehospital.monitoring.policies import ages
from ehospital.people import access
from ehospital.people.models import Patient
from tests.factories import monitoring as make
from tests.factories.monitoring import ILL, frame, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward(now):
    """Two patients with a monitor each, m0 and m1."""
    built = make.ward(now)
    for number, patient_id in enumerate(built.patient_ids):
        make.device(f"m{number}", patient_id=patient_id, since=now - timedelta(minutes=30))
    return built


def born(patient_id, day: date, precision: str = "day") -> None:
    Patient.objects.filter(pk=patient_id).update(birth_on=day, birth_precision=precision)


def both_ill(now: datetime) -> None:
    """One batch with both monitors, and the tick after which an alert is due."""
    batch = [actions.Taken(f"m{number}", frame(1, now, ILL), now) for number in (0, 1)]
    actions.record_readings(batch, by=make.stream(now), at=now)
    later = now + timedelta(seconds=6)
    actions.sweep(by=make.stream(later), at=later)


@pytest.mark.parametrize("birth", [date(1, 3, 14), date(1057, 3, 14), date(3000, 1, 1)])
def test_a_mistyped_birth_year_makes_one_patient_unknown_and_the_others_are_heard(ward, now, birth):
    wrong, right = ward.patient_ids
    born(wrong, birth)
    both_ill(now)
    assert list(Alert.objects.values_list("patient_id", "cause")) == [(right, "news2")]
    board = queries.ward_board(ward.id, viewer=ward.nurse.actor, at=now + timedelta(seconds=6))
    first, second = (bed.vitals.news for bed in board.beds[:2])
    assert (first.score, first.band, second.score) == (None, "unknown", 9)
    assert "age" in first.why_not or "16 years" in first.why_not
    assert board.beds[0].vitals.values["hr"].value == 132.0


@pytest.mark.parametrize(
    "spoilt", [{"rules": {"news2": {}}}, {"rules": {"shoe": {}}}, {"trail": [None]}, {"current": {"hr": "?"}}]
)
def test_a_patient_who_cannot_be_scored_is_set_aside_alone_and_visibly(ward, now, spoilt, caplog):
    wrong, right = ward.patient_ids
    send("m0", frame(0, now - timedelta(seconds=1)), at=now - timedelta(seconds=1))
    assert PatientState.objects.get(patient_id=wrong).band == "zero"
    PatientState.objects.filter(patient_id=wrong).update(**spoilt)
    both_ill(now)
    assert list(Alert.objects.values_list("patient_id", "cause")) == [(right, "news2")]
    state = PatientState.objects.get(patient_id=wrong)
    assert (state.score, state.band, state.signal, state.monitored) == (None, "unknown", "silent", True)
    assert state.check_at > now
    assert f"patient {wrong} cannot be scored" in caplog.text
    board = queries.ward_board(ward.id, viewer=ward.nurse.actor, at=now + timedelta(seconds=6))
    assert [bed.vitals.news.band for bed in board.beds[:2]] == ["unknown", "high"]
    for n in (7, 13):
        send("m0", frame(n, now + timedelta(seconds=n), ILL), at=now + timedelta(seconds=n))
    assert Alert.objects.get(patient_id=wrong).facts["score"] == 9


def test_a_state_that_cannot_be_read_takes_no_board_away(ward, now, caplog):
    both_ill(now)
    PatientState.objects.filter(patient_id=ward.patient_ids[0]).update(current={"hr": "?"})
    board = queries.ward_board(ward.id, viewer=ward.nurse.actor, at=now + timedelta(seconds=6))
    assert [bed.vitals.news.band for bed in board.beds[:2]] == ["unknown", "high"]
    assert "cannot be read and is shown as unknown" in caplog.text


def test_a_device_memory_that_cannot_be_read_stops_no_sweep(ward, now, caplog):
    both_ill(now)
    DeviceState.objects.filter(device_id="m0").update(memory={"believed": {}, "held": {"hr": "?"}, "off": []})
    PatientState.objects.update(check_at=now)
    later = now + timedelta(seconds=31)
    actions.sweep(by=make.stream(later), at=later)
    assert Alert.objects.filter(cause="device_silent").count() == 2
    assert DeviceState.objects.get(device_id="m0").memory == {}
    assert "what device m0 held back cannot be read" in caplog.text


@pytest.mark.parametrize(
    ("birth", "precision", "day", "expected"),
    [
        (date(2010, 6, 15), "day", date(2026, 6, 14), (15, 15)),
        (date(2010, 6, 15), "day", date(2026, 6, 15), (16, 16)),
        (date(2010, 1, 1), "year", date(2026, 1, 1), (15, 16)),
        (date(2010, 1, 1), "year", date(2026, 12, 30), (15, 16)),
        (date(2010, 1, 1), "year", date(2026, 12, 31), (16, 16)),
        (date(2010, 6, 1), "month", date(2026, 6, 1), (15, 16)),
        (date(2010, 6, 1), "month", date(2026, 6, 30), (16, 16)),
        (date(2008, 2, 29), "day", date(2026, 2, 28), (17, 17)),
        (date(2008, 2, 1), "month", date(2026, 2, 28), (17, 18)),
        (None, "unknown", date(2026, 1, 1), None),
    ],
)
def test_an_age_is_as_certain_as_the_birth_date(birth, precision, day, expected):
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert ages.age(Patient(birth_on=birth, birth_precision=precision), at=at) == expected


def test_a_birthday_begins_at_the_hospitals_midnight():
    person = Patient(birth_on=date(2010, 6, 15), birth_precision="day")
    evening = datetime(2026, 6, 14, 15, 30, tzinfo=UTC)
    with override_settings(TIME_ZONE="Asia/Tokyo"):
        assert ages.age(person, at=evening) == (16, 16)
        with timezone.override("America/New_York"):  # of whoever looks: it is not their day that counts
            assert ages.age(person, at=evening) == (16, 16)
    with override_settings(TIME_ZONE="America/New_York"):
        assert ages.age(person, at=evening) == (15, 15)


@pytest.mark.parametrize(("years", "scored"), [(15, False), (16, False), (17, True)])
def test_whom_the_birth_year_alone_does_not_show_to_be_sixteen_is_not_scored(ward, now, years, scored):
    """On the last day of a year everybody born sixteen years before is sixteen: then nothing is uncertain."""
    today = hospital_day(now)
    born(ward.patient_ids[0], date(today.year - years, 1, 1), "year")
    send("m0", frame(1, now, ILL), at=now)
    shown = queries.current_vitals(ward.patient_ids[0], viewer=ward.nurse.actor, at=now)
    expected = scored or (years == 16 and (today.month, today.day) == (12, 31))
    assert (shown.news.score, shown.news.band) == ((9, "high") if expected else (None, "unknown"))
    assert ("not valid under 16 years" in shown.news.why_not) != expected


def test_news2_is_neither_shown_nor_alarmed_on_in_pregnancy(ward, now):
    first = ward.patient_ids[0]
    with pytest.raises(access.NotPermitted):
        actions.set_pregnant(first, True, by=ward.stranger.actor, at=now)
    actions.set_pregnant(first, True, by=ward.nurse.actor, at=now)
    both_ill(now)
    assert list(Alert.objects.values_list("patient_id", flat=True)) == [ward.patient_ids[1]]
    shown = queries.current_vitals(first, viewer=ward.nurse.actor, at=now)
    assert (shown.news.score, shown.news.band, shown.values["hr"].value) == (None, "unknown", 132.0)
    assert "pregnancy" in shown.news.why_not
    actions.set_pregnant(first, False, by=ward.nurse.actor, at=now + timedelta(seconds=7))
    assert queries.current_vitals(first, viewer=ward.nurse.actor, at=now + timedelta(seconds=7)).news.score == 9
