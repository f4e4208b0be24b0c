"""Messages to patients whose record was opened: a job after commit, so that no transaction waits for a mail server."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from ehospital.foundation import audit, jobs, locks
from ehospital.foundation.days import hospital_day
from ehospital.foundation.models import AuditEvent
from ehospital.people import access
from ehospital.people.models import LookMessage, LookNotice

LOOK_JOB = "ehospital.people.tasks.tell_of_look"

RESCANNED = 20_000
"""So many audit events are looked at again: one may be committed after another with a higher number."""


@transaction.atomic
def find_looks(*, by: access.Actor, at: datetime) -> int:
    """Prepare a message for every opening of a record whose patient wants to be told; return how many are new.

    One for each viewer and day of the hospital. Looks by oneself, and those that no human being made, are not told.
    """
    notices = locks.rows(LookNotice.objects.all(), LookNotice.objects.values_list("pk", flat=True))
    newest = AuditEvent.objects.aggregate(newest=Max("id"))["newest"] or 0
    if not notices:
        return 0
    wanted = {one.patient_id: one for one in notices}
    looks = AuditEvent.objects.filter(
        id__gt=min(one.scanned_to for one in notices) - RESCANNED, action="chart.read", patient_id__in=list(wanted)
    )
    made = 0
    for look in looks.exclude(actor_kind__in=("system", "device")).order_by("id"):
        assert look.patient_id is not None
        if look.at < wanted[look.patient_id].since or look.actor_id == str(look.patient_id):
            continue
        message, new = LookMessage.objects.get_or_create(
            patient_id=look.patient_id, looker_id=look.actor_id, on=hospital_day(look.at)
        )
        if new:
            made += 1
            jobs.defer(LOOK_JOB, {"message_id": str(message.id)}, lock=f"look:{message.id}")
    LookNotice.objects.filter(pk__in=[one.pk for one in notices]).update(scanned_to=newest)
    if made:
        audit.record("look.messages_made", by=by, at=at, details={"messages": made})
    return made


def send_of_look(message_id: UUID, *, at: datetime) -> bool:
    """Write to the patient that the record was opened, once; return whether it was written.

    The message names neither who looked nor where: mail may be read on its way.
    """
    message = LookMessage.objects.select_related("patient__look_notice", "patient__account").get(pk=message_id)
    notice = getattr(message.patient, "look_notice", None)
    if message.sent_at is not None or notice is None:
        return False
    account = getattr(message.patient, "account", None)
    with translation.override((account.language if account else "") or None):
        _send(
            notice.email,
            title=_("Your record was opened"),
            body=_(
                "Somebody opened your record at {hospital}. "
                "Sign in and open “Who looked” to see who it was, and why.\n\n"
                "You asked for this message; you can end it on the same page.\n"
            ).format(hospital=settings.HOSPITAL_NAME),
        )
    with transaction.atomic():
        (held,) = locks.rows(LookMessage.objects.all(), [message_id])
        held.sent_at = at
        held.save(update_fields=["sent_at"])
    return True


def _send(to: str, *, title: str, body: str) -> None:
    with get_connection() as mail:
        EmailMessage(subject=title, body=body, to=[to], connection=mail).send()
