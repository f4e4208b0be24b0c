"""Documents in whose file the virus scanner found something after they were kept."""

from datetime import datetime

from django.db import transaction

from ehospital.clinical.actions import correcting
from ehospital.clinical.models import Document
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.foundation import audit, files
from ehospital.people import access


def take_away_infected(key: str, found: str, *, by: access.Actor, at: datetime) -> int:
    """Mark every document with an infected file as entered in error, and return how many there were.

    The rows stay, with the reason; the file was shut the moment it was found. Repeating changes nothing, and neither
    does a verdict that stands no more: the same content has come again since, and waits for the next. One chart at a
    time, so that a file in many charts holds none of them up.

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
        except correcting.InErrorBefore:
            continue
        done += 1
    return done
