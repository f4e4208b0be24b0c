"""Writing down who did what: one row in the same transaction as the act itself."""

import contextvars
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from django.core.cache import cache
from django.db import connection, transaction

from ehospital.foundation.models import AuditEvent

request_number: contextvars.ContextVar[str] = contextvars.ContextVar("request_number", default="")
"""The number of the request that is being answered; pages print it beside an error."""

_CATEGORIES = {
    "created": "C", "registered": "C", "opened": "C", "imported": "C", "recorded": "C", "issued": "C",
    "read": "R", "searched": "R", "listed": "R", "exported": "R", "printed": "R",
    "deleted": "D", "purged": "D",
    "signed_in": "E", "signed_out": "E", "refused": "E", "failed": "E", "verified": "E",
}  # fmt: skip


_AT_ONCE: Final = 1000
_FIELDS: Final = [one for one in AuditEvent._meta.concrete_fields if not one.primary_key and not one.has_db_default()]
"""What a writer says; the number, the transaction and its moment are the database's."""


class Who(Protocol):
    """Whoever acts: a member of staff, a patient, a device, or the machinery."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...

    def grounds(self, patient_id: UUID | None) -> "tuple[str, Mapping[str, str]]":
        """Return on what ground other than ordinary care they see this patient: a purpose, and facts for `details`."""
        ...


class NotInTransaction(RuntimeError):
    """An audit row must stand or fall with the act that it tells of."""


def event(
    action: str,
    *,
    by: Who,
    at: datetime,
    patient_id: UUID | None = None,
    subject: object = "",
    purpose: str = "",
    details: dict[str, Any] | None = None,
) -> AuditEvent:
    """Return the unsaved row of one act, for those who write many at once."""
    ground, facts = by.grounds(patient_id)
    return AuditEvent(
        action=action,
        category=_CATEGORIES.get(action.rsplit(".", 1)[-1], "U"),
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name[:200],
        patient_id=patient_id,
        subject=str(subject),
        purpose=purpose or ground,
        request=request_number.get(),
        at=at,
        details={**facts, **(details or {})},
    )


def record(
    action: str,
    *,
    by: Who,
    at: datetime,
    patient_id: UUID | None = None,
    subject: object = "",
    purpose: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Write one act down, in the caller's transaction.

    Args:
        action: the noun and the verb, `chart.read`, `alert.acknowledged`; the verb decides the FHIR category.
        patient_id: whose record it touched, so that "who looked at me" is one query.
        details: small, JSON; never the clinical content itself.
    Raises:
        NotInTransaction: nobody opened a transaction.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(f"{action} must be recorded inside the transaction of the act")
    _write([event(action, by=by, at=at, patient_id=patient_id, subject=subject, purpose=purpose, details=details)])


def record_many(events: list[AuditEvent]) -> None:
    """Write many acts down at once, in the caller's transaction."""
    if not connection.in_atomic_block:
        raise NotInTransaction("audit events must be recorded inside the transaction of the act")
    for start in range(0, len(events), _AT_ONCE):
        _write(events[start : start + _AT_ONCE])


def _write(events: list[AuditEvent]) -> None:
    """Add rows, and ask for nothing back: whoever writes a row down need not be one who may read it."""
    names = ", ".join(f'"{field.column}"' for field in _FIELDS)
    rows = ", ".join([f"({', '.join(['%s'] * len(_FIELDS))})"] * len(events))
    values = [field.get_db_prep_save(getattr(one, field.attname), connection) for one in events for field in _FIELDS]
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO foundation_auditevent ({names}) VALUES {rows}", values)  # noqa: S608  our own names


SAME_LOOK_S = 600
"""A list that refreshes itself is one look for so long; whoever comes into it meanwhile is written down at once."""


def record_listed(action: str, patient_ids: Iterable[UUID], *, by: Who, at: datetime, subject: str = "") -> None:
    """Write down that a list showed these patients: each once in ten minutes to the same viewer of the same list.

    What was shown already is remembered in the cache; a look may be written down twice, never not at all.
    """
    key = f"audit.listed.{by.kind}.{by.id}.{action}.{subject}"
    shown: dict[UUID, float] = cache.get(key) or {}
    now = at.timestamp()
    shown = {patient: since for patient, since in shown.items() if now - since < SAME_LOOK_S}
    new = [patient for patient in dict.fromkeys(patient_ids) if patient not in shown]
    if new:
        with transaction.atomic():
            record_many([event(action, by=by, at=at, patient_id=patient, subject=subject) for patient in new])
        cache.set(key, shown | dict.fromkeys(new, now), SAME_LOOK_S)
