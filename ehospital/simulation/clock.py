"""When the demo's own time began: kept in a file, so that a monitor that is started again goes on in its story."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import orjson

_STILL_THE_SAME_DEMO_S = 120.0
_ROUND_MISSED_S = 8 * 3600.0
_TOUCH_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class DemoClock:
    """The zero of demo time, in seconds since 1970, and the file that remembers it.

    `round_due` tells that the demo slept for a night: what nurses entered before is too old, so they begin a round.
    """

    file: Path
    zero: float
    round_due: bool = False

    @classmethod
    def start(cls, file: Path, now: float) -> "DemoClock":
        """Go on with the time of a demo that was alive two minutes ago, else begin anew at `now`."""
        kept = _read(file)
        asleep_s = now - kept["seen"] if kept else 0.0
        zero = kept["zero"] if kept and 0 <= asleep_s <= _STILL_THE_SAME_DEMO_S else now
        clock = cls(file, zero, round_due=asleep_s > _ROUND_MISSED_S)
        clock.touch(now)
        return clock

    @classmethod
    def read(cls, file: Path) -> "DemoClock | None":
        """Return the time of the demo that runs or ran here; None when none ever did."""
        kept = _read(file)
        return cls(file, kept["zero"]) if kept else None

    def touch(self, now: float) -> None:
        """Note that the demo is alive."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_suffix(".new")
        fresh.write_bytes(orjson.dumps({"zero": self.zero, "seen": now}))
        fresh.replace(self.file)

    async def keep(self) -> None:
        """Note every ten seconds that the demo is alive."""
        while True:
            await asyncio.sleep(_TOUCH_EVERY_S)
            self.touch(time.time())


def _read(file: Path) -> dict[str, float] | None:
    try:
        kept = orjson.loads(file.read_bytes())
        return {"zero": float(kept["zero"]), "seen": float(kept["seen"])}
    except (FileNotFoundError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None
