"""Results and vital signs that a person or another system reports."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.clinical.actions import rows, writing
from ehospital.clinical.details import ObservationDetails
from ehospital.people import access


def record_result(patient_id: UUID, details: ObservationDetails, *, by: access.Actor, at: datetime) -> UUID:
    """Write one result and return its id; see `record_results`."""
    (key,) = record_results(patient_id, [details], by=by, at=at)
    return key


@transaction.atomic
def record_results(
    patient_id: UUID, details: Sequence[ObservationDetails], *, by: access.Actor, at: datetime
) -> list[UUID]:
    """Write results of one patient, all or none, and return their ids in order; a panel's parts come with it.

    Raises:
        NotPermitted: `by` may not record observations of this patient.
        InTheFuture, ForeignEncounter: nothing is written.
    """
    for one in details:
        writing.not_after(one.effective.at, at, f"{one.code.display}: the time")
    permission = access.Permission.OBSERVATION_RECORD
    keys = writing.write_lines(
        "observations", patient_id, list(details), what="result.recorded", by=by, at=at, permission=permission
    )
    rows.write_parts(list(details), [], patient_id=patient_id, at=at)
    return keys
