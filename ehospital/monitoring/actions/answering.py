"""What a person does with an alert."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.algorithms import escalation
from ehospital.foundation import outbox
from ehospital.monitoring import events, locks
from ehospital.monitoring.actions import alerting
from ehospital.monitoring.actions.states import locked_states
from ehospital.monitoring.models import Alert, AlertEvent
from ehospital.people import access


class AlertOver(RuntimeError):
    """The alert is closed; nothing was written."""


class AlertTaken(RuntimeError):
    """Somebody else has acknowledged the alert; nothing was written. The message says who."""


class NoteNeeded(ValueError):
    """Ending an alert by hand needs a reason; nothing was written."""


@transaction.atomic
def acknowledge(alert_id: UUID, *, by: access.Actor, at: datetime, note: str = "") -> None:
    """Take an alert: it is the actor's from now on. Taking it twice changes nothing.

    Raises:
        NotPermitted: `by` may not acknowledge alerts of this patient, or there is no such alert.
        AlertOver: it was closed meanwhile.
        AlertTaken: a colleague was faster.
    """
    alert = _locked(alert_id, by)
    if alert.state == Alert.State.ACKNOWLEDGED:
        if alert.owner_staff_id == by.staff_id:
            return
        raise AlertTaken(f"{alert.owner_staff.name_text if alert.owner_staff else 'somebody'} has acknowledged it")
    alert.state, alert.acknowledged_at, alert.updated_at = Alert.State.ACKNOWLEDGED, at, at
    alert.owner_staff_id = by.staff_id
    alert.save(update_fields=["state", "acknowledged_at", "updated_at", "owner_staff"])
    _tell(alert, AlertEvent.Kind.ACKNOWLEDGED, by=by, at=at, text=note)


@transaction.atomic
def close_alert(alert_id: UUID, *, by: access.Actor, at: datetime, note: str) -> None:
    """End an alert by hand, with a reason; the same condition, should it last, opens a new one.

    A score that lasts does so after its delay, a technical condition after five minutes (`escalation.PUT_OFF`): what
    stands for good is ended where it comes from, by unpairing the monitor that is gone.

    Raises:
        NotPermitted: `by` may not acknowledge alerts of this patient, or there is no such alert.
        AlertOver: it is closed already.
        NoteNeeded: no reason was given.
    """
    if not note.strip():
        raise NoteNeeded("say why the alert is over")
    known = Alert.objects.filter(pk=alert_id).values_list("patient_id", flat=True).first()
    if known is None:
        raise access.NotPermitted(f"{by.name} may not {access.Permission.ALERT_ACKNOWLEDGE.value}")
    (state,) = locked_states([known])  # before the alert, as everybody who changes both does
    alert = _locked(alert_id, by)
    alert.state, alert.closed_at, alert.updated_at = Alert.State.CLOSED, at, at
    alert.save(update_fields=["state", "closed_at", "updated_at"])
    rules = escalation.ended_by_hand(escalation.from_json(state.rules), escalation.Cause(alert.cause), at=at)
    state.rules = escalation.to_json(rules)
    state.monitored, state.check_at = True, at  # the next sweep looks whether it lasts, and when to look again
    state.save(update_fields=["rules", "monitored", "check_at"])
    _tell(alert, AlertEvent.Kind.CLOSED, by=by, at=at, text=note)


def _locked(alert_id: UUID, by: access.Actor) -> Alert:
    found = locks.alerts(Alert.objects.filter(pk=alert_id))
    patient_id = found[0].patient_id if found else None
    if patient_id is None or not access.may(by, access.Permission.ALERT_ACKNOWLEDGE, patient_id=patient_id):
        raise access.NotPermitted(f"{by.name} may not {access.Permission.ALERT_ACKNOWLEDGE.value}")
    if found[0].state == Alert.State.CLOSED:
        raise AlertOver("the alert is over already")
    return found[0]


def _tell(alert: Alert, kind: AlertEvent.Kind, *, by: access.Actor, at: datetime, text: str) -> None:
    alerting.note(alert, kind, by=by, at=at, text=text).save()
    alerting.tell(alert, kind, by=by, at=at)
    outbox.publish(events.ViewsChanged(patient_id=alert.patient_id, alerts=(f"{alert.id}:{kind.value}",), at=at))
