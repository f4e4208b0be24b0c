"""The rows in which patients and devices are remembered: made when first needed, locked before they change."""

from collections.abc import Iterable
from uuid import UUID

from ehospital.monitoring import locks
from ehospital.monitoring.models import PatientState


def locked_states(patient_ids: Iterable[UUID]) -> list[PatientState]:
    """Lock the states of patients, in the order of patients; a patient without one gets it first."""
    wanted = set(patient_ids)
    found = locks.patient_states(wanted)
    if len(found) < len(wanted):
        missing = sorted(wanted - {state.patient_id for state in found})
        PatientState.objects.bulk_create([PatientState(patient_id=key) for key in missing], ignore_conflicts=True)
        found = locks.patient_states(wanted)
    return found
