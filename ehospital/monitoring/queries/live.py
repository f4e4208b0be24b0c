"""What browsers are to be told after a change that did not come through the stream."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ehospital.monitoring.live_messages import LiveMessage, alert_messages, vitals_messages
from ehospital.monitoring.models import Alert, PatientState
from ehospital.monitoring.policies import ages
from ehospital.monitoring.queries.vitals import picture_of
from ehospital.monitoring.queries.watching import places, watches


def views_changed(patient_id: UUID, alerts: Sequence[str], *, at: datetime) -> list[LiveMessage]:
    """Return the messages of an event `ViewsChanged`; the stream process alone asks, nobody looks.

    Args:
        alerts: "<alert>:<state>" of each that changed.
    """
    lying = places([patient_id], at=at)
    states = dict(one.split(":", 1) for one in alerts)
    messages: list[LiveMessage] = []
    state = PatientState.objects.select_related("patient").filter(patient_id=patient_id).first()
    if state is not None:
        watching = watches([patient_id], at=at).get(patient_id, [])
        seen = picture_of(state, age=ages.age(state.patient, at=at), watching=watching, at=at)
        messages += vitals_messages(state, seen, lying, at)
    for alert in Alert.objects.filter(pk__in=states).order_by("pk"):
        messages += alert_messages(alert, states[str(alert.pk)], lying)
    return messages
