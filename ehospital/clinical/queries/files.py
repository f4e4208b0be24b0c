"""The content of documents."""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.clinical.models import Document
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.clinical.queries.confidential import hidden_from
from ehospital.clinical.queries.lists import with_file_state
from ehospital.clinical.queries.opening import permission_of
from ehospital.foundation import audit, files
from ehospital.foundation.models import FileState
from ehospital.people import access

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DocumentContent:
    """What a document says; `content` is None when only the source has it, and while it may not be opened."""

    document: Document
    content: bytes | None


def waits_for_scanner(document_id: UUID, *, viewer: access.Actor) -> bool:
    """Return whether a document waits for the virus scanner; one that the viewer may not see does not."""
    visible = access.visible_patients(viewer, permission_of(viewer))
    found = with_file_state(Document.objects.filter(pk=document_id, patient__in=visible)).first()
    return found is not None and found.waits


def document_content(document_id: UUID, *, viewer: access.Actor, at: datetime) -> DocumentContent:
    """Return a document with its content, once the look is on record.

    Raises:
        NotPermitted: `viewer` may not open the chart that it belongs to, or there is no such document.
        StoreAway: the store of files does not answer.
    """
    visible = access.visible_patients(viewer, permission_of(viewer))
    rows = Document.objects.filter(pk=document_id, patient__in=visible).exclude(status=ENTERED_IN_ERROR)
    found = with_file_state(rows).first()
    if found is None or found.pk in hidden_from(viewer, found.patient_id):
        raise access.NotPermitted(f"{viewer.name} may not {permission_of(viewer).value}")
    with transaction.atomic():
        subject = f"document:{document_id}"
        audit.record("document.read", by=viewer, at=at, patient_id=found.patient_id, subject=subject)
    try:
        return DocumentContent(found, files.load(found.file_key) if found.file_key else None)
    except files.FileWaiting:
        state = FileState.WAITING
    except files.InfectedFile:
        state = FileState.INFECTED
    except files.TooLarge:
        state = FileState.TOO_LARGE
    except (files.UnknownFile, files.DamagedFile) as why:
        log.error("the file of document %s cannot be read: %s; restore it from a backup", document_id, why)
        state = FileState.LOST
    vars(found)["file_state"] = state.value
    return DocumentContent(found, None)
