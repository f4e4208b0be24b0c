"""Safety flags: raised once, lowered once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.clinical import events
from ehospital.clinical.actions import writing
from ehospital.clinical.details import FlagDetails
from ehospital.clinical.models import SafetyFlag
from ehospital.foundation import outbox
from ehospital.people import access


class FlagRaised(ValueError):
    """A flag of this kind stands already; nothing was written."""


class FlagNotRaised(RuntimeError):
    """The flag was lowered before."""


@transaction.atomic
def raise_flag(patient_id: UUID, kind: str, *, words: str = "", by: access.Actor, at: datetime) -> UUID:
    """Raise a flag from now on and return its id.

    Args:
        kind: a word of `SafetyFlag.Kind`; `other` needs `words`.
    Raises:
        NotPermitted: `by` may not write into this chart.
        FlagRaised: nothing is written.
    """
    writing.lock_chart(patient_id)
    access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    standing = SafetyFlag.objects.filter(patient_id=patient_id, kind=kind, ended_at=None, entered_in_error=False)
    if kind != SafetyFlag.Kind.OTHER and standing.exists():
        raise FlagRaised(f"{SafetyFlag.Kind(kind).label} is raised already")
    details = FlagDetails(kind=kind, words=words, started_at=at)
    key = writing.write_line("flags", patient_id, details, what="flag.raised", by=by, at=at)
    outbox.publish(events.SafetyFlagsWereChanged(patient_id=patient_id, at=at))
    return key


@transaction.atomic
def lower_flag(flag_id: UUID, *, why: str = "", by: access.Actor, at: datetime) -> None:
    """Lower a flag now.

    Args:
        why: what was found, when somebody found something; the audit trail keeps it.

    Raises:
        UnknownEntry: no such flag that `by` may write to.
        FlagNotRaised: it was lowered before; nothing is written.
    """
    flag = writing.locked(SafetyFlag, flag_id, by=by)
    if flag.ended_at is not None or flag.entered_in_error:
        raise FlagNotRaised("the flag does not stand any more")
    flag.ended_at = max(at, flag.started_at)
    flag.save(update_fields=["ended_at"])
    writing.noted(flag, "flag.lowered", by=by, at=at, details={"why": why} if why else None)
    outbox.publish(events.SafetyFlagsWereChanged(patient_id=flag.patient_id, at=at))
