"""Alerts: one per patient and cause, opened after a delay, updated, closed with hysteresis; each with an owner."""

from datetime import datetime, timedelta

import pytest

from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.monitoring import actions, queries
from ehospital.monitoring.models import Alert, AlertEvent, PatientState, ScoreEntry
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.models import CareRelationship
from tests.factories import monitoring as make
from tests.factories import people
from tests.factories.monitoring import ILL, WELL, frame, send, status

pytestmark = pytest.mark.django_db


class Monitor:
    """A monitor that sends a frame every second from `at` on."""

    def __init__(self, at: datetime) -> None:
        self.at, self.seq = at, 0

    def runs(self, seconds: int, values: dict[str, object]) -> list[str]:
        """Send for so long and return what the browsers heard of alerts."""
        heard = []
        for _ in range(seconds):
            self.at += timedelta(seconds=1)
            self.seq += 1
            done = send("m1", frame(self.seq, self.at, values), at=self.at)
            heard += [message.payload for message in done.live if b'"event":"alert"' in message.payload]
        return heard[::2]


def steps() -> list[str]:
    return list(AlertEvent.objects.order_by("at", "id").values_list("kind", flat=True))


def sweep(at: datetime) -> None:
    actions.sweep(by=make.stream(at), at=at)


def test_an_alert_opens_after_five_seconds_and_has_the_unit_as_its_owner(ward, now):
    monitor = Monitor(now)
    assert monitor.runs(5, ILL) == []
    assert not Alert.objects.exists()
    (told,) = monitor.runs(1, ILL)
    alert = Alert.objects.get()
    assert (alert.cause, alert.kind, alert.priority, alert.state) == ("news2", "clinical", "high", "open")
    assert (alert.facts["score"], alert.facts["band"], alert.facts["parts"]["rr"]) == (9, "high", 3)
    assert f'"alert":"{alert.id}"'.encode() in told
    assert b'"state":"opened"' in told
    (shown,) = queries.open_alerts(viewer=ward.nurse.actor, at=now)
    assert (shown.owner, shown.owner_is_person, shown.bed_code) == ("Ward 4", False, "A1")
    assert AuditEvent.objects.filter(action="alert.opened", patient_id=ward.patient_ids[0]).count() == 1
    assert OutboxMessage.objects.filter(subject="event.monitoring.AlertWasOpened").count() == 1


def test_one_frame_and_then_silence_still_opens_the_alert(ward, now):
    send("m1", frame(1, now, ILL), at=now)
    sweep(now + timedelta(seconds=4))
    assert not Alert.objects.exists()
    sweep(now + timedelta(seconds=5))
    assert Alert.objects.get().cause == "news2"


def test_a_burst_of_four_seconds_calls_nobody(ward, now):
    monitor = Monitor(now)
    monitor.runs(4, ILL)
    monitor.runs(10, WELL)
    sweep(monitor.at + timedelta(seconds=10))
    assert not Alert.objects.exists()


def test_an_open_alert_is_updated_not_repeated_and_closes_two_points_below(ward, now):
    monitor = Monitor(now)
    medium = {**WELL, "rr": 22, "spo2": 93, "temp": 38.5}  # 2 + 2 + 1 = 5
    monitor.runs(10, medium)
    assert (Alert.objects.get().priority, steps()) == ("medium", ["opened"])
    monitor.runs(10, ILL | {"temp": 38.5})
    assert (Alert.objects.get().priority, steps()) == ("high", ["opened", "updated"])
    monitor.runs(10, {**WELL, "rr": 22, "spo2": 93})  # 4: not yet two below five
    assert Alert.objects.get().state == "open"
    monitor.runs(12, {**WELL, "rr": 22})  # 2, but breathing stood at 3 and must fall by two
    assert Alert.objects.get().state == "open"
    monitor.runs(1, {**WELL, "temp": 38.5})  # 1
    alert = Alert.objects.get()
    assert (alert.state, steps()[-1]) == ("closed", "closed")
    assert alert.closed_at is not None


def test_missing_data_never_closes_an_alert(ward, now):
    monitor = Monitor(now)
    monitor.runs(10, ILL)
    monitor.runs(20, {"hr": 72, "rr": 16})
    for minutes in (1, 3, 10, 60 * 14):
        sweep(monitor.at + timedelta(minutes=minutes))
    assert Alert.objects.get(cause="news2").state == "open"


def test_who_acknowledges_owns_the_alert_and_a_rise_opens_it_again(ward, now):
    monitor = Monitor(now)
    monitor.runs(10, {**WELL, "rr": 22, "spo2": 93, "temp": 38.5})
    alert = Alert.objects.get()
    actions.acknowledge(alert.id, by=ward.nurse.actor, at=monitor.at, note="on my way")
    actions.acknowledge(alert.id, by=ward.nurse.actor, at=monitor.at)
    (shown,) = queries.open_alerts(viewer=ward.nurse.actor, at=now)
    assert (shown.state, shown.owner, shown.owner_is_person) == ("acknowledged", "Tove Berg", True)
    assert steps() == ["opened", "acknowledged"]
    assert AlertEvent.objects.get(kind="acknowledged").note == "on my way"
    monitor.runs(10, ILL)
    (shown,) = queries.open_alerts(viewer=ward.nurse.actor, at=now)
    assert (shown.state, shown.priority, shown.owner) == ("open", "high", "Tove Berg")


def test_a_colleague_is_told_who_has_it(ward, now):
    monitor = Monitor(now)
    monitor.runs(10, ILL)
    alert = Alert.objects.get()
    other = people.staff("nurse", unit_id=ward.unit_id, family="Lind", at=now - timedelta(hours=1))
    actions.acknowledge(alert.id, by=other.actor, at=monitor.at)
    with pytest.raises(actions.AlertTaken, match=r"^Tove Lind has acknowledged it$"):
        actions.acknowledge(alert.id, by=ward.nurse.actor, at=monitor.at)
    assert steps() == ["opened", "acknowledged"]


def test_a_stranger_may_not_acknowledge_and_nothing_is_written(ward, now):
    Monitor(now).runs(10, ILL)
    alert = Alert.objects.get()
    with pytest.raises(access.NotPermitted):
        actions.acknowledge(alert.id, by=ward.stranger.actor, at=now)
    assert queries.open_alerts(viewer=ward.stranger.actor, at=now) == []
    assert steps() == ["opened"]
    assert Alert.objects.get().state == "open"


def test_the_nurse_named_for_the_patient_owns_a_new_alert(ward, now):
    people_actions.begin_care(
        patient_id=ward.patient_ids[0],
        kind=CareRelationship.Kind.NAMED,
        source="test",
        by=people.machinery(now),
        at=now - timedelta(hours=1),
        staff_id=ward.nurse.id,
    )
    Monitor(now).runs(10, ILL)
    assert queries.open_alerts(viewer=ward.nurse.actor, at=now)[0].owner == "Tove Berg"


def test_closing_by_hand_needs_a_reason_and_lets_the_condition_open_a_new_one(ward, now):
    monitor = Monitor(now)
    monitor.runs(10, ILL)
    first = Alert.objects.get()
    with pytest.raises(actions.NoteNeeded):
        actions.close_alert(first.id, by=ward.nurse.actor, at=monitor.at, note=" ")
    actions.close_alert(first.id, by=ward.nurse.actor, at=monitor.at, note="moved to theatre")
    assert queries.open_alerts(viewer=ward.nurse.actor, at=monitor.at) == []
    with pytest.raises(actions.AlertOver):
        actions.acknowledge(first.id, by=ward.nurse.actor, at=monitor.at)
    monitor.runs(10, ILL)
    assert Alert.objects.exclude(pk=first.id).get().state == "open"


@pytest.mark.parametrize("lasts", [True, False])
def test_a_silence_ended_by_hand_comes_back_after_five_minutes_while_it_lasts(ward, now, lasts):
    send("m1", frame(1, now), at=now)
    silent = now + timedelta(seconds=30)
    sweep(silent)
    first = Alert.objects.get()
    actions.close_alert(first.id, by=ward.nurse.actor, at=silent, note="in the bathroom")
    for seconds in range(1, 300, 13):
        if not lasts and seconds > 100:
            send(
                "m1", frame(100 + seconds, silent + timedelta(seconds=seconds)), at=silent + timedelta(seconds=seconds)
            )
        sweep(silent + timedelta(seconds=seconds))
    assert Alert.objects.filter(closed_at=None).count() == 0
    sweep(silent + timedelta(minutes=5))
    again = list(Alert.objects.filter(closed_at=None).values_list("cause", "device_id"))
    assert again == ([("device_silent", "m1")] if lasts else [])


def test_a_silence_that_begins_anew_is_told_at_once_although_the_one_before_was_ended_by_hand(ward, now):
    send("m1", frame(1, now), at=now)
    sweep(now + timedelta(seconds=30))
    actions.close_alert(Alert.objects.get().id, by=ward.nurse.actor, at=now + timedelta(seconds=31), note="bath")
    back = now + timedelta(seconds=60)
    send("m1", frame(2, back), at=back)
    sweep(back + timedelta(seconds=30))
    assert Alert.objects.filter(closed_at=None, cause="device_silent").count() == 1


def test_a_score_ended_by_hand_comes_back_although_no_further_reading_comes(ward, now):
    send("m1", frame(1, now, ILL), at=now)
    sweep(now + timedelta(seconds=5))
    first = Alert.objects.get()
    actions.close_alert(first.id, by=ward.nurse.actor, at=now + timedelta(seconds=6), note="seen")
    sweep(now + timedelta(seconds=7))
    assert not Alert.objects.filter(closed_at=None).exists()
    sweep(now + timedelta(seconds=12))
    assert Alert.objects.get(closed_at=None).cause == "news2"


def test_a_monitor_that_stops_is_an_alarm_and_its_bed_is_not_known(ward, now):
    send("m1", frame(1, now), at=now)
    sweep(now + timedelta(seconds=29))
    assert not Alert.objects.exists()
    silent = now + timedelta(seconds=30)
    sweep(silent)
    alert = Alert.objects.get()
    assert (alert.cause, alert.kind, alert.priority, alert.device_id) == ("device_silent", "technical", "medium", "m1")
    assert PatientState.objects.get().signal == "silent"
    board = queries.ward_board(ward.id, viewer=ward.nurse.actor, at=silent)
    assert (board.beds[0].state, board.tally["unknown"], board.tally["zero"]) == ("silent", 2, 0)
    later = silent + timedelta(seconds=5)
    send("m1", frame(2, later), at=later)
    assert Alert.objects.get().state == "closed"


def test_a_nurses_set_does_not_hide_that_the_monitor_stopped(ward, now):
    """The stream process was away while the monitor stopped; nobody has noticed yet."""
    send("m1", frame(1, now), at=now)
    later = now + timedelta(seconds=50)
    actions.record_observations(ward.patient_ids[0], WELL, by=ward.nurse.actor, at=later)
    assert not Alert.objects.exists()
    back = later + timedelta(seconds=2)
    actions.sweep(by=make.stream(back), at=back, listening_since=later)
    assert not Alert.objects.exists()
    back = later + timedelta(seconds=30)
    actions.sweep(by=make.stream(back), at=back, listening_since=later)
    assert Alert.objects.get().cause == "device_silent"


def test_our_own_outage_is_not_the_silence_of_the_devices(ward, now):
    send("m1", frame(1, now), at=now)
    back = now + timedelta(minutes=10)
    actions.sweep(by=make.stream(back), at=back, listening_since=back - timedelta(seconds=5))
    assert PatientState.objects.get(patient_id=ward.patient_ids[0]).signal == "silent"
    assert not Alert.objects.exists()


def test_a_monitor_that_never_sent_is_not_known_and_calls_nobody(ward, now):
    sweep(now + timedelta(minutes=5))
    assert not Alert.objects.exists()
    board = queries.ward_board(ward.id, viewer=ward.nurse.actor, at=now + timedelta(minutes=5))
    assert board.beds[0].state == "silent"


def test_the_board_tells_silence_even_while_nothing_sweeps(ward, now):
    send("m1", frame(1, now), at=now)
    assert PatientState.objects.get().signal == "live"
    board = queries.ward_board(ward.id, viewer=ward.nurse.actor, at=now + timedelta(minutes=3))
    assert (board.beds[0].state, board.beds[0].vitals.news.band) == ("silent", "unknown")
    assert board.beds[0].vitals.news.missing == ("rr", "spo2", "hr")
    assert board.beds[0].vitals.values["hr"].stale


@pytest.mark.parametrize(
    ("said", "cause", "priority"),
    [
        ({"battery": 12}, "battery_low", "low"),
        ({"battery": 4}, "battery_low", "medium"),
        ({"lead": "off"}, "lead_off", "medium"),
    ],
)
def test_technical_conditions_open_their_own_alerts(ward, now, said, cause, priority):
    send("m1", status(1, now, **said), at=now)
    sweep(now + timedelta(seconds=10))
    alert = Alert.objects.get()
    assert (alert.cause, alert.priority, alert.kind, alert.facts["device"]) == (cause, priority, "technical", "m1")


def test_a_clock_that_is_ahead_is_flagged_and_its_frames_are_stored(ward, now):
    for second in range(12):
        moment = now + timedelta(seconds=second)
        send("m1", frame(second, moment + timedelta(seconds=45)), at=moment)
    alert = Alert.objects.get()
    assert (alert.cause, alert.facts["clock_ahead_s"]) == ("clock_skew", 45.0)
    (listed,) = queries.devices(viewer=ward.nurse.actor, at=now)
    assert (listed.skewed, listed.clock_ahead_s) == (True, 45.0)


def test_a_clock_five_minutes_ahead_is_quarantined_and_flagged(ward, now):
    for second in range(12):
        moment = now + timedelta(seconds=second)
        send("m1", frame(second, moment + timedelta(minutes=5), ILL), at=moment)
    assert list(Alert.objects.values_list("cause", flat=True)) == ["clock_skew"]
    (listed,) = queries.devices(viewer=ward.nurse.actor, at=now)
    assert listed.quarantined == 12


def test_emptying_a_buffer_after_an_outage_is_no_slow_clock(ward, now):
    send("m1", *[frame(n, now - timedelta(minutes=10) + timedelta(seconds=n)) for n in range(60)], at=now)
    later = now + timedelta(seconds=15)
    send("m1", frame(601, later), at=later)
    sweep(later + timedelta(seconds=10))
    assert not Alert.objects.exists()


def test_a_step_that_no_body_makes_waits_for_the_next_frame(ward, now):
    monitor = Monitor(now)
    monitor.runs(3, WELL)
    monitor.runs(1, WELL | {"hr": 20})
    assert PatientState.objects.get().current["hr"][0] == 72.0
    monitor.runs(1, WELL | {"hr": 22})
    assert PatientState.objects.get().current["hr"][0] == 22.0


def test_unpairing_ends_technical_alerts_and_keeps_clinical_ones(ward, now):
    monitor = Monitor(now)
    monitor.runs(10, ILL)
    sweep(monitor.at + timedelta(seconds=31))
    assert Alert.objects.filter(closed_at=None).count() == 2
    later = monitor.at + timedelta(seconds=40)
    actions.unpair_device("m1", by=ward.nurse.actor, at=later)
    sweep(later)
    assert list(Alert.objects.filter(closed_at=None).values_list("cause", flat=True)) == ["news2"]


def test_a_nurses_set_scores_at_once_and_sets_when_the_next_is_due(ward, now):
    second = ward.patient_ids[1]
    actions.record_observations(second, WELL | {"rr": 23}, by=ward.nurse.actor, at=now)  # 2
    shown = queries.current_vitals(second, viewer=ward.nurse.actor, at=now)
    assert (shown.news.score, shown.news.band, shown.signal) == (2, "low", "live")
    assert (shown.due_at, shown.late_at) == (now + timedelta(hours=4), now + timedelta(hours=6))
    assert not queries.current_vitals(second, viewer=ward.nurse.actor, at=now + timedelta(hours=6)).late
    assert queries.current_vitals(second, viewer=ward.nurse.actor, at=now + timedelta(hours=6, seconds=1)).late
    later = now + timedelta(minutes=1)
    actions.record_observations(second, ILL, by=ward.nurse.actor, at=later)
    assert Alert.objects.get(patient_id=second).priority == "high"
    assert OutboxMessage.objects.filter(subject="event.monitoring.ViewsChanged").count() == 2
    assert [entry.score for entry in ScoreEntry.objects.filter(patient_id=second).order_by("at")] == [2, 9]


@pytest.mark.parametrize(
    ("values", "metric"),
    [
        ({}, "values"),
        ({"hr": 900}, "hr"),
        ({"hr": "72"}, "hr"),
        ({"consciousness": "X"}, "consciousness"),
        ({"shoe": 43}, "shoe"),
    ],
)
def test_an_impossible_set_is_refused_whole(ward, now, values, metric):
    with pytest.raises(actions.UnusableObservation) as refused:
        actions.record_observations(ward.patient_ids[0], values, by=ward.nurse.actor, at=now)
    assert refused.value.metric == metric
    assert PatientState.objects.filter(score__isnull=False).count() == 0


def test_observations_by_a_stranger_are_refused(ward, now):
    with pytest.raises(access.NotPermitted):
        actions.record_observations(ward.patient_ids[0], WELL, by=ward.stranger.actor, at=now)


def test_scale_2_scores_the_same_saturation_differently(ward, now):
    send("m1", frame(1, now, WELL | {"spo2": 89}), at=now)
    assert PatientState.objects.get().parts["spo2"] == 3
    actions.set_spo2_scale(ward.patient_ids[0], 2, by=ward.nurse.actor, at=now)
    assert (PatientState.objects.get().parts["spo2"], PatientState.objects.get().score) == (0, 0)


def test_the_trend_compares_with_the_last_hour(ward, now):
    second = ward.patient_ids[1]
    for minutes, values in ((0, WELL), (20, WELL), (40, WELL | {"rr": 23})):
        at = now + timedelta(minutes=minutes)
        actions.record_observations(second, values, by=ward.nurse.actor, at=at)
    assert queries.current_vitals(second, viewer=ward.nurse.actor, at=now + timedelta(minutes=40)).news.trend == "up"
