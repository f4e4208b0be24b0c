"""Opening, updating and closing alerts as the state machine says, under the lock of the patient's state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ehospital.algorithms.escalation import Cause, Change, Transition
from ehospital.foundation import audit, outbox
from ehospital.monitoring import events, locks
from ehospital.monitoring.models import Alert, AlertEvent
from ehospital.monitoring.queries.watching import Place
from ehospital.people import access
from ehospital.people.models import CareRelationship, StaffRole

_REFRESHED_EVERY = timedelta(seconds=60)
_EVENTS = {
    AlertEvent.Kind.OPENED: events.AlertWasOpened,
    AlertEvent.Kind.UPDATED: events.AlertWasUpdated,
    AlertEvent.Kind.ACKNOWLEDGED: events.AlertWasAcknowledged,
    AlertEvent.Kind.CLOSED: events.AlertWasClosed,
}


@dataclass(frozen=True, slots=True)
class Step:
    """What the state machine says of one patient.

    Attributes:
        facts: by cause, what the words of the alert are made of.
        devices: by technical cause, the device behind it.
        standing: a clinical alert is open, so its facts may need to follow the score.
    """

    patient_id: UUID
    transitions: Sequence[Transition]
    facts: Mapping[Cause, Mapping[str, Any]]
    devices: Mapping[Cause, str]
    standing: bool


@dataclass(slots=True)
class _Work:
    by: access.Actor
    at: datetime
    places: Mapping[UUID, Place]
    made: list[Alert] = field(default_factory=list)
    changed: list[Alert] = field(default_factory=list)
    told: list[tuple[Alert, str]] = field(default_factory=list)
    events: list[AlertEvent] = field(default_factory=list)


def apply(
    steps: Sequence[Step], *, places: Mapping[UUID, Place], by: access.Actor, at: datetime
) -> list[tuple[Alert, str]]:
    """Write what the state machine decided, and return each alert that changed with the state to tell browsers.

    Args:
        steps: of patients whose states the caller holds locked.
        places: where the patients lie.
    """
    concerned = [step.patient_id for step in steps if step.transitions or step.standing]
    if not concerned:
        return []
    standing = {
        (alert.patient_id, alert.cause): alert
        for alert in locks.alerts(Alert.objects.filter(patient_id__in=concerned, closed_at=None))
    }
    work = _Work(by=by, at=at, places=places)
    for step in steps:
        for transition in step.transitions:
            _follow(step, transition, standing.get((step.patient_id, transition.cause)), work)
        news2 = standing.get((step.patient_id, Cause.NEWS2))
        if step.standing and news2 is not None and not any(one.cause is Cause.NEWS2 for one in step.transitions):
            _refresh(news2, step.facts.get(Cause.NEWS2, {}), work)
    _write(work)
    return work.told


def note(alert: Alert, kind: str, *, by: access.Actor, at: datetime, text: str = "") -> AlertEvent:
    """Return the unsaved row of one step of an alert."""
    return AlertEvent(
        alert=alert,
        kind=kind,
        at=at,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name[:200],
        note=text,
        facts=dict(alert.facts),
    )


def tell(alert: Alert, kind: str, *, by: access.Actor, at: datetime) -> None:
    """Audit one step of an alert and tell the other domains of it."""
    audit.record(f"alert.{kind}", by=by, at=at, patient_id=alert.patient_id, subject=f"alert:{alert.id}")
    outbox.publish(_EVENTS[AlertEvent.Kind(kind)](alert_id=alert.id, patient_id=alert.patient_id, at=at))


def _follow(step: Step, transition: Transition, standing: Alert | None, work: _Work) -> None:
    facts = dict(step.facts.get(transition.cause, {}))
    if transition.change is Change.CLOSED:
        if standing is not None:
            standing.state, standing.closed_at, standing.updated_at = Alert.State.CLOSED, work.at, work.at
            _changed(standing, AlertEvent.Kind.CLOSED, work)
    elif standing is not None:
        rises = _rank(transition.priority.value) < _rank(standing.priority)
        standing.priority, standing.facts, standing.updated_at = transition.priority.value, facts, work.at
        if rises and standing.state == Alert.State.ACKNOWLEDGED:
            # Who took the alert took a lesser one: this must be seen again.
            standing.state, standing.acknowledged_at = Alert.State.OPEN, None
        _changed(standing, AlertEvent.Kind.UPDATED, work)
    else:
        _open(step, transition, facts, work)


def _open(step: Step, transition: Transition, facts: dict[str, Any], work: _Work) -> None:
    place = work.places.get(step.patient_id)
    clinical = transition.cause is Cause.NEWS2
    alert = Alert(
        patient_id=step.patient_id,
        cause=transition.cause.value,
        kind=Alert.Kind.CLINICAL if clinical else Alert.Kind.TECHNICAL,
        priority=transition.priority.value,
        facts={**facts, "version": transition.version},
        device_id=step.devices.get(transition.cause),
        ward_id=place.ward_id if place else None,
        opened_at=work.at,
        updated_at=work.at,
        owner_unit_id=place.unit_id if place else None,
        owner_staff_id=named_nurse(step.patient_id, at=work.at),
    )
    work.made.append(alert)
    work.told.append((alert, "opened"))
    work.events.append(note(alert, AlertEvent.Kind.OPENED, by=work.by, at=work.at))


def _refresh(standing: Alert, facts: Mapping[str, Any], work: _Work) -> None:
    """Let the words follow the score: at once when it rises, otherwise once a minute."""
    before, now = standing.facts.get("score"), facts.get("score")
    if now is None or now == before:
        return
    if before is None or now > before or work.at - standing.updated_at >= _REFRESHED_EVERY:
        standing.facts, standing.updated_at = {**standing.facts, **facts}, work.at
        work.changed.append(standing)
        work.told.append((standing, "updated"))


def _changed(alert: Alert, kind: AlertEvent.Kind, work: _Work) -> None:
    work.changed.append(alert)
    work.told.append((alert, kind.value))
    work.events.append(note(alert, kind, by=work.by, at=work.at))


def _write(work: _Work) -> None:
    Alert.objects.bulk_create(work.made)
    Alert.objects.bulk_update(
        work.changed, ["state", "priority", "facts", "updated_at", "acknowledged_at", "closed_at"]
    ) if work.changed else None
    AlertEvent.objects.bulk_create(work.events)
    for event in work.events:
        tell(event.alert, event.kind, by=work.by, at=work.at)


def named_nurse(patient_id: UUID, *, at: datetime) -> UUID | None:
    """Return the nurse who is named for the patient at that moment, None when it is the whole unit."""
    nurses = StaffRole.objects.filter(role=StaffRole.Role.NURSE, during__contains=at).values("staff_id")
    named = CareRelationship.objects.filter(
        patient_id=patient_id, kind=CareRelationship.Kind.NAMED, staff_id__in=nurses, during__contains=at
    )
    return named.order_by("-id").values_list("staff_id", flat=True).first()


def _rank(priority: str) -> int:
    return [Alert.Priority.HIGH, Alert.Priority.MEDIUM, Alert.Priority.LOW].index(Alert.Priority(priority))
