"""Changes that other processes made, told to browsers: only this process may, and it knows how a bed looks now."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import Error
from nats.aio.msg import Msg

from ehospital.monitoring import queries
from ehospital.monitoring.live_messages import LiveMessage, bed_message
from ehospital.stream import figures, telling
from ehospital.stream.threads import DatabaseThread
from ehospital.wire import subjects
from ehospital.wire.connection import Connection

log = logging.getLogger(__name__)

QUEUE = "stream"
"""Of several stream processes one tells."""


class Echo:
    """Listens to monitoring, the estate and messaging; what it misses while away, the next page shows anyway."""

    def __init__(self, connection: Connection, database: DatabaseThread) -> None:
        self._connection = connection
        self._database = database
        self._told: dict[str, Callable[[dict[str, Any]], list[LiveMessage]]] = {
            subjects.event("monitoring", "ViewsChanged"): _views,
            subjects.event("estate", "PatientWasPlaced"): _bed,
            subjects.event("estate", "PatientLeftBed"): _bed,
            subjects.event("messaging", "NoticesChanged"): _notices,
        }

    async def start(self) -> None:
        """Listen from now on, also after NATS went away and came back."""
        for subject in self._told:
            await self._connection.subscribe(subject, queue=QUEUE, cb=self._take)

    async def _take(self, message: Msg) -> None:
        try:
            event = orjson.loads(message.data)
            messages = await self._database.run(lambda: self._told[message.subject](event))
        except (Error, KeyError, TypeError, ValueError) as problem:
            figures.UNECHOED.inc()
            log.warning("browsers were not told of %s: %s", message.subject, problem)
            return
        await telling.show(self._connection, messages)


def _views(event: dict[str, Any]) -> list[LiveMessage]:
    return queries.views_changed(UUID(event["patient_id"]), list(event["alerts"]), at=datetime.now(UTC))


def _bed(event: dict[str, Any]) -> list[LiveMessage]:
    return [
        bed_message(UUID(event["bed_id"]), UUID(event["ward_id"])),
        *queries.views_changed(UUID(event["patient_id"]), [], at=datetime.now(UTC)),
    ]


def _notices(event: dict[str, Any]) -> list[LiveMessage]:
    payload = orjson.dumps({"event": "notice", "data": {}})
    return [LiveMessage(subjects.live_staff(UUID(one)), payload) for one in event["staff_ids"]]
