"""To whom a frame belongs when the device's clock may be wrong: never to who did not wear the device."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.monitoring import actions, queries
from ehospital.monitoring.models import Alert, DeviceAssociation, DeviceState, PatientState, Quarantine, VitalFrame
from ehospital.monitoring.policies.admission import Known, Pairing, owner_or_reason
from ehospital.monitoring.policies.clocks import EMPTIED_WITHIN, Clock, from_json, to_json
from ehospital.monitoring.policies.freshness import SKEW_LIMIT
from tests.factories import monitoring as make
from tests.factories.monitoring import ILL, WELL, frame, send

FIRST, SECOND = uuid4(), uuid4()
ZERO = datetime(2026, 3, 29, tzinfo=UTC)
SECOND_OF = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Moved:
    """A device that was moved from FIRST to SECOND two hours after ZERO; `gap` minutes nobody's."""

    def __init__(self, gap_min: float = 0) -> None:
        self.moved, self.clock = ZERO + 2 * HOUR, Clock()
        self.again = self.moved + timedelta(minutes=gap_min)
        pairings = [Pairing(FIRST, ZERO - HOUR, self.moved), Pairing(SECOND, self.again, None)]
        self.device = Known("m1", True, False, pairings)

    def wearer(self, at: datetime) -> UUID | None:
        return self.device.patient_at(at)

    def gets(self, seq: int, taken_at: datetime, received_at: datetime) -> UUID | str | None:
        """Hear one message as the record does; return the patient or the reason."""
        self.clock = from_json(to_json(self.clock))
        self.clock.hear(seq, taken_at=taken_at, received_at=received_at)
        span = self.clock.span(seq, taken_at=taken_at, received_at=received_at)
        patient, reason = owner_or_reason(
            self.device, taken_at=taken_at, received_at=received_at, now=received_at, span=span
        )
        return patient or (reason and reason.value)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


# Each: (number, taken by the device's clock, received), in minutes against the move; and what becomes of it.
CASES: dict[str, list[tuple[int, float, float, object]]] = {
    "a good clock, live": [(1, -1, -1, FIRST), (2, 1, 1, SECOND)],
    "an hour slow, live": [(1, -90, -30, FIRST), (2, -60, 0, "clock"), (3, -1, 59, "clock"), (4, 0, 60, SECOND)],
    "a late burst of who wore it": [(1, -30, -30, FIRST), (2, -29, 5, FIRST), (3, 1, 5, SECOND), (4, 5, 5, SECOND)],
    "live first, the rest later": [(1, -30, -30, FIRST), (9, 5, 5, SECOND), (2, -29, 5, FIRST), (3, -1, 6, FIRST)],
    "a burst of an unknown clock": [(1, -20, 5, "clock"), (2, 5, 5, SECOND), (3, -1, 6, "clock")],
    "never on time before it was right": [(8, -70, 5, "clock"), (9, 6, 6, SECOND), (7, -71, 6, "clock")],
    "set back an hour before the move": [(1, -2, -2, FIRST), (2, -61, -1, FIRST), (3, -59, 1, "clock")],
    "set back at the move": [(1, -1, -1, FIRST), (2, -59, 1, "clock"), (3, -30, 30, "clock"), (4, 31, 31, SECOND)],
    "set back within a burst": [(1, -90, -90, FIRST), (2, -10, 5, FIRST), (3, -69, 5, "clock")],
    "slow for longer than a buffer takes": [(1, -60, -60, FIRST), (2, -53, -52, FIRST), (3, -42, -41, FIRST),
                                           (4, -1, 0.5, "clock")],
    "two minutes ahead": [(1, -28, -30, FIRST), (2, 1, -1, FIRST), (3, 2, 0, SECOND)],
    "ahead, a burst": [(1, -28.5, -30, FIRST), (5, 1, 5, "clock"), (6, 2, 5, SECOND), (2, -5, 6, FIRST)],
    "late by less than half a minute": [(1, -0.2, 0.1, FIRST)],
    "a device of an earlier time": [(1, -20000, 1, "too_old")],
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_frame_is_filed_only_with_whom_the_clock_can_vouch_for(case):
    moved = Moved()
    for number, (seq, taken, received, expected) in enumerate(CASES[case]):
        got = moved.gets(seq, moved.moved + minutes(taken), moved.moved + minutes(received))
        assert got == expected, f"{case}: message {number + 1}"


def test_nobodys_time_is_unpaired_only_when_the_clock_can_tell():
    moved = Moved(gap_min=10)
    assert moved.gets(1, moved.moved - HOUR, moved.moved - HOUR) == FIRST
    assert moved.gets(2, moved.moved + minutes(5), moved.moved + minutes(30)) == "unpaired"
    moved = Moved(gap_min=10)
    assert moved.gets(2, moved.moved + minutes(5), moved.moved + minutes(30)) == "clock"
    assert moved.gets(3, moved.moved + minutes(5), moved.moved + minutes(9)) == "unpaired"


@given(
    slow_s=st.integers(-2 * 3600, 30),
    back_s=st.sampled_from([0, 0, 31, 600, 3600]),
    back_at=st.integers(0, 99),
    gap_min=st.sampled_from([0, 5]),
    taken_s=st.lists(st.integers(-5400, 5400), min_size=1, max_size=60),
    outages=st.lists(st.tuples(st.integers(-5400, 5400), st.integers(1, 5400)), max_size=3),
)
def test_no_slow_clock_files_a_frame_with_somebody_who_did_not_wear_the_device(
    slow_s, back_s, back_at, gap_min, taken_s, outages
):
    """Constant error, then set back once; in the order of the frames, each waiting out the outages."""
    moved = Moved(gap_min)
    near = SKEW_LIMIT + SECOND_OF
    for seq, second in enumerate(sorted(taken_s)):
        truly = moved.moved + second * SECOND_OF
        received = truly
        for begins, lasts in sorted(outages):
            begin = moved.moved + begins * SECOND_OF
            if begin <= received < begin + lasts * SECOND_OF:
                received = begin + lasts * SECOND_OF
        error = slow_s - (back_s if seq * 100 >= back_at * len(taken_s) else 0)
        if abs(error) <= 30 and back_s and seq * 100 >= back_at * len(taken_s):
            continue  # set back to the right time: what came before was ahead, not slow
        got = moved.gets(seq, truly + error * SECOND_OF, received)
        around = moved.device.watched(truly - near, truly + near)
        assert got in around or got in ("clock", "unpaired", "too_old"), (seq, second, got)


@given(
    error_s=st.integers(-15, 15),
    taken_s=st.lists(st.integers(-3600, 3600), min_size=1, max_size=40, unique=True),
    outage=st.tuples(st.integers(-3600, 3600), st.integers(1, 5400)),
)
def test_a_right_clock_gets_every_frame_home_however_late(error_s, taken_s, outage):
    moved = Moved()
    begin = moved.moved + outage[0] * SECOND_OF
    assert moved.gets(-1, ZERO, ZERO) == FIRST
    for seq, second in enumerate(sorted(taken_s)):
        truly = moved.moved + second * SECOND_OF
        received = begin + outage[1] * SECOND_OF if begin <= truly < begin + outage[1] * SECOND_OF else truly
        told = truly + error_s * SECOND_OF
        assert moved.gets(seq, told, received) == moved.wearer(min(told, received))


def test_a_buffer_may_take_ten_minutes_and_no_more():
    moved = Moved()
    moved.gets(1, moved.moved - HOUR, moved.moved - HOUR)
    assert moved.gets(2, moved.moved - minutes(50), moved.moved) == FIRST
    assert moved.gets(3, moved.moved - minutes(45), moved.moved + EMPTIED_WITHIN) == FIRST
    assert moved.gets(4, moved.moved - minutes(40), moved.moved + EMPTIED_WITHIN + SECOND_OF) == "clock"


@pytest.fixture
def ward(now, db):
    built = make.ward(now)
    make.device("m1", patient_id=built.patient_ids[0], since=now - timedelta(minutes=30))
    return built


def move(ward, at: datetime) -> None:
    actions.unpair_device("m1", by=ward.nurse.actor, at=at)
    actions.pair_device("m1", patient_id=ward.patient_ids[1], by=ward.nurse.actor, at=at)


def owners() -> list[UUID]:
    return list(VitalFrame.objects.order_by("seq").values_list("patient_id", flat=True))


def test_a_monitor_an_hour_slow_files_nothing_of_the_new_patient_with_the_old_one(ward, now):
    first, second = ward.patient_ids
    DeviceAssociation.objects.update(during=(now - 3 * HOUR, None))
    before = now - timedelta(minutes=10)
    send("m1", frame(0, before - HOUR), at=before)
    move(ward, now)
    for n in range(1, 201):
        at = now + timedelta(seconds=n)
        send("m1", frame(n, at - HOUR, ILL), at=at)
    assert owners() == [first]
    assert dict.fromkeys(Quarantine.objects.values_list("reason", flat=True)) == {"clock": None}
    assert Quarantine.objects.count() == 200
    assert list(Alert.objects.values_list("patient_id", "cause", "priority")) == [(second, "clock_skew", "medium")]
    board = queries.ward_board(ward.id, viewer=ward.nurse.actor, at=now + timedelta(seconds=200))
    assert (board.beds[1].state, board.beds[1].vitals.news.band) == ("silent", "unknown")
    (listed,) = queries.devices(viewer=ward.nurse.actor, at=now)
    assert (listed.skewed, listed.quarantined) == (True, 200)


def test_a_buffer_sent_after_the_move_goes_to_who_wore_the_device(ward, now):
    first, second = ward.patient_ids
    early = now - timedelta(minutes=20)
    send("m1", frame(0, early), at=early)
    move(ward, now)
    later = now + timedelta(minutes=1)
    burst = [frame(n, early + timedelta(minutes=n), ILL) for n in range(1, 20)]
    send("m1", *burst, frame(20, later), at=later)
    assert owners() == [first] * 20 + [second]
    assert not Quarantine.objects.exists()


def test_a_boot_has_a_clock_of_its_own(ward, now):
    DeviceAssociation.objects.update(during=(now - 3 * HOUR, None))
    send("m1", frame(0, now - timedelta(minutes=1)), at=now - timedelta(minutes=1))
    move(ward, now)
    later = now + timedelta(minutes=1)
    send("m1", frame(0, later - HOUR, ILL, boot="b2"), at=later)
    send("m1", frame(1, now - timedelta(seconds=59), boot="b1"), at=later)
    assert Quarantine.objects.values_list("boot", "reason").get() == ("b2", "clock")
    assert owners() == [ward.patient_ids[0]] * 2


@pytest.mark.parametrize("pair", [True, False])
def test_what_was_held_back_on_one_patient_is_never_given_to_the_next(ward, now, pair):
    """A step that no body makes waits for the next frame; the device is moved before that comes."""
    for n in range(3):
        send("m1", frame(n, now + timedelta(seconds=n), WELL), at=now + timedelta(seconds=n))
    held = now + timedelta(seconds=3)
    send("m1", frame(3, held, WELL | {"hr": 20}), at=held)
    assert DeviceState.objects.get().memory["held"]
    if pair:
        move(ward, held + SECOND_OF)
    else:
        actions.unpair_device("m1", by=ward.nurse.actor, at=held + SECOND_OF)
    assert DeviceState.objects.get().memory == {}
    later = held + timedelta(seconds=15)
    actions.sweep(by=make.stream(later), at=later)
    assert all("hr" not in state.current or state.current["hr"][0] != 20.0 for state in PatientState.objects.all())
    if pair:
        send("m1", frame(4, later, WELL | {"hr": 150}), at=later)
        assert PatientState.objects.get(patient_id=ward.patient_ids[1]).current["hr"][0] == 150.0


def test_what_is_older_than_the_watch_is_not_released(ward, now):
    """Held before the pairing, by a device whose memory was not forgotten."""
    at_ms = round((now - HOUR).timestamp() * 1000)
    send("m1", frame(0, now - SECOND_OF), at=now - SECOND_OF)
    DeviceState.objects.update(memory={"believed": {}, "held": {"hr": [20.0, at_ms]}, "off": []})
    PatientState.objects.update(check_at=now)
    actions.sweep(by=make.stream(now), at=now)
    assert PatientState.objects.get(patient_id=ward.patient_ids[0]).current["hr"][0] == 72.0
    assert DeviceState.objects.get().memory["held"] == {}


def test_frames_that_belong_to_nobody_leave_no_trace_in_the_artefact_check(ward, now):
    actions.unpair_device("m1", by=ward.nurse.actor, at=now)
    for n in range(2):
        send("m1", frame(n, now + timedelta(seconds=n), WELL | {"hr": 140}), at=now + timedelta(seconds=n))
    assert Quarantine.objects.count() == 2
    assert DeviceState.objects.get().memory.get("believed", {}) == {}


def test_the_watch_changes_hands_after_what_came_while_the_request_waited(ward, now):
    """The request of `now` got its turn a second later: the frame between is filed, and stays where it is."""
    send("m1", frame(0, now + SECOND_OF), at=now + SECOND_OF)
    move(ward, now)
    ended, begun = DeviceAssociation.objects.order_by("during")
    assert ended.during.upper == begun.during.lower == now + SECOND_OF
    assert owners() == [ward.patient_ids[0]]
