"""Messages that people must get: a job after commit, so that no transaction waits for a mail server."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from ehospital.foundation import audit, locks
from ehospital.people import access
from ehospital.people.models import Account, BrokenGlass, StaffRole

GLASS_JOB = "ehospital.people.tasks.tell_of_glass"


def tell_of_glass(glass_id: UUID) -> None:
    """Have a worker write to the privacy officers when, and only if, the caller's transaction commits."""
    app.configure_task(GLASS_JOB, lock=f"glass:{glass_id}").defer(glass_id=str(glass_id))


def send_of_glass(glass_id: UUID, *, by: access.Actor, at: datetime) -> int:
    """Write to every privacy officer that a chart was opened outside of care, once; return how many were written to.

    The message names nobody but who opened it: mail may be read on its way. A failing mail server raises, and the job
    comes again; the worklist shows the opening from its first moment.
    """
    broken = BrokenGlass.objects.select_related("staff").get(pk=glass_id)
    if broken.told_at is not None:
        return 0
    written = 0
    for account in _officers(at):
        with translation.override(account.language or None):
            _send(
                account.email or (account.staff.email if account.staff else ""),
                title=_("A chart was opened outside of care"),
                body=_(
                    "{name} opened a chart outside of care. Reason given: {kind}.\n\n"
                    "Sign in and open “Broken glass” to see whose chart it is, and to review it.\n"
                ).format(name=broken.staff.name_text, kind=broken.get_kind_display()),
            )
            written += 1
    with transaction.atomic():
        (held,) = locks.rows(BrokenGlass.objects.all(), [glass_id])
        held.told_at = at
        held.save(update_fields=["told_at"])
        audit.record("glass.told", by=by, at=at, subject=f"glass:{glass_id}", details={"officers": written})
    return written


def _officers(at: datetime) -> Sequence[Account]:
    """Return the accounts of the privacy officers who can be written to."""
    held = StaffRole.objects.filter(role=access.Role.PRIVACY_OFFICER, staff__active=True, during__contains=at)
    accounts = Account.objects.select_related("staff").filter(is_active=True, staff__in=held.values("staff_id"))
    return [one for one in accounts.order_by("id") if one.email or (one.staff and one.staff.email)]


def _send(to: str, *, title: str, body: str) -> None:
    with get_connection() as mail:
        EmailMessage(subject=title, body=body, to=[to], connection=mail).send()
