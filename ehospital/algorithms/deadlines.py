"""Until when a patient's request is to be answered: one month after it came in.

Source: GDPR art. 12(3) ("within one month of receipt"); Regulation (EEC) 1182/71 art. 3(2)(c): a period in months ends
with the day of the same date in the last month, or with that month's last day where it has no such date. The day of
receipt does not count, and a public holiday is not looked up: the deadline is never later than the law's.
"""

from calendar import monthrange
from datetime import date
from typing import Final

VERSION: Final = "one-month-1"


def one_month_after(received: date) -> date:
    """Return the last day on which an answer to what was received on that day is in time."""
    year, month = (received.year + 1, 1) if received.month == 12 else (received.year, received.month + 1)
    return date(year, month, min(received.day, monthrange(year, month)[1]))
