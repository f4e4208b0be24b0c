"""Telling other processes: a row in the same transaction, relayed to NATS after commit."""

import dataclasses
import re
from datetime import datetime
from typing import Any

from django.db import connection

from ehospital.foundation import listening
from ehospital.foundation.models import OutboxMessage

CHANNEL = "ehospital_outbox"
"""The PostgreSQL notification that wakes the relay at commit."""

_DOMAIN = re.compile(r"^ehospital\.(\w+)\.")


class NotInTransaction(RuntimeError):
    """An event must stand or fall with the change that it tells of."""


def publish(event: Any) -> None:
    """Tell the world of one event, when and only if the caller's transaction commits.

    The subject is `event.<domain>.<Name>`; consumers see every event at least once and know it by its id. Domains above
    that hear it (`listening.hear`) get a job in the same transaction.

    Args:
        event: a frozen dataclass of a domain's `events`.
    """
    payload = _plain(event)
    send(OutboxMessage(subject=_subject(type(event)), payload=payload))
    listening.tell(type(event), payload)


def send(*messages: OutboxMessage) -> None:
    """Write prepared messages, in the caller's transaction, and wake the relay at its commit."""
    if not connection.in_atomic_block:
        raise NotInTransaction("an event must be published inside the transaction of its change")
    OutboxMessage.objects.bulk_create(messages)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def _subject(kind: type) -> str:
    found = _DOMAIN.match(kind.__module__)
    if not found or not dataclasses.is_dataclass(kind):
        raise TypeError(f"{kind.__qualname__} is not a dataclass of a domain's events")
    return f"event.{found[1]}.{kind.__name__}"


def _plain(event: Any) -> dict[str, Any]:
    """Return the event as JSON knows it; identifiers and instants as text."""
    return {field.name: _json(getattr(event, field.name)) for field in dataclasses.fields(event)}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [_json(one) for one in value]
    return value if isinstance(value, int | str | bool | float | None) else str(value)
