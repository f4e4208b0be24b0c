"""Documents in whose file the virus scanner found something after they were kept."""

from datetime import datetime, timedelta

from django.db import transaction

from ehospital.clinical.actions import correcting
from ehospital.clinical.models import Document, ImportedResource
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.foundation import audit, files
from ehospital.messaging import actions as messaging
from ehospital.messaging.models import Notice
from ehospital.people import access


def take_away_infected(key: str, found: str, *, by: access.Actor, at: datetime) -> int:
    """Mark every document with an infected file as entered in error, and return how many there were.

    The rows stay, with the reason; the file was shut the moment it was found. Whoever brought one by hand is told by a
    notice. Repeating changes nothing, and neither does a verdict that stands no more: the same content has come again
    since, and waits for the next. One chart at a time, so that a file in many charts holds none of them up.

    Args:
        key: of the file.
        found: what the scanner found in it.
    Raises:
        NotPermitted: `by` is not the machinery.
    """
    access.require(by, access.Permission.FILES_TAKE_AWAY)
    standing = Document.objects.filter(file_key=key).exclude(status=ENTERED_IN_ERROR)
    done = 0
    for document in standing.order_by("patient_id", "id"):
        subject, details = f"document:{document.pk}", {"found": found, "sha256": key}
        try:
            with transaction.atomic():
                if not files.still_infected(key):
                    return done
                correcting.enter_in_error("documents", document.pk, reason=f"infected: {found}", by=by, at=at)
                audit.record(
                    "document.infected", by=by, at=at, patient_id=document.patient_id, subject=subject, details=details
                )
                _tell(document, by=by, at=at)
        except correcting.InErrorBefore:
            continue
        done += 1
    return done


def _tell(document: Document, *, by: access.Actor, at: datetime) -> None:
    """Tell whoever brought a document by hand, and when nobody reaches them, those who look after accounts."""
    if document.recorded_by_id is None or ImportedResource.objects.filter(pk=document.pk).exists():
        return
    steps = (
        messaging.Step(timedelta(0), staff_ids=(document.recorded_by_id,)),
        messaging.Step(timedelta(days=2), roles=(access.Role.ADMINISTRATOR,)),
    )
    messaging.announce(
        kind=Notice.Kind.INFECTED_DOCUMENT, subject=f"document:{document.pk}", patient_id=document.patient_id,
        url=f"/staff/patients/{document.patient_id}/documents/", steps=steps, by=by, at=at,
    )  # fmt: skip
