"""What waits for one browser: of each bed only the newest, of alerts every one, and never without bound."""

import asyncio
from dataclasses import dataclass

import msgspec

MOST_ALERTS = 200
MOST_BEDS = 2000
"""Beds and patients whose newest values may wait; a ward has far fewer."""


class _Whom(msgspec.Struct):
    bed: str | None = None
    patient: str | None = None


class _Told(msgspec.Struct):
    event: str
    data: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Event:
    """One event for browsers.

    Attributes:
        name: vitals, alert, bed, …
        data: JSON without a line break.
        about: what a newer one of the same name replaces; empty when every one counts.
    """

    name: str
    data: bytes
    about: str = ""


_told = msgspec.json.Decoder(_Told)
_whom = msgspec.json.Decoder(_Whom)


def read(payload: bytes) -> Event | None:
    """Return the event of a live message, None when it is none."""
    try:
        told = _told.decode(payload)
        data = bytes(told.data)
        whom = _whom.decode(data)
    except msgspec.MsgspecError:
        return None
    if not told.event.isalpha() or b"\n" in data or b"\r" in data:
        return None
    return Event(told.event, data, f"{whom.patient}/{whom.bed}" if told.event == "vitals" else "")


class Inbox:
    """One browser's."""

    def __init__(self) -> None:
        self._newest: dict[str, Event] = {}
        self._every: list[Event] = []
        self._lost = False
        self._arrived = asyncio.Event()

    def put(self, event: Event) -> None:
        """Let an event wait. A browser too slow for its alerts is told to fetch everything again."""
        if event.about:
            self._newest.pop(event.about, None)  # the newest goes to the end of the line
            self._newest[event.about] = event
            self._lost |= len(self._newest) > MOST_BEDS
        else:
            self._every.append(event)
            self._lost |= len(self._every) > MOST_ALERTS
        if self._lost:
            self._newest.clear()
            self._every.clear()
        self._arrived.set()

    def lose(self) -> None:
        """Something was missed: the browser is to fetch everything again."""
        self._lost = True
        self._newest.clear()
        self._every.clear()
        self._arrived.set()

    async def wait(self, seconds: float) -> None:
        """Return when something waits, or after so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._arrived.wait()
        except TimeoutError:
            return

    def take(self) -> list[Event]:
        """Return what waits, alerts first, and forget it."""
        self._arrived.clear()
        events = [Event("resync", b"{}")] if self._lost else []
        events += self._every + list(self._newest.values())
        self._every, self._newest, self._lost = [], {}, False
        return events
