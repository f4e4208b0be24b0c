"""Gives the demo hospital its devices, and a day of observations behind them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from ehospital.kernel.readings import Frame
from ehospital.monitoring import actions as monitoring
from ehospital.monitoring import queries
from ehospital.monitoring.actions import Taken
from ehospital.monitoring.models import Alert, Device
from ehospital.people import access
from ehospital.simulation import measuring
from ehospital.simulation.arriving import Arrived
from ehospital.simulation.founding import Founded
from ehospital.simulation.measuring import Observation
from ehospital.simulation.noise import stream_key, uniform
from ehospital.simulation.staff import MONITORED
from ehospital.simulation.stories import BedStory, timetable_of, truth_at

FREE_DEVICES = 8
"""Monitors that nobody simulates: whoever has their password may send for them."""
BEHIND = timedelta(hours=24)
_METRICS = ("hr", "rr", "spo2", "pulse", "sbp", "dbp", "map", "temp")
# Far back a frame every five minutes is enough for a chart; the last hours are as dense as roll-ups will be.
_STEPS = ((timedelta(hours=24), 300, 1800), (timedelta(hours=4), 60, 600))
"""From how long ago on: seconds between two kept frames, and between two scores."""
_BOOT = "seed"
_ROUNDS_H = (9.5, 3.0)
_ANSWERED_AFTER = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class Equipped:
    """One device at a patient's bed; `story` plays only where it is simulated."""

    id: str
    password: str
    patient: Arrived
    bed: BedStory | None = None

    @property
    def ward(self) -> str:
        """The key of the patient's ward."""
        assert self.patient.bed is not None
        return self.patient.bed[0]

    @property
    def bed_code(self) -> str:
        """The code of the patient's bed."""
        assert self.patient.bed is not None
        return self.patient.bed[1]


def equip(
    built: Founded, arrived: Sequence[Arrived], *, seed: int, by: access.Actor, at: datetime
) -> tuple[list[Equipped], list[Equipped]]:
    """Register and pair the devices; return the simulated ones and the free ones, those of the monitored ward first."""
    in_beds = [one for one in arrived if one.bed is not None]
    simulated = [_equip(built, one, seed=seed, by=by, at=at) for one in in_beds if one.story]
    quiet = [one for one in in_beds if not one.story]
    quiet.sort(key=lambda one: one.bed is None or one.bed[0] != MONITORED)  # stable: the monitored ward comes first
    return simulated, [_equip(built, one, seed=seed, by=by, at=at) for one in quiet[:FREE_DEVICES]]


def look_back(
    built: Founded, simulated: Sequence[Equipped], *, by: access.Actor, at: datetime, told: Callable[[int], None]
) -> None:
    """Let the simulated monitors have measured for a day, the nurse answer the alerts, and tell the minutes done.

    Afterwards they are paired anew, as a monitor is after a break: none of them counts as silent before it has spoken.
    """
    until = at - timedelta(seconds=1)  # the last frame comes before the new pairing
    begin = until - BEHIND
    for first, last, every_s in _spans(until):
        moments = [
            first + timedelta(seconds=n) for n in range(every_s, int((last - first).total_seconds()) + 1, every_s)
        ]
        batch = [
            Taken(one.id, _frame(one, moment, since_s=every_s, opening=first == begin), moment)
            for moment in moments
            for one in simulated
            if one.patient.since and one.patient.since <= moment
        ]
        # Without a checkpoint to move and without telling browsers: nobody looks at yesterday as it happens.
        monitoring.record_readings(batch, by=access.later(by, last), at=last, checkpoint=())
        _answer(built, last + _ANSWERED_AFTER if last < until else last)
        told((last - begin) // timedelta(minutes=1))
    for one in simulated:
        monitoring.unpair_device(one.id, by=by, at=at)
        bed_id = built.bed_ids[one.ward, one.bed_code]
        monitoring.pair_device(one.id, patient_id=one.patient.id, bed_id=bed_id, by=by, at=at)


def _answer(built: Founded, moment: datetime) -> None:
    """Let the nurse acknowledge whatever calls at that moment, also what called before and became worse."""
    nurse = built.acting(built.nurse_of(MONITORED), moment)
    for alert in queries.open_alerts(viewer=nurse, at=moment, ward_id=built.ward_ids[MONITORED]):
        if alert.state == Alert.State.OPEN:
            monitoring.acknowledge(alert.id, by=nurse, at=moment)


def rounds(built: Founded, arrived: Sequence[Arrived], *, seed: int, at: datetime) -> None:
    """Let the nurses have observed the patients without a simulated monitor, twice in ten hours."""
    for hours in _ROUNDS_H:
        for one in arrived:
            if one.bed is None or one.story or one.since is None:
                continue
            nurse = built.nurse_of(one.bed[0])
            late_s = 3600 * uniform(stream_key(seed, *one.bed, hours), 0)
            moment = (at - timedelta(hours=hours) + timedelta(seconds=late_s)).replace(second=0, microsecond=0)
            if moment > one.since:
                state = truth_at(_bed(one, seed, at), moment.timestamp())
                seen = [*measuring.electrodes(state), *measuring.probe(state), *measuring.pressure(state)]
                seen += [*measuring.temperature(state), *measuring.entries(state)]
                monitoring.record_observations(
                    one.id, _values(seen), by=built.acting(nurse, moment), at=moment, observed_at=moment
                )


def _equip(built: Founded, one: Arrived, *, seed: int, by: access.Actor, at: datetime) -> Equipped:
    assert one.bed is not None and one.since is not None
    ward, code = one.bed
    number = built.wards[ward].name.rsplit(" ", 1)[-1]
    device_id = f"mon-{number}-{code}"
    secret = monitoring.register_device(
        device_id,
        type=Device.Type.MONITOR,
        model="Lantern M2",
        serial=f"{stream_key(seed, device_id) % 10**8:08d}",
        metrics=_METRICS,
        ward_id=built.ward_ids[ward],
        by=by,
        at=at - timedelta(days=300),
    )
    paired_at = max(one.since, at - BEHIND)
    monitoring.pair_device(device_id, patient_id=one.id, bed_id=built.bed_ids[one.bed], by=by, at=paired_at)
    return Equipped(device_id, secret, one, _bed(one, seed, at, device_id) if one.story else None)


def _bed(one: Arrived, seed: int, at: datetime, device_id: str = "") -> BedStory:
    """Return the body in a bed; the same that the device process will drive on from `at`."""
    assert one.bed is not None
    name = f"{one.bed[0]}/{one.bed[1]}/{device_id}"
    age, zone = one.history.person.age, timezone.get_default_timezone()
    offset = at.astimezone(zone).utcoffset() or timedelta(0)
    return BedStory(name, one.story or "stable", seed, at.timestamp(), age=age, utc_offset_s=offset.total_seconds())


def _spans(at: datetime) -> Iterator[tuple[datetime, datetime, int]]:
    """Yield begin and end of each stretch that is scored at once, and the seconds between its frames."""
    for n, (back, every_s, score_s) in enumerate(_STEPS):
        begin, until = at - back, at - (_STEPS[n + 1][0] if n + 1 < len(_STEPS) else timedelta(0))
        while begin < until:
            yield begin, begin + timedelta(seconds=score_s), every_s
            begin += timedelta(seconds=score_s)


def _frame(one: Equipped, moment: datetime, *, since_s: int, opening: bool) -> Frame:
    """Return what a monitor kept of the last `since_s` seconds: this second, and what cuff and nurse added."""
    assert one.bed is not None
    second = int(moment.timestamp())
    state, timetable = truth_at(one.bed, second), timetable_of(one.bed)
    seen: list[Observation] = [*measuring.electrodes(state), *measuring.probe(state)]
    if second - (cuff := timetable.last_cuff(second)) < since_s:
        at_cuff = truth_at(one.bed, cuff)
        seen += [*measuring.pressure(at_cuff), *measuring.temperature(at_cuff)]
    if opening or second - timetable.last_entries(second) < since_s:
        seen += measuring.entries(state)
    values = _values(seen)
    level = values.pop("consciousness", None)
    numbers = {alias: float(value) for alias, value in values.items()}
    return Frame(_BOOT, second, second * 1000, numbers, None if level is None else str(level))


def _values(seen: Sequence[Observation]) -> dict[str, float | str]:
    return {alias: value for alias, value, _ in seen if value is not None}
