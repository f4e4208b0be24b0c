"""Readings into the record: stored once, given to the right patient, put aside with a reason."""

from datetime import timedelta

import pytest

from ehospital.monitoring import actions, queries
from ehospital.monitoring.actions import Taken, Unread
from ehospital.monitoring.models import (
    Alert,
    DeviceObservation,
    DeviceState,
    PatientState,
    Quarantine,
    VitalFrame,
)
from ehospital.people import access
from tests.factories import monitoring as make
from tests.factories.monitoring import ILL, WELL, frame, send, status

pytestmark = pytest.mark.django_db


def rows() -> list[tuple[int, float | None]]:
    return list(VitalFrame.objects.order_by("seq").values_list("seq", "hr"))


def test_a_frame_is_stored_scored_and_told(ward, now):
    done = send("m1", frame(1, now), at=now)
    stored = VitalFrame.objects.get()
    assert (stored.patient_id, stored.device_id, stored.boot, stored.seq) == (ward.patient_ids[0], "m1", "b1", 1)
    assert (stored.hr, stored.temp, stored.consciousness, stored.taken_at) == (72.0, pytest.approx(36.8), "A", now)
    state = PatientState.objects.get()
    assert (state.score, state.band, state.partial, state.signal) == (0, "zero", False, "live")
    assert done.acknowledgements == {"m1": ("b1", 1)}
    assert [message.subject for message in done.live] == [
        f"live.patient.{ward.patient_ids[0]}",
        f"live.ward.{ward.id}",
    ]


def test_a_repeat_changes_nothing(ward, now):
    send("m1", frame(1, now), frame(1, now), at=now)
    done = send("m1", frame(1, now), at=now)
    assert (done.stored, done.repeated, rows()) == (0, 1, [(1, 72.0)])
    assert done.acknowledgements == {"m1": ("b1", 1)}


def test_what_comes_out_of_order_is_stored_and_the_newest_stands(ward, now):
    send("m1", frame(2, now, WELL | {"hr": 80}), at=now)
    done = send("m1", frame(1, now - timedelta(seconds=1), WELL | {"hr": 70}), at=now)
    assert (done.stored, rows()) == (1, [(1, 70.0), (2, 80.0)])
    assert PatientState.objects.get().current["hr"][0] == 80.0


def test_an_acknowledgement_stops_before_a_gap_and_goes_on_when_it_is_filled(ward, now):
    done = send("m1", frame(1, now), frame(2, now), frame(4, now), at=now)
    assert done.acknowledgements == {"m1": ("b1", 2)}
    assert send("m1", frame(3, now), at=now).acknowledgements == {"m1": ("b1", 4)}


def test_a_message_without_a_readable_number_fills_exactly_its_gap(ward, now):
    batch = [Taken("m1", frame(1, now), now), Unread("m1", now), Taken("m1", frame(3, now), now)]
    done = actions.record_readings(batch, by=make.stream(now), at=now)
    assert done.acknowledgements == {"m1": ("b1", 3)}
    later = [Unread("m1", now), Taken("m1", frame(6, now), now)]
    assert actions.record_readings(later, by=make.stream(now), at=now).acknowledgements == {"m1": ("b1", 3)}


def test_a_dead_letter_with_its_number_is_dealt_with(ward, now):
    batch = [Taken("m1", frame(1, now), now), Unread("m1", now, "b1", 2), Taken("m1", frame(3, now), now)]
    assert actions.record_readings(batch, by=make.stream(now), at=now).acknowledgements == {"m1": ("b1", 3)}


def test_a_dead_letter_that_can_be_read_after_all_is_new_once(ward, now):
    batch = [Taken("m1", frame(1, now), now), Unread("m1", now, "b1", 2)]
    actions.record_readings(batch, by=make.stream(now), at=now)
    assert send("m1", frame(2, now), at=now).stored == 1
    assert send("m1", frame(2, now), at=now).repeated == 1
    assert rows() == [(1, 72.0), (2, 72.0)]


def test_a_new_boot_counts_anew(ward, now):
    send("m1", frame(1, now), at=now)
    done = send("m1", frame(1, now, boot="b2"), at=now)
    assert (done.stored, done.acknowledgements) == (1, {"m1": ("b2", 1)})


@pytest.mark.parametrize(
    ("device", "ahead", "reason"),
    [
        ("nobody", timedelta(0), "unknown_device"),
        ("idle", timedelta(0), "unpaired"),
        ("m1", timedelta(minutes=5), "future"),
        ("m1", timedelta(minutes=2, seconds=1), "future"),
        ("m1", -timedelta(days=8), "too_old"),
        ("m1", -timedelta(hours=1), "clock"),
        ("revoked", timedelta(0), "revoked_device"),
    ],
)
def test_what_belongs_to_nobody_is_put_aside_with_its_reason(ward, now, device, ahead, reason):
    make.device("idle", since=now - timedelta(hours=1))
    make.device("revoked", patient_id=ward.patient_ids[1], since=now - timedelta(hours=1))
    actions.revoke_device("revoked", by=make.machinery(now), at=now)
    done = send(device, frame(1, now + ahead, ILL), at=now)
    aside = Quarantine.objects.get()
    assert (aside.device_id, aside.reason, aside.seq, bytes(aside.payload)) == (device, reason, 1, b"raw")
    assert done.acknowledgements == {device: ("b1", 1)}
    assert not VitalFrame.objects.exists()
    assert not Alert.objects.exists()


def test_a_clock_two_minutes_ahead_is_believed_to_be_now(ward, now):
    send("m1", frame(1, now + timedelta(minutes=2)), at=now)
    assert PatientState.objects.get(patient_id=ward.patient_ids[0]).current["hr"][1] == round(now.timestamp() * 1000)


def test_a_reading_belongs_to_whom_the_device_watched_when_it_was_taken(ward, now):
    first, second = ward.patient_ids
    early = now - timedelta(minutes=25)
    send("m1", frame(0, early), at=early)  # its clock is right
    actions.unpair_device("m1", by=make.machinery(now), at=now - timedelta(minutes=10))
    actions.pair_device("m1", patient_id=second, by=make.machinery(now), at=now - timedelta(minutes=5))
    send("m1", frame(1, now - timedelta(minutes=20)), frame(2, now - timedelta(minutes=7)), frame(3, now), at=now)
    assert list(VitalFrame.objects.order_by("seq").values_list("seq", "patient_id")) == [
        (0, first),
        (1, first),
        (3, second),
    ]
    assert Quarantine.objects.get().reason == "unpaired"


def test_late_readings_are_stored_and_call_nobody(ward, now):
    early = now - timedelta(minutes=10)
    done = send("m1", frame(1, early, ILL | {"sbp": 80, "consciousness": "V"}), at=now)
    assert (done.stored, done.late) == (1, 1)
    for seconds in (6, 12, 29):
        moment = now + timedelta(seconds=seconds)
        PatientState.objects.update(check_at=moment)
        actions.sweep(by=make.stream(moment), at=moment)
    assert not Alert.objects.exists()
    state = PatientState.objects.get()
    assert state.current["sbp"][0] == 80.0
    assert set(state.missing) == {"rr", "spo2", "hr"}


def test_no_reading_of_the_vendor_is_missing_and_never_scored(ward, now):
    send("m1", frame(1, now, WELL | {"spo2": -1, "hr": 32767, "rr": -999}), at=now)
    stored, state = VitalFrame.objects.get(), PatientState.objects.get()
    assert (stored.spo2, stored.hr, stored.rr) == (None, None, None)
    assert (state.score, state.band, state.partial, state.missing) == (0, "unknown", True, ["rr", "spo2", "hr"])


def test_a_reading_that_the_device_takes_back_counts_for_thirty_seconds_only(ward, now):
    send("m1", frame(1, now), at=now)
    later = now + timedelta(seconds=10)
    send("m1", frame(2, later, {"hr": 72, "rr": 16, "spo2": None}), at=later)
    assert PatientState.objects.get().missing == []
    later = now + timedelta(seconds=41)
    send("m1", frame(3, later, {"hr": 72, "rr": 16, "spo2": None}), at=later)
    assert PatientState.objects.get().missing == ["spo2"]


def test_nonsense_is_counted_with_its_device_and_the_rest_is_kept(ward, now):
    send("m1", frame(1, now, WELL | {"hr": 9000, "temp": "warm"}), at=now)
    said, stored = DeviceState.objects.get(), VitalFrame.objects.get()
    assert (stored.hr, stored.temp, stored.rr) == (None, None, 16.0)
    assert said.rejected == 2
    assert "warm" in said.rejection


def test_codes_outside_the_table_are_kept_as_they_came(ward, now):
    told = frame(1, now, {"8867-4": 71, "MDC_FLOW_AWAY": 3.5, "rhythm": "sinus"})
    send("m1", told, at=now)
    assert VitalFrame.objects.get().source_codes == {"hr": "8867-4"}
    assert list(DeviceObservation.objects.order_by("code").values_list("code", "value", "text")) == [
        ("MDC_FLOW_AWAY", 3.5, ""),
        ("rhythm", None, "sinus"),
    ]


def test_a_status_changes_what_is_known_of_the_device_and_takes_a_number(ward, now):
    done = send("m1", frame(1, now), status(2, now, battery=12, lead="off", error="E42 paper"), frame(3, now), at=now)
    said = DeviceState.objects.get()
    assert (said.battery_percent, said.error, said.boot, said.frame_at) == (12.0, "E42 paper", "b1", now)
    assert (done.stored, done.statuses, done.acknowledgements) == (2, 1, {"m1": ("b1", 3)})


def test_only_the_machinery_may_record_a_batch(ward, now):
    with pytest.raises(access.NotPermitted):
        actions.record_readings([Taken("m1", frame(1, now), now)], by=ward.nurse.actor, at=now)
    assert not VitalFrame.objects.exists()


def test_a_child_has_readings_and_no_news2(now):
    from ehospital.people.models import Patient

    built = make.ward(now)
    Patient.objects.filter(pk=built.patient_ids[0]).update(birth_on=now.date() - timedelta(days=3000))
    make.device("m9", patient_id=built.patient_ids[0], since=now - timedelta(minutes=1))
    send("m9", frame(1, now, ILL), at=now)
    shown = queries.current_vitals(built.patient_ids[0], viewer=built.nurse.actor, at=now)
    assert (shown.news.score, shown.news.band, shown.values["hr"].value) == (None, "unknown", 132.0)
    assert "16 years" in shown.news.why_not
