"""Marking a set of observations as entered in error: kept, but gone from every curve, score and alert."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from ehospital.algorithms import escalation
from ehospital.algorithms.escalation import Cause
from ehospital.foundation import audit, reasons
from ehospital.monitoring import locks
from ehospital.monitoring.actions import alerting
from ehospital.monitoring.actions.recording import announce
from ehospital.monitoring.actions.scoring import score_entry
from ehospital.monitoring.actions.settling import Settled, settle
from ehospital.monitoring.actions.states import locked_states
from ehospital.monitoring.models import Alert, AlertEvent, MistakenSet, PatientState
from ehospital.monitoring.policies import ages, alarming, freshness
from ehospital.monitoring.policies import picture as pictures
from ehospital.monitoring.queries.recorded_sets import METRICS, RecordedSet, last_observed, newest_readings, sets_of
from ehospital.people import access

SHIFT: Final = timedelta(hours=12)
"""For so long whoever charted a set may mark it as a recorder; after that it takes somebody who writes in the chart."""
_LONGEST: Final = max(freshness.VALID_FOR.values())


class UnknownSet(LookupError):
    """No such set of a patient whose observations the actor may mark."""


class SetMarkedBefore(RuntimeError):
    """The set was marked before; nothing was written."""


@transaction.atomic
def mark_set_in_error(patient_id: UUID, set_id: UUID, *, reason: str, by: access.Actor, at: datetime) -> UUID:
    """Mark one set as entered in error and return the mark's id.

    What stood before the set stands again; the score is made anew as it was when the set was charted and as it is now;
    an alert that the set opened is closed with the reason, and opens anew at once when the patient is ill all the same.

    Args:
        set_id: of `queries.recorded_sets`.
    Raises:
        NotPermitted: `by` neither charted it within the shift nor writes into this chart.
        UnknownSet, SetMarkedBefore, ReasonMissing: nothing is written.
    """
    access.require(by, access.Permission.OBSERVATION_RECORD, patient_id=patient_id)
    (state,) = locked_states([patient_id])  # what comes meanwhile waits, and is scored on what is left
    wrong = next((one for one in sets_of(patient_id, at=at) if one.id == set_id), None)
    if wrong is None:
        raise UnknownSet(f"no set {set_id}")
    own = wrong.recorder_id == by.id[:64] and at - wrong.charted_at <= SHIFT
    if not own:
        access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    why = reasons.given(reason, most=2000)
    if wrong.mark is not None:
        raise SetMarkedBefore("it was marked before")
    mark = MistakenSet(
        patient_id=patient_id, filed_under=wrong.filed_under, boot=wrong.recorder_id, seq=wrong.seq,
        taken_at=wrong.taken_at, reason=why, at=at, by_id=by.id, by_name=by.name[:200],
    )  # fmt: skip
    mark.save()
    _score_of_then(state, wrong)
    _without(state, wrong, at=at)
    closed = _close_opened_by(state, wrong, mark, by=by, at=at)
    settled = settle({patient_id: []}, by=by, at=at, policy=alarming.BY_HAND)
    details = {"mark": str(mark.pk), "metrics": sorted(wrong.values)}
    audit.record("observations.entered_in_error", by=by, at=at, patient_id=patient_id, details=details)
    announce([patient_id], Settled(settled.live, [*closed, *settled.alerts]), at=at)
    return mark.pk


def _without(state: PatientState, wrong: RecordedSet, *, at: datetime) -> None:
    """Let what was measured before stand again wherever the set stands now; trends since begin anew."""
    taken = freshness.ms(wrong.taken_at)
    standing = [
        metric
        for metric, value in wrong.values.items()
        if (kept := state.current.get(metric)) and kept[:3] == [value, taken, ""]
    ]
    before = newest_readings(state.patient_id, standing, until=at, since=at - _LONGEST)
    for metric in standing:
        state.current.pop(metric)
        if metric in before:
            state.current[metric] = before[metric]
    if state.observed_at is not None and state.observed_at == wrong.taken_at:
        state.observed_at = last_observed(state.patient_id, until=at)
    state.trail = [point for point in state.trail if point[0] < wrong.seq]
    state.save(update_fields=["current", "observed_at", "trail"])


def _score_of_then(state: PatientState, wrong: RecordedSet) -> None:
    """Write into the history of scores what the score was when the set was charted, without it."""
    then = wrong.charted_at
    known = newest_readings(state.patient_id, METRICS, until=then, since=then - _LONGEST)
    seen = pictures.picture(
        known,
        age=ages.age(state.patient, at=then),
        spo2_scale=state.spo2_scale,
        pregnant=state.pregnant,
        watched=False,
        heard_at=None,
        now=then,
    )
    score_entry(state.patient_id, seen, at=then).save()


def _close_opened_by(
    state: PatientState, wrong: RecordedSet, mark: MistakenSet, *, by: access.Actor, at: datetime
) -> list[tuple[Alert, str]]:
    """Close the alert that charting the set opened; the reason says who marked it and why."""
    mine = Alert.objects.filter(
        patient_id=state.patient_id, cause=Cause.NEWS2, closed_at=None, opened_at=wrong.charted_at
    )
    closed = locks.alerts(mine)
    for alert in closed:
        alert.state, alert.closed_at, alert.updated_at = Alert.State.CLOSED, at, at
        alert.save(update_fields=["state", "closed_at", "updated_at"])
        alerting.note(alert, AlertEvent.Kind.CLOSED, by=by, at=at, text=mark.reason).save()
        alerting.tell(alert, AlertEvent.Kind.CLOSED, by=by, at=at)
    if closed:
        rules = escalation.ended_by_hand(escalation.from_json(state.rules), Cause.NEWS2, at=at)
        state.rules = escalation.to_json(rules)
        state.save(update_fields=["rules"])
    return [(alert, "closed") for alert in closed]
