"""When a person's quiet hours are over: from one time of day to another, over midnight when the end comes first.

The hours are those of the hospital's clock on the wall. On the days when that clock is changed, a time that does not
exist counts as the moment that follows it, and one that comes twice as its first: quiet never lasts longer than chosen.
"""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

VERSION: Final = "quiet-hours-1"


def quiet_until(at: datetime, *, begins: time | None, ends: time | None, zone: ZoneInfo) -> datetime | None:
    """Return when the quiet hours that `at` lies in are over; None when it lies in none.

    Args:
        at: timezone-aware.
        begins, ends: of the day on the wall; the end is no longer quiet. Without either, or both alike: never quiet.
    """
    if begins is None or ends is None or begins == ends:
        return None
    local = at.astimezone(zone)
    now = local.time()
    over_midnight = ends < begins
    quiet = (now >= begins or now < ends) if over_midnight else begins <= now < ends
    if not quiet:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and now >= begins else 0)
    over = datetime.combine(day, ends, tzinfo=zone).astimezone(at.tzinfo)
    return over if over > at else None
