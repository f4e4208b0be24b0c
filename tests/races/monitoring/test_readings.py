"""Two at once: each test stops one transaction in its middle and lets the other try; it fails without the lock."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from ehospital.estate import actions as estate
from ehospital.journeys import stays
from ehospital.monitoring import actions
from ehospital.monitoring.actions import Fenced, Position, Taken, alerting, devices, recording, settling, storing
from ehospital.monitoring.models import Alert, AlertEvent, Checkpoint, DeviceAssociation, PatientState, VitalFrame
from tests.engines import Clone
from tests.factories import monitoring as make
from tests.factories.monitoring import ILL, WELL, frame, send

PATIENCE_S = 15.0


class Stage:
    """Two threads; the first stops at a chosen point until the second waits for it, or is done without waiting."""

    def __init__(self) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()
        self._threads = ThreadPoolExecutor(2)

    def stops_at(self, monkeypatch: pytest.MonkeyPatch, place: Any, name: str) -> None:
        """Let whoever calls `place.name` first stop before it."""
        inner, first = getattr(place, name), threading.Lock()

        def stopping(*args: Any, **kwargs: Any) -> Any:
            if first.acquire(blocking=False):
                self.reached.set()
                assert self.go_on.wait(PATIENCE_S), "nobody let it go on"
            return inner(*args, **kwargs)

        monkeypatch.setattr(place, name, stopping)

    def start(self, work: Callable[[], Any]) -> "Future[Any]":
        """Do work in a thread of its own, with a connection of its own."""

        def run() -> Any:
            try:
                return work()
            finally:
                connection.close()

        return self._threads.submit(run)

    def both(self, first: Callable[[], Any], second: Callable[[], Any]) -> tuple["Future[Any]", "Future[Any]"]:
        """Run the first up to its point, then the second until it waits or is done, then let the first go on."""
        one = self.start(first)
        assert self.reached.wait(PATIENCE_S), one.exception(1)
        two = self.start(second)
        deadline = time.monotonic() + PATIENCE_S
        while not two.done() and not somebody_waits():
            assert time.monotonic() < deadline, "the second neither waits nor ends"
            time.sleep(0.01)
        self.go_on.set()
        for future in (one, two):
            future.exception(PATIENCE_S)
        self._threads.shutdown()
        return one, two


def somebody_waits() -> bool:
    """Whether a session of this database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


@pytest.fixture
def stage() -> Iterator[Stage]:
    built = Stage()
    yield built
    built.go_on.set()


@pytest.fixture
def ward(own_database: Clone, now: datetime) -> make.WardOfTests:
    """One patient with two monitors, m1 and m2."""
    built = make.ward(now)
    for device in ("m1", "m2"):
        make.device(device, patient_id=built.patient_ids[0], since=now - timedelta(minutes=30))
    return built


def test_two_devices_of_one_patient_both_count(ward, now, stage, monkeypatch):
    stage.stops_at(monkeypatch, storing, "update_patients")
    one, two = stage.both(
        lambda: send("m1", frame(1, now, {"hr": 132, "rr": 26}), at=now),
        lambda: send("m2", frame(1, now, {"spo2": 91}), at=now),
    )
    assert (one.exception(), two.exception()) == (None, None)
    state = PatientState.objects.get()
    assert set(state.current) == {"hr", "rr", "spo2"}
    assert (state.score, state.parts) == (9, {"hr": 3, "rr": 3, "spo2": 3})


def test_two_devices_open_one_alert(ward, now, stage, monkeypatch):
    send("m1", frame(1, now, ILL), at=now)
    later = now + timedelta(seconds=6)
    stage.stops_at(monkeypatch, alerting, "_write")
    one, two = stage.both(
        lambda: send("m1", frame(2, later, ILL), at=later),
        lambda: send("m2", frame(1, later, ILL), at=later),
    )
    assert (one.exception(), two.exception()) == (None, None)
    assert Alert.objects.get().state == "open"
    assert list(AlertEvent.objects.values_list("kind", flat=True)) == ["opened"]


def test_an_acknowledgement_waits_for_a_closing_and_then_learns_of_it(ward, now, stage, monkeypatch):
    send("m1", frame(1, now, ILL), at=now)
    send("m1", frame(2, now + timedelta(seconds=6), ILL), at=now + timedelta(seconds=6))
    alert = Alert.objects.get()
    later = now + timedelta(seconds=20)
    stage.stops_at(monkeypatch, alerting, "_write")
    one, two = stage.both(
        lambda: send("m1", frame(3, later, WELL), at=later),
        lambda: actions.acknowledge(alert.id, by=ward.nurse.actor, at=later),
    )
    assert one.exception() is None
    assert isinstance(two.exception(), actions.AlertOver)
    assert Alert.objects.get().state == "closed"
    assert list(AlertEvent.objects.order_by("at", "id").values_list("kind", flat=True)) == ["opened", "closed"]


def test_two_nurses_one_alert(ward, now, stage, monkeypatch):
    send("m1", frame(1, now, ILL), at=now)
    send("m1", frame(2, now + timedelta(seconds=6), ILL), at=now + timedelta(seconds=6))
    alert = Alert.objects.get()
    other = make.people.staff("nurse", unit_id=ward.unit_id, family="Lind", at=now - timedelta(hours=1))
    stage.stops_at(monkeypatch, alerting, "tell")
    one, two = stage.both(
        lambda: actions.acknowledge(alert.id, by=ward.nurse.actor, at=now),
        lambda: actions.acknowledge(alert.id, by=other.actor, at=now),
    )
    assert one.exception() is None
    assert str(two.exception()) == "Tove Berg has acknowledged it"
    assert Alert.objects.get().owner_staff_id == ward.nurse.id


def test_one_message_at_two_doors_is_stored_once(ward, now, stage, monkeypatch):
    """The first message of a boot: there is no row yet that either could lock."""
    stage.stops_at(monkeypatch, storing, "copy_frames")
    one, two = stage.both(
        lambda: send("m1", frame(1, now), at=now),
        lambda: send("m1", frame(1, now), at=now),
    )
    assert sorted((one.result().stored, two.result().stored)) == [0, 1]
    assert VitalFrame.objects.count() == 1


def test_one_later_message_at_two_doors_is_stored_once(ward, now, stage, monkeypatch):
    send("m1", frame(1, now), at=now)
    stage.stops_at(monkeypatch, storing, "update_windows")
    one, two = stage.both(
        lambda: send("m1", frame(2, now), at=now),
        lambda: send("m1", frame(2, now), at=now),
    )
    assert sorted((one.result().stored, two.result().stored)) == [0, 1]
    assert sorted(VitalFrame.objects.values_list("seq", flat=True)) == [1, 2]


def test_a_new_owner_waits_for_the_transaction_of_the_old_one(ward, now, stage, monkeypatch):
    by = make.stream(now)

    def claim() -> Any:
        return actions.claim(0, owner="test", stream_born="once", stream_last=100, by=by, at=now)

    first = claim()
    stage.stops_at(monkeypatch, storing, "copy_frames")
    one, two = stage.both(
        lambda: actions.record_readings(
            [Taken("m1", frame(1, now), now)], by=by, at=now, checkpoint=[Position(0, first.epoch, 17)]
        ),
        claim,
    )
    assert one.exception() is None
    assert (two.result().epoch, two.result().stream_seq) == (2, 17)
    with pytest.raises(Fenced):
        actions.record_readings(
            [Taken("m1", frame(2, now), now)], by=by, at=now, checkpoint=[Position(0, first.epoch, 18)]
        )
    assert list(VitalFrame.objects.values_list("seq", flat=True)) == [1]
    assert Checkpoint.objects.get().stream_seq == 17


def test_a_sweep_and_a_batch_wait_for_each_other(ward, now, stage, monkeypatch):
    send("m1", frame(1, now), at=now)
    later = now + timedelta(seconds=31)
    stage.stops_at(monkeypatch, settling, "watches")
    one, two = stage.both(
        lambda: actions.sweep(by=make.stream(later), at=later),
        lambda: send("m1", frame(2, later), at=later),
    )
    assert (one.exception(), two.exception()) == (None, None)
    state = PatientState.objects.get()
    assert (state.signal, state.score) == ("live", 0)
    assert not Alert.objects.filter(closed_at=None).exists()


def test_unpairing_waits_for_a_batch_and_ends_after_its_frames(ward, now, stage, monkeypatch):
    later = now + timedelta(seconds=2)
    send("m1", frame(0, now), at=now)
    stage.stops_at(monkeypatch, storing, "copy_frames")
    one, two = stage.both(
        lambda: send("m1", frame(1, later), at=later),
        lambda: actions.unpair_device("m1", by=ward.nurse.actor, at=now + timedelta(seconds=1)),
    )
    assert (one.exception(), two.exception()) == (None, None)
    assert VitalFrame.objects.count() == 2
    assert DeviceAssociation.objects.get(device_id="m1").during.upper == later


def test_a_batch_waits_for_the_pairing_and_files_by_it(ward, now, stage, monkeypatch):
    send("m1", frame(0, now), at=now)
    later = now + timedelta(seconds=2)
    stage.stops_at(monkeypatch, devices.audit, "record")
    one, two = stage.both(
        lambda: actions.unpair_device("m1", by=ward.nurse.actor, at=now + timedelta(seconds=1)),
        lambda: send("m1", frame(1, later), at=later),
    )
    assert (one.exception(), two.exception()) == (None, None)
    assert two.result().quarantined == {"unpaired": 1}
    assert list(VitalFrame.objects.values_list("seq", flat=True)) == [0]


def test_a_device_is_not_paired_with_who_leaves_meanwhile(ward, now, stage, monkeypatch):
    make.device("m9", since=now - timedelta(minutes=30))
    gone = ward.patient_ids[0]
    stage.stops_at(monkeypatch, estate, "vacate")
    one, two = stage.both(
        lambda: stays.leave_bed(patient_id=gone, reason="discharged", by=make.machinery(now), at=now),
        lambda: actions.pair_device("m9", patient_id=gone, by=make.machinery(now), at=now),
    )
    assert one.exception() is None
    assert isinstance(two.exception(), actions.NotInBed)
    assert not DeviceAssociation.objects.filter(during__upper_inf=True).exists()


def test_who_leaves_takes_along_what_was_paired_meanwhile(ward, now, stage, monkeypatch):
    make.device("m9", since=now - timedelta(minutes=30))
    gone = ward.patient_ids[0]
    stage.stops_at(monkeypatch, devices, "look_again")
    one, two = stage.both(
        lambda: actions.pair_device("m9", patient_id=gone, by=make.machinery(now), at=now),
        lambda: stays.leave_bed(patient_id=gone, reason="discharged", by=make.machinery(now), at=now),
    )
    assert (one.exception(), two.exception()) == (None, None)
    assert not DeviceAssociation.objects.filter(during__upper_inf=True).exists()


def test_two_patients_of_two_batches_in_any_order_never_deadlock(ward, now):
    second = ward.patient_ids[1]
    make.device("m3", patient_id=second, since=now - timedelta(minutes=30))
    done: list[int] = []

    def batches(order: tuple[str, str], boot: str) -> None:
        for seq in range(30):
            batch = [Taken(device, frame(seq, now, boot=boot), now) for device in order]
            done.append(recording.record_readings(batch, by=make.stream(now), at=now).stored)

    with ThreadPoolExecutor(2) as threads:
        futures = [threads.submit(batches, ("m1", "m3"), "x"), threads.submit(batches, ("m3", "m1"), "y")]
        for future in futures:
            future.result(60)
        for _ in range(2):
            threads.submit(connection.close)
    assert sum(done) == VitalFrame.objects.count() == 120
