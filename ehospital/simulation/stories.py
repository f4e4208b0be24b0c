"""A bed and its story: what its monitor sends at any second, and what the tour says about it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ehospital.simulation import measuring
from ehospital.simulation.bodies import Vitals, body_of
from ehospital.simulation.courses import Scene, Story, scene_at
from ehospital.simulation.measuring import Observation, Timetable
from ehospital.simulation.noise import stream_key
from ehospital.simulation.plots import STORIES

# The nurse looks after something has happened, and enters what she finds.
_NOTICED_AFTER_S = 25
_BATTERY_EVERY_S = 300
_DEFICIT = 0.06
_ROUND_S = 5400


@dataclass(frozen=True, slots=True)
class BedStory:
    """One bed and the story played in it.

    Attributes:
        bed: any name that is unique among the beds of one seed.
        story: key of `plots.STORIES`.
        seed: of the whole hospital.
        zero: seconds since 1970 at which the demo's own time began.
        start_s: seconds after `zero` at which this bed's first round begins; None takes the story's own.
        age: the patient's, in years.
        utc_offset_s: local time minus UTC, for day and night.
    """

    bed: str
    story: str
    seed: int
    zero: float
    start_s: float | None = None
    age: int = 60
    utc_offset_s: float = 0.0

    @property
    def plot(self) -> Story:
        """The story itself."""
        return STORIES[self.story]

    def scene(self, t: float) -> Scene:
        """Return where the story stands at `t` seconds since 1970."""
        start = self.plot.start_s if self.start_s is None else self.start_s
        return scene_at(self.plot, t - self.zero - start)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a monitor sends for one second.

    Attributes:
        observations: (alias, value, UCUM unit), for a message of kind `frame`; may be empty.
        status: (name, value) for a message of kind `status`: `lead` on or off, `battery` in %; mostly empty.
    """

    observations: tuple[Observation, ...]
    status: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Playing:
    """What the tour tells of one bed."""

    bed: str
    story: str
    title: str
    sentence: str
    now: str
    next: str
    until_next_s: int


def frame_at(bed: BedStory, t: float, *, measured: bool = False, entered: bool = False) -> Frame | None:
    """Return what the monitor of a bed sends at one second; None while it is silent.

    The same arguments always give the same frame.

    Args:
        t: seconds since 1970; the fraction is dropped.
        measured: also the newest pressure and temperature, as a monitor sends them when it is switched on.
        entered: also oxygen and consciousness, as the nurse enters them at the beginning of a round.
    """
    second = math.floor(t)
    scene = bed.scene(second)
    if not scene.now.link:
        return None
    timetable = timetable_of(bed)
    state = truth_at(bed, second)
    spike = measuring.motion(bed.seed, bed.bed, second, bed.plot.leaning.restless_per_h)
    found = list(measuring.electrodes(state, spike=spike))
    if scene.now.sensor:
        deficit = _DEFICIT if bed.plot.leaning.irregular and state.hr > 110 else 0.0
        found += measuring.probe(state, deficit=deficit, spike=spike)
    else:
        found += measuring.probe_off()
    if timetable.cuff_due(second):
        found += measuring.pressure(state)
    elif measured:
        found += measuring.pressure(truth_at(bed, timetable.last_cuff(second)))
    if measured or timetable.temperature_due(second):
        found += measuring.temperature(state)
    if entered or timetable.entries_due(second) or _noticed(scene):
        found += measuring.entries(state)
    return Frame(tuple(found), tuple(_status(bed, scene, second, asked=measured)))


def truth_at(bed: BedStory, t: float) -> Vitals:
    """Return what is true in the body at `t` seconds since 1970, before any monitor has measured it."""
    second = math.floor(t)
    body = body_of(bed.seed, bed.bed, bed.plot.leaning, bed.age)
    return body.at(second, bed.scene(second).aim(body.rest), utc_offset_s=bed.utc_offset_s)


def timetable_of(bed: BedStory) -> Timetable:
    """Return when this bed's monitor measures pressure and temperature, and the nurse enters the rest."""
    return _timetable(bed.seed, bed.bed, bed.plot.cuff_every_s, bed.plot.entries_every_s)


def playing(beds: Iterable[BedStory], t: float) -> list[Playing]:
    """Return what every bed plays at `t` seconds since 1970, in the order given; stable beds are left out."""
    return [_told(bed, t) for bed in beds if len(bed.plot.moments) > 1]


def from_json(row: Mapping[str, object], *, zero: float) -> BedStory:
    """Return the bed of one row of devices.json.

    Args:
        row: `id`, `bed`, `story`, `seed`; where given also `ward`, `start` (s), `age` (years), `utc_offset_s`.
        zero: seconds since 1970 at which the demo's own time began.

    Raises:
        ValueError: a field is missing, or there is no such story; the message names it.
    """
    missing = [name for name in ("id", "bed", "story", "seed") if name not in row]
    if missing:
        raise ValueError(f"a device of devices.json lacks {', '.join(missing)}")
    story = str(row["story"])
    if story not in STORIES:
        raise ValueError(f"no story is called {story!r}; there are {', '.join(STORIES)}")
    start = row.get("start")
    return BedStory(
        bed=f"{row.get('ward', '')}/{row['bed']}/{row['id']}",
        story=story,
        seed=int(str(row["seed"])),
        zero=zero,
        start_s=None if start is None else float(str(start)),
        age=int(str(row.get("age", 60))),
        utc_offset_s=float(str(row.get("utc_offset_s", 0))),
    )


def _told(bed: BedStory, t: float) -> Playing:
    plot, scene = bed.plot, bed.scene(t)
    start = plot.start_s if bed.start_s is None else bed.start_s
    waits_s = bed.zero + start - t
    if waits_s > 0:
        first = next(moment for moment in plot.moments if moment.at_s == 0)
        return Playing(bed.bed, plot.key, plot.title, plot.sentence, scene.now.words, first.words, round(waits_s))
    return Playing(
        bed.bed, plot.key, plot.title, plot.sentence, scene.now.words, scene.next.words, round(scene.until_s)
    )


def _noticed(scene: Scene) -> bool:
    return scene.now is not scene.next and _NOTICED_AFTER_S <= scene.since_s < _NOTICED_AFTER_S + 1


def _status(bed: BedStory, scene: Scene, second: int, *, asked: bool) -> Iterable[tuple[str, str | int]]:
    sensor_changes = scene.since_s < 1 and any(not moment.sensor for moment in bed.plot.moments)
    if asked or sensor_changes:
        yield "lead", "on" if scene.now.sensor else "off"
    if asked or second % _BATTERY_EVERY_S == timetable_of(bed).phase_s:
        yield "battery", 100 - second // 900 % 40


@lru_cache(maxsize=4096)
def _timetable(seed: int, bed: str, cuff_every_s: int, entries_every_s: int) -> Timetable:
    round_s = stream_key(seed, bed, "round") % min(entries_every_s, _ROUND_S)
    return Timetable(cuff_every_s, entries_every_s, stream_key(seed, bed, "phase") % 60, round_s)
