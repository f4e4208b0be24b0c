"""How long a reading stands for how the patient is now. What no longer counts is missing, never "as before".

The times are the project's defaults, not a published standard: a continuous signal counts for two minutes, a cuff or a
thermometer for six hours, what a person observed until an hour after the longest interval that NEWS2 allows (RCP 2017,
chart 5: 12 hours).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

SILENT_AFTER: Final = timedelta(seconds=30)
"""A monitor that has sent no frame for so long is silent."""
LATE_AFTER: Final = timedelta(seconds=60)
"""A reading that came later than this after it was taken is stored, and raises no alarm by itself."""
AHEAD_LIMIT: Final = timedelta(minutes=2)
"""A reading from further in the future than this is quarantined: the device's clock is wrong."""
SKEW_LIMIT: Final = timedelta(seconds=30)

_CONTINUOUS = timedelta(minutes=2)
_SPOT = timedelta(hours=6)
_OBSERVED = timedelta(hours=13)
_GONE = timedelta(seconds=30)

VALID_FOR: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "hr": _CONTINUOUS, "rr": _CONTINUOUS, "spo2": _CONTINUOUS, "pulse": _CONTINUOUS, "etco2": _CONTINUOUS,
        "sbp": _SPOT, "dbp": _SPOT, "map": _SPOT, "temp": _SPOT, "glucose": _SPOT,
        "oxygen": _OBSERVED, "consciousness": _OBSERVED, "weight": timedelta(days=30),
    }
)  # fmt: skip

Kept = list[Any]
"""[value, taken (ms since 1970), device id or "" for a person, since when the device says "no reading" (ms) or None,
1 when it came late]"""


def ms(at: datetime) -> int:
    """Return milliseconds since 1970."""
    return round(at.timestamp() * 1000)


def instant(at_ms: int) -> datetime:
    """Return the instant of milliseconds since 1970."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def expires_ms(metric: str, kept: Kept) -> int:
    """Return when a kept reading stops counting; sooner when its device has said since that it has no reading."""
    _, taken_ms, source, gone_ms, _ = kept
    lasts = VALID_FOR[metric] if source else max(VALID_FOR[metric], _OBSERVED)
    end = taken_ms + lasts // timedelta(milliseconds=1)
    return end if gone_ms is None else min(end, gone_ms + _GONE // timedelta(milliseconds=1))


def fresh(current: Mapping[str, Kept], now: datetime, *, on_time_only: bool = False) -> dict[str, float | str]:
    """Return the value of every metric that still counts; `on_time_only` leaves out what came late."""
    now_ms = ms(now)
    return {
        metric: kept[0]
        for metric, kept in current.items()
        if expires_ms(metric, kept) > now_ms and not (on_time_only and kept[4])
    }


def late_ones(current: Mapping[str, Kept]) -> bool:
    """Tell whether any kept reading came late: such readings are shown and scored, but call nobody."""
    return any(kept[4] for kept in current.values())


def next_expiry(current: Mapping[str, Kept], now: datetime) -> datetime | None:
    """Return when the next reading stops counting, None when none does."""
    now_ms = ms(now)
    ends = [end for metric, kept in current.items() if (end := expires_ms(metric, kept)) > now_ms]
    return instant(min(ends)) if ends else None


def milliseconds(number: int) -> timedelta:
    """Return a length of time."""
    return timedelta(milliseconds=number)
