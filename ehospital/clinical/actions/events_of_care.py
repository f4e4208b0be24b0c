"""What was done: procedures, vaccinations, documents."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.clinical.actions import writing
from ehospital.clinical.details import DocumentDetails, ImmunisationDetails, ProcedureDetails
from ehospital.foundation import files
from ehospital.people import access


@transaction.atomic
def record_procedure(patient_id: UUID, details: ProcedureDetails, *, by: access.Actor, at: datetime) -> UUID:
    """Write what was done and return its id.

    Raises:
        NotPermitted: `by` may not write into this chart.
        InTheFuture, ForeignEncounter: nothing is written.
    """
    if details.status != "preparation":
        writing.not_after(details.performed.at if details.performed else None, at, "the procedure")
    return writing.write_line("procedures", patient_id, details, what="procedure.recorded", by=by, at=at)


@transaction.atomic
def record_immunisation(patient_id: UUID, details: ImmunisationDetails, *, by: access.Actor, at: datetime) -> UUID:
    """Write a vaccination and return its id.

    Raises:
        NotPermitted: `by` may not write into this chart.
        InTheFuture, ForeignEncounter: nothing is written.
    """
    writing.not_after(details.given.at if details.given else None, at, "the vaccination")
    return writing.write_line("immunisations", patient_id, details, what="immunisation.recorded", by=by, at=at)


def record_document(
    patient_id: UUID, details: DocumentDetails, *, content: bytes, by: access.Actor, at: datetime
) -> UUID:
    """Keep a document's content and write the document; return its id.

    Args:
        details: its `file_key` and `size_bytes` are those of `content`, whatever they say.
    Raises:
        NotPermitted: `by` may not write into this chart; nothing is written.
        ForeignEncounter: nothing is written.
    """
    access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    # The file before the row: a file without a row is only space, a row without its file is a lost document.
    stored = files.keep([content])
    with transaction.atomic():
        (key,) = files.name(stored, at=at)
        kept = replace(details, file_key=key, size_bytes=len(content))
        return writing.write_line("documents", patient_id, kept, what="document.recorded", by=by, at=at)
