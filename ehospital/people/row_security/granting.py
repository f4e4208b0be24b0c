"""Asking the database to open charts for the transaction of one request.

A door answers inside `request_transaction()`. Whatever `people.access` permits there is claimed from the database,
which decides by itself; the grant ends with the transaction. Outside of such a transaction nothing is claimed: the
machinery acts under roles of its own, and the web role then gets an error from every chart, never an empty list.
"""

import hmac
from collections.abc import Collection, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction

_PURPOSE: Final = b"ehospital.charts.door.v1"
EVERY: Final = "*"


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks, as the database knows them: a member of staff, a patient, a proxy or another system; and when."""

    kind: str
    id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A permission by its name, whom it reaches (the scopes in which this actor has it), and what it opens of a chart.

    `deed` is what `access.deed` says of it: `read` or `write`, the `trail`, or `none`.
    """

    permission: str
    reach: frozenset[str]
    deed: str


@dataclass(slots=True)
class _Opened:
    """What was opened in a transaction: each with the savepoints inside which it was, as rolling one back shuts it.

    `deed` is what the request may do at most. `number` is the transaction's, as soon as it is known.
    """

    deed: str
    number: str = ""
    charts: dict[tuple[Who, Hashable, UUID | str], tuple[str, ...]] = field(default_factory=dict)


_transaction: ContextVar[_Opened | None] = ContextVar("charts_opened", default=None)


@contextmanager
def request_transaction(*, only_reads: bool) -> Iterator[None]:
    """Answer one request in one transaction, in which charts may be opened; nothing of it outlives it.

    Args:
        only_reads: charts are opened to be read, whatever else a permission would allow.
    """
    if _transaction.get() is not None:
        yield
        return
    with transaction.atomic():
        token = _transaction.set(_Opened("read" if only_reads else "write"))
        try:
            yield
        finally:
            _transaction.reset(token)


def number_wanted() -> bool:
    """Return whether the number of the transaction is still to be learnt; a query that is made anyway may bring it."""
    opened = _transaction.get()
    return opened is not None and not opened.number


def number_is(number: int) -> None:
    """Note the number of the transaction."""
    opened = _transaction.get()
    if opened is not None:
        opened.number = str(number)


def open_charts(who: Who | None, asked: Asked, patient_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return for whom of these patients the database, too, permits it; their charts are open from now on.

    Outside of a request's transaction, and for the machinery (`who` None), all of them: nothing is opened then.
    """
    opened = _transaction.get()
    if opened is None or who is None or not patient_ids:
        return frozenset(patient_ids)
    key = _key(opened, asked)
    missing = [one for one in patient_ids if not _stands(opened, (who, key, one))]
    refused: set[UUID] = set()
    if missing:
        found = _ask(opened, who, asked, "{" + ",".join(map(str, missing)) + "}") or []
        refused = set(missing) - set(found)
        for one in found:
            opened.charts[who, key, one] = _savepoints()
    return frozenset(patient_ids) - refused


def open_by_rule(who: Who | None, asked: Asked) -> None:
    """Open the charts of every patient on whom they may use the permission, whoever that is when a query asks."""
    opened = _transaction.get()
    if opened is None or who is None or _stands(opened, (who, _key(opened, asked), EVERY)):
        return
    _ask(opened, who, asked, EVERY)
    opened.charts[who, _key(opened, asked), EVERY] = _savepoints()


def patient_of(model: type[models.Model], key: UUID) -> UUID | None:
    """Return whose row this is, before anybody may have opened the chart; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT charts.patient_of(%s, %s)", [model._meta.db_table, key])
        found: UUID | None = cursor.fetchone()[0]
        return found


def _key(opened: _Opened, asked: Asked) -> Hashable:
    """Return what makes two openings the same.

    Where charts are only read: that the permissions reach the same patients and open the same of them. One that opens a
    chart to write it opens it to be read there; one that opens the trail, or nothing, stands for no other.
    """
    if opened.deed != "read":
        return asked.permission
    return asked.reach, "read" if asked.deed == "write" else asked.deed


def _ask(opened: _Opened, who: Who, asked: Asked, patients: str) -> list[UUID] | None:
    with connection.cursor() as cursor:
        if not opened.number:
            opened.number = str(cursor.execute("SELECT pg_current_xact_id()::text").fetchone()[0])
        told = (opened.number, who.kind, str(who.id), who.at.isoformat(), asked.permission, opened.deed, patients)
        claim = "|".join(told)
        cursor.execute("SELECT charts.open(%s, %s)", [claim, proof_of(claim)])
        found: list[UUID] | None = cursor.fetchone()[0]
        return found


def _stands(opened: _Opened, key: tuple[Who, Hashable, UUID | str]) -> bool:
    """Return whether it was opened, and no savepoint was rolled back since that would have shut it."""
    inside = opened.charts.get(key)
    return inside is not None and _savepoints()[: len(inside)] == inside


def _savepoints() -> tuple[str, ...]:
    return tuple(str(one) for one in connection.savepoint_ids)


def proof_of(claim: str) -> str:
    """Return the application's signature of a claim."""
    return signature(claim, settings.SECRET_KEY)


def signature(claim: str, secret: str) -> str:
    """Return the signature of a claim by the hospital's secret."""
    return hmac.digest(key(secret), claim.encode(), "sha256").hex()


@lru_cache(maxsize=4)
def key(secret: str) -> bytes:
    """Return the key of claims, which grows from the hospital's secret and from which that does not follow."""
    return hmac.digest(secret.encode(), _PURPOSE, sha256)
