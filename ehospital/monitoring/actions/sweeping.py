"""A tick of the clock: readings lapse, devices fall silent, alerts that waited open."""

import logging
from collections import defaultdict
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from ehospital.monitoring.actions import storing
from ehospital.monitoring.actions.settling import Settled, settle
from ehospital.monitoring.actions.states import locked_device_states
from ehospital.monitoring.models import DeviceState, PatientState
from ehospital.monitoring.policies.folding import Arrival
from ehospital.monitoring.policies.hearing import Hearing
from ehospital.monitoring.queries.watching import watches
from ehospital.people import access

log = logging.getLogger(__name__)

AT_ONCE = 500
_EVER = datetime.min.replace(tzinfo=UTC)


@transaction.atomic
def sweep(*, by: access.Actor, at: datetime, listening_since: datetime | None = None) -> Settled:
    """Look again at the patients of whom time alone may have changed something; at most 500 at once.

    Args:
        listening_since: since when the hospital hears its devices in time; silence before that was ours, not theirs.
            Without it, for ever.
    Raises:
        NotPermitted: `by` is not the machinery.
    """
    access.require(by, access.Permission.OBSERVATION_RECORD)
    due = PatientState.objects.filter(monitored=True, check_at__lte=at).order_by("check_at", "patient_id")
    keys = list(due.values_list("patient_id", flat=True)[:AT_ONCE])
    if not keys:
        return Settled([], [])
    watching = watches(keys, at=at)
    owners = {watch.device_id: watch for found in watching.values() for watch in found}
    arrivals: dict[UUID, list[Arrival]] = defaultdict(list, {key: [] for key in keys})
    holding = DeviceState.objects.filter(device_id__in=owners).exclude(memory={}).exclude(memory__held={})
    states = locked_device_states(holding.order_by("device_id").values_list("device_id", flat=True), at=at)
    for state in states:
        try:
            watch = owners[state.device_id]
            arrivals[watch.patient_id] += Hearing(state, continuous=True).release(at, since=watch.since_at)
        except Exception:
            # One device's memory that cannot be read must not keep everybody else from being looked at.
            log.exception("what device %s held back cannot be read and is forgotten", state.device_id)
            state.memory = {}
    storing.update_devices(states)
    return settle(arrivals, by=by, at=at, listening_since=listening_since or _EVER)
