"""Taking a file into a chart: judged by what it holds, kept once, under a name that harms nobody."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.algorithms import file_types
from ehospital.algorithms.file_types import FileType, Refusal
from ehospital.clinical.actions import writing
from ehospital.clinical.details import DocumentDetails
from ehospital.clinical.models import Document
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.foundation import audit, files
from ehospital.foundation.files import InfectedFile
from ehospital.people import access


class UnusableFile(ValueError):
    """The chart does not take this file; nothing was kept. `type` is what it is, where that is known."""

    def __init__(self, why: Refusal, found: FileType | None) -> None:
        super().__init__(f"the file is {why.value}")
        self.why, self.type = why, found


class DocumentKept(ValueError):
    """The chart has this very file already; nothing was written."""


def upload_document(
    patient_id: UUID, details: DocumentDetails, *, content: bytes, by: access.Actor, at: datetime
) -> UUID:
    """Take a file into a chart and return the document's id.

    While the scanner is away the document is kept, and opened by nobody until a worker has shown it to the scanner.

    Args:
        details: `file_name` as its owner calls it; type and size are those of the content, whatever they say.
        content: all of it; of a file that is too large, a part that is too large.
    Raises:
        NotPermitted: `by` may not write into this chart; nothing is kept.
        UnusableFile, DocumentKept, InTheFuture, ForeignEncounter: nothing is written.
        InfectedFile: nothing is kept; the attempt is audited.
        TooLarge: the virus scanner takes no file of this size; nothing is kept.
        StoreAway: the store of files does not answer; nothing is kept.
    """
    access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    writing.not_after(details.written_at, at, "the day of writing")
    judged = file_types.judge(content, details.file_name)
    if judged.refusal is not None or judged.type is None:
        raise UnusableFile(judged.refusal or Refusal.UNKNOWN, judged.type)
    try:
        state = files.look(content, at=at)
    except InfectedFile as error:
        with transaction.atomic():
            told = {"found": error.name, "sha256": files.key_of(content)}
            audit.record("document.infected", by=by, at=at, patient_id=patient_id, details=told)
        raise
    # The file before the row: a file without a row is only space, a row without its file is a lost document.
    stored = files.keep([content])
    with transaction.atomic():
        (key,) = files.name(stored, at=at, state=state)
        kept = replace(
            details,
            file_key=key,
            size_bytes=len(content),
            content_type=judged.type.value,
            file_name=file_types.harmless_name(details.file_name, judged.type),
        )
        writing.lock_chart(patient_id)
        same = Document.objects.filter(patient_id=patient_id, file_key=kept.file_key)
        if same.exclude(status=ENTERED_IN_ERROR).exists():
            raise DocumentKept("this file is in the chart")
        return writing.write_line("documents", patient_id, kept, what="document.recorded", by=by, at=at)
