"""How a patient is, worked out for the moment of asking: a stored score is never shown after its readings lapsed."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ehospital.monitoring.models import PatientState
from ehospital.monitoring.policies import ages, freshness
from ehospital.monitoring.policies import picture as pictures
from ehospital.monitoring.policies.ages import Age
from ehospital.monitoring.policies.picture import Picture
from ehospital.monitoring.queries.views import News, Value, Vitals
from ehospital.monitoring.queries.watching import Watch, watches
from ehospital.people import access

log = logging.getLogger(__name__)


def current_vitals(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> Vitals:
    """Return how a patient is at that moment; whoever was never observed has no values and no score.

    Args:
        viewer: may open the chart, or is the patient.
    Raises:
        NotPermitted: `viewer` may not see this patient, or there is none.
    """
    own = access.Permission.OWN_RECORD_READ
    permission = own if access.holds(viewer, own) and viewer.kind == "patient" else access.Permission.CHART_READ
    patient = access.patient(viewer, permission, patient_id)
    if patient is None:
        raise access.NotPermitted(f"{viewer.name} may not {permission.value}")
    state = PatientState.objects.filter(patient_id=patient_id).first() or PatientState(patient_id=patient_id)
    watching = watches([patient_id], at=at).get(patient_id, [])
    return vitals_of(state, age=ages.age(patient, at=at), watching=watching, at=at)


def picture_of(state: PatientState, *, age: Age | None, watching: Sequence[Watch], at: datetime) -> Picture:
    """Return what a stored state says at that moment."""
    return pictures.picture(
        state.current,
        age=age,
        spo2_scale=state.spo2_scale,
        pregnant=state.pregnant,
        watched=any(watch.continuous for watch in watching),
        heard_at=state.heard_at,
        now=at,
    )


def vitals_of(state: PatientState, *, age: Age | None, watching: Sequence[Watch], at: datetime) -> Vitals:
    """Return a stored state as a screen shows it at that moment; one that cannot be read is unknown, and logged."""
    try:
        return _vitals_of(state, age=age, watching=watching, at=at)
    except Exception:
        # One patient's record must not take the board of the whole ward away.
        log.exception("the state of patient %s cannot be read and is shown as unknown", state.patient_id)
        return _vitals_of(PatientState(patient_id=state.patient_id), age=None, watching=watching, at=at)


def _vitals_of(state: PatientState, *, age: Age | None, watching: Sequence[Watch], at: datetime) -> Vitals:
    seen = picture_of(state, age=age, watching=watching, at=at)
    due_at, late_at = pictures.due(seen, observed_at=state.observed_at, unknown_since=state.scored_at or at)
    return Vitals(
        patient_id=state.patient_id,
        signal=seen.signal,
        news=News(
            score=seen.points,
            band=seen.band,
            partial=seen.partial,
            missing=tuple(seen.missing),
            trend=pictures.trend(state.trail, seen, at),
            response=seen.response,
            parts=dict(seen.parts),
            why_not=seen.why_not,
        ),
        values=_values(state, seen),
        heard_at=state.heard_at,
        observed_at=state.observed_at,
        due_at=due_at,
        late_at=late_at,
        late=late_at is not None and late_at < at,
        spo2_scale=state.spo2_scale,
        pregnant=state.pregnant,
        devices=tuple(watch.device_id for watch in watching),
    )


def _values(state: PatientState, seen: Picture) -> dict[str, Value]:
    points = dict(seen.parts)
    if "hr" not in seen.values and "pulse" in seen.values and "hr" in points:
        points["pulse"] = points.pop("hr")
    return {
        metric: Value(
            value=kept[0],
            at=freshness.instant(kept[1]),
            source=kept[2],
            stale=metric not in seen.values,
            points=points.get(metric) if metric in seen.values else None,
        )
        for metric, kept in sorted(state.current.items())
    }
