"""Pages of a search: read in the order of a column and the id, gone on with from the last line seen."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from ehospital.fhir.serving.asked import Asked
from ehospital.fhir.serving.kinds import Found, Kind
from ehospital.fhir.serving.outcomes import Problem
from ehospital.people import access
from ehospital.people.models import Patient

_SIGNER: Final = Signer(salt="fhir.serving.cursor")
_LONGEST: Final = 1000
_BEFORE_ALL: Final = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    """Some lines, how many there are in all, and the cursor of the next page ("" on the last)."""

    found: list[Found]
    total: int
    next: str


def page(kind: Kind, asked: Asked, visible: "QuerySet[Patient]", *, reader: access.Actor) -> Page:
    """Return one page of what is asked for, among the patients whom the reader sees.

    Raises:
        Problem: 410 when the cursor is of another search, or was not made here.
    """
    fingerprint = _fingerprint(kind, asked, reader.id)
    after = _read(asked.cursor, fingerprint) if asked.cursor else None
    total, lines = 0, list[tuple[Any, UUID, Found]]()
    for source, condition in zip(kind.sources, asked.conditions, strict=True):
        rows = kind.rows(source, visible, condition, reader)
        if not asked.in_error:
            rows = rows.exclude(source.in_error)
        ordered = _ordered(rows, source.sorts.get(asked.sort, ""), asked, after)
        read = list(ordered[: asked.count + 1])
        lines += [(row.sorted_by, row.pk, Found(kind, source, row)) for row in read]
        if asked.counted:
            # Counting judges each row once more: not where all of them have been read.
            all_read = after is None and len(read) <= asked.count
            total += len(read) if all_read else rows.order_by().count()
    lines.sort(key=lambda line: line[:2], reverse=asked.descending)
    shown = lines[: asked.count]
    more = bool(asked.count) and len(lines) > asked.count
    return Page([line[2] for line in shown], total, _written(shown[-1], fingerprint) if more else "")


def _ordered(rows: "QuerySet[Any]", column: str, asked: Asked, after: tuple[Any, UUID] | None) -> "QuerySet[Any]":
    """Return the rows in order, those that have no date first, beginning behind the last line seen."""
    first: Any = Value(0)
    if column:
        calendar = not isinstance(rows.model._meta.get_field(column), DateTimeField)
        first = Coalesce(F(column), Value(_BEFORE_ALL.date() if calendar else _BEFORE_ALL))
    rows = rows.annotate(sorted_by=first)
    beyond = "lt" if asked.descending else "gt"
    if after is not None:
        value, key = after
        same = Q(**{f"pk__{beyond}": key})
        if column:
            same = Q(**{f"sorted_by__{beyond}": value}) | (Q(sorted_by=value) & same)
        rows = rows.filter(same)
    minus = "-" if asked.descending else ""
    return rows.order_by(*([f"{minus}sorted_by"] if column else []), f"{minus}pk")


def _fingerprint(kind: Kind, asked: Asked, client: str) -> str:
    told = [kind.name, client, sorted(one for one in asked.used if one[0] != "_count")]
    return hashlib.blake2b(repr(told).encode("utf-8", "backslashreplace"), digest_size=9).hexdigest()


def _written(line: tuple[Any, UUID, Found], fingerprint: str) -> str:
    value = line[0]
    kind = "t" if isinstance(value, datetime) else "d" if isinstance(value, date) else "n"
    return _SIGNER.sign_object([kind, value.isoformat() if kind != "n" else "", line[1].hex, fingerprint])


def _read(cursor: str, fingerprint: str) -> tuple[Any, UUID]:
    try:
        if len(cursor) > _LONGEST or not cursor.isascii():
            raise BadSignature
        kind, text, key, made_for = _SIGNER.unsign_object(cursor)
        if made_for != fingerprint:
            raise BadSignature
        value = datetime.fromisoformat(text) if kind == "t" else date.fromisoformat(text) if kind == "d" else 0
        return value, UUID(key)
    except (BadSignature, ValueError, TypeError):
        words = "The parameter _cursor: it belongs to no page of this search; begin again without it."
        raise Problem(HTTPStatus.GONE, "expired", words) from None
