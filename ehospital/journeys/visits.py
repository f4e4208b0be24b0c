"""The end of an outpatient visit: what was measured, the note, the prescriptions and the encounter, in one act."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.clinical import actions as clinical
from ehospital.clinical.details import VisitDetails
from ehospital.monitoring import actions as monitoring
from ehospital.people import access


@transaction.atomic
def finish(
    patient_id: UUID,
    encounter_id: UUID,
    details: VisitDetails,
    typed: clinical.VisitTyped,
    *,
    measured: Mapping[str, float | str],
    by: access.Actor,
    at: datetime,
) -> UUID:
    """Finish a visit and return how it ended; all of it or nothing. Locks as a merge does: readings first, then chart.

    Args:
        measured: by alias, as for `monitoring.actions.record_observations`; empty when nothing was measured.
    Raises:
        NotPermitted: `by` may not write, prescribe or record for this patient.
        UnusableObservation: a value that no body has.
        Everything that `clinical.actions.finish_visit` raises.
    """
    if measured:
        monitoring.record_observations(patient_id, measured, by=by, at=at)
    return clinical.finish_visit(encounter_id, details, typed, by=by, at=at)
