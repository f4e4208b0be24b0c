"""The course of a story: moments that a body passes through, joined smoothly, over and over."""

from bisect import bisect_right
from dataclasses import dataclass, field, fields, replace

from ehospital.simulation.bodies import Leaning, Vitals

_MOVING = tuple(f.name for f in fields(Vitals) if f.name not in {"oxygen", "consciousness", "dbp"})


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the body is at one moment of a story; None means: as at rest.

    Attributes:
        at_s: seconds after the story began; negative moments belong to the day before the first round.
        words: what happens from here on, for the tour; English, to be translated where it is shown.
        oxygen, consciousness: hold from this moment to the next; the other figures glide.
        sensor: False while finger probe and electrodes are off.
        link: False while the monitor sends nothing at all.
    """

    at_s: int
    words: str
    hr: float | None = None
    rr: float | None = None
    spo2: float | None = None
    sbp: float | None = None
    temp: float | None = None
    oxygen: float | None = None
    consciousness: str = "A"
    sensor: bool = True
    link: bool = True

    def aim(self, rest: Vitals) -> Vitals:
        """Return this moment's state for a body with that rest."""
        wanted = {n: v for n in (*_MOVING, "oxygen") if (v := getattr(self, n)) is not None}
        aim = replace(rest, **wanted, consciousness=self.consciousness)
        return replace(aim, dbp=aim.sbp * rest.dbp / rest.sbp + 0.12 * max(0.0, rest.sbp - aim.sbp))


# What holds before a story's first moment.
BEFORE = Moment(0, "Resting")


@dataclass(frozen=True, slots=True)
class Story:
    """A named course over demo time; it begins again every `period_s`, so a demo never goes dead.

    Attributes:
        key: how files and commands name it.
        title, sentence: for the tour; English, to be translated where they are shown.
        start_s: seconds after the start of the demo at which the first round begins.
        moments: in order of time; the last glides into the first non-negative one when the round ends.
        leaning: how this patient differs at rest.
        spo2_scale: the NEWS2 scale that the clinicians have chosen for this patient.
        cuff_every_s, entries_every_s: how often the cuff inflates, and the nurse enters oxygen and consciousness.
    """

    key: str
    title: str
    sentence: str
    start_s: int
    period_s: int
    moments: tuple[Moment, ...]
    leaning: Leaning = field(default_factory=Leaning)
    spo2_scale: int = 1
    cuff_every_s: int = 300
    entries_every_s: int = 14_400

    def __post_init__(self) -> None:
        times = [moment.at_s for moment in self.moments]
        if 0 not in times or times != sorted(set(times)) or times[-1] >= self.period_s:
            raise ValueError(f"the moments of {self.key} must rise, pass 0 and end before {self.period_s} s")


@dataclass(frozen=True, slots=True)
class Scene:
    """One instant of a story: between which moments, and how far.

    Attributes:
        now: the last moment passed; its words, oxygen, consciousness, sensor and link hold.
        next: the moment ahead.
        share: 0 ≤ x < 1, the eased way from the one to the other.
        since_s, until_s: seconds since `now` and until `next`.
    """

    now: Moment
    next: Moment
    share: float
    since_s: float
    until_s: float

    def aim(self, rest: Vitals) -> Vitals:
        """Return where the story holds a body with that rest."""
        here = self.now.aim(rest)
        if self.share == 0.0:
            return here
        there = self.next.aim(rest)
        moved = {n: (a := getattr(here, n)) + self.share * (getattr(there, n) - a) for n in (*_MOVING, "dbp")}
        return replace(here, **moved)


def scene_at(story: Story, seconds: float) -> Scene:
    """Return the scene of a story `seconds` after its first round began; negative seconds are the day before."""
    if len(story.moments) == 1:
        return Scene(story.moments[0], story.moments[0], 0.0, float("inf"), float("inf"))
    times = [moment.at_s for moment in story.moments]
    first = times.index(0)
    if seconds >= 0:
        seconds %= story.period_s
    elif seconds < times[0]:
        return Scene(BEFORE, story.moments[0], 0.0, float("inf"), times[0] - seconds)
    passed = bisect_right(times, seconds) - 1
    now = story.moments[passed]
    last = passed + 1 == len(times)
    ahead, ahead_s = (story.moments[first], story.period_s) if last else (story.moments[passed + 1], times[passed + 1])
    share = (seconds - now.at_s) / (ahead_s - now.at_s)
    return Scene(now, ahead, share * share * (3.0 - 2.0 * share), seconds - now.at_s, ahead_s - seconds)
