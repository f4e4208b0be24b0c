"""How a patient is at one moment, from the newest readings and whether the devices still speak."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from ehospital.algorithms import early_warning
from ehospital.algorithms.early_warning import Score
from ehospital.monitoring.policies import freshness
from ehospital.monitoring.policies.ages import Age
from ehospital.monitoring.policies.freshness import Kept

BANDS: Final = {
    "zero": "zero",
    "low": "low",
    "low-medium": "lowmed",
    "medium": "medium",
    "high": "high",
    "unknown": "unknown",
}
"""The algorithm's word for a band → the one on screens."""
NUMBERS: Final = ("rr", "spo2", "oxygen", "sbp", "hr", "temp", "pulse")

_TRAIL_STEP = timedelta(minutes=5)
_TRAIL_LENGTH = timedelta(hours=1)
_TREND_FROM = timedelta(minutes=10)
_TREND_POINTS = 2


@dataclass(frozen=True, slots=True)
class Picture:
    """What can be said of a patient now.

    Attributes:
        values: every metric that still counts.
        score: None when NEWS2 is not valid for the patient, or nothing counts any more.
        band: as on screens; unknown unless proved.
        missing: parameters of the score that were not observed, or too long ago.
        signal: live, partial or silent.
        why_not: why there can be no NEWS2 for this patient; empty when there can.
    """

    values: Mapping[str, float | str] = field(default_factory=dict)
    score: Score | None = None
    band: str = "unknown"
    partial: bool = True
    missing: Sequence[str] = early_warning.PARAMETERS
    parts: Mapping[str, int] = field(default_factory=dict)
    response: str = ""
    signal: str = "silent"
    why_not: str = ""

    @property
    def points(self) -> int | None:
        """The number of the score, None without one."""
        return None if self.score is None else self.score.score


def picture(
    current: Mapping[str, Kept],
    *,
    age: Age | None,
    spo2_scale: int,
    pregnant: bool = False,
    watched: bool,
    heard_at: datetime | None,
    now: datetime,
    on_time_only: bool = False,
) -> Picture:
    """Say how a patient is; whatever is wrong with the record, the answer is a picture, unknown with its reason.

    Args:
        current: the newest reading of each metric.
        age: None when no birth date is known; then the patient counts as an adult.
        watched: a device that sends all the time is paired to the patient: then its silence counts.
        heard_at: when such a reading was last taken on time.
        on_time_only: for alarms: leave out what came late.
    """
    values = freshness.fresh(current, now, on_time_only=on_time_only)
    silent = watched and (heard_at is None or now - heard_at >= freshness.SILENT_AFTER)
    try:
        score = early_warning.score(_observations(values, age, spo2_scale, pregnant))
    except (early_warning.NotApplicable, early_warning.MalformedObservations) as reason:
        signal = "silent" if silent or not values else "live"
        return Picture(values=values, missing=(), signal=signal, why_not=str(reason))
    if not values or len(score.missing) == len(early_warning.PARAMETERS):
        return Picture(values=values, signal="silent" if silent or not values else "partial")
    return Picture(
        values=values,
        score=score,
        band=BANDS[score.band],
        partial=score.partial,
        missing=score.missing,
        parts=score.parts,
        response=score.response or "",
        signal="silent" if silent else "partial" if score.partial else "live",
    )


def _observations(
    values: Mapping[str, float | str], age: Age | None, spo2_scale: int, pregnant: bool
) -> early_warning.Observations:
    if age is not None and age.least < early_warning.YOUNGEST_YEARS <= age.most:
        raise early_warning.NotApplicable(
            f"NEWS2 is not valid under {early_warning.YOUNGEST_YEARS} years, and the birth date does not tell whether"
            " the patient is older"
        )
    level = values.get("consciousness")
    return early_warning.from_readings(
        {name: float(values[name]) for name in NUMBERS if name in values},
        consciousness=str(level) if level else None,
        spo2_scale=spo2_scale,
        age_years=age.least if age else None,
        pregnant=pregnant,
    )


def due(
    now_is: Picture, *, observed_at: datetime | None, unknown_since: datetime
) -> tuple[datetime | None, datetime | None]:
    """Return when the next observations are due and when they are late; (None, None) where they never stop.

    Args:
        observed_at: when a person last observed the patient.
        unknown_since: since when the score is what it is; an unknown one is due from then on.
    """
    if now_is.score is None or now_is.band == "unknown" or observed_at is None:
        since = max(observed_at, unknown_since) if observed_at else unknown_since
        return since, since
    if now_is.response == early_warning.CONTINUOUS and now_is.signal == "live":
        return None, None
    return early_warning.next_due(now_is.score, observed_at), early_warning.late_after(now_is.score, observed_at)


def lengthened(trail: list[list[int]], now_is: Picture, now: datetime) -> list[list[int]]:
    """Return the last hour of whole scores with this one, a point every five minutes."""
    now_ms = freshness.ms(now)
    kept = [point for point in trail if now_ms - point[0] <= _TRAIL_LENGTH // timedelta(milliseconds=1)]
    if now_is.score is None or now_is.partial:
        return kept
    if not kept or now_ms - kept[-1][0] >= _TRAIL_STEP // timedelta(milliseconds=1):
        kept.append([now_ms, now_is.score.score])
    return kept


def trend(trail: Sequence[Sequence[int]], now_is: Picture, now: datetime) -> str:
    """Return up, down or steady against the median of the last hour; empty without enough to compare."""
    if now_is.score is None:
        return ""
    before = freshness.ms(now - _TREND_FROM)
    earlier = [points for at_ms, points in trail if at_ms <= before]
    if not earlier:
        return ""
    change = now_is.score.score - median(earlier)
    if now_is.partial and change <= 0:
        return ""  # what is missing could only add points: nothing shows that the patient is better
    return "up" if change >= _TREND_POINTS else "down" if change <= -_TREND_POINTS else "steady"
