"""What a person observes at the bedside, and what decides how it is scored: which saturation is meant, pregnancy."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from ehospital.foundation import audit
from ehospital.kernel.codes import CONSCIOUSNESS, OBSERVATIONS
from ehospital.kernel.readings import Frame
from ehospital.monitoring.actions import storing
from ehospital.monitoring.actions.recording import announce
from ehospital.monitoring.actions.settling import settle
from ehospital.monitoring.actions.states import locked_states
from ehospital.monitoring.policies import alarming
from ehospital.monitoring.policies.folding import Arrival
from ehospital.monitoring.policies.freshness import ms
from ehospital.people import access

CHARTED_WITHIN = timedelta(hours=24)


class UnusableObservation(ValueError):
    """A value that no body has, or no such observation; nothing was written. `metric` names it."""

    def __init__(self, metric: str, why: str) -> None:
        super().__init__(f"{metric}: {why}")
        self.metric = metric
        self.why = why


@transaction.atomic
def record_observations(
    patient_id: UUID,
    values: Mapping[str, float | str],
    *,
    by: access.Actor,
    at: datetime,
    observed_at: datetime | None = None,
) -> None:
    """Chart one set that a person observed; it feeds the same score and alerts as a monitor, without a delay.

    Args:
        values: by alias, in the units of `kernel.codes`; consciousness is A, C, V, P or U, oxygen L/min and 0 for air.
            What was not observed is left out.
        observed_at: bedside time, up to 24 hours back; now unless given.
    Raises:
        NotPermitted: `by` may not record observations of this patient.
        UnusableObservation: see there.
    """
    access.require(by, access.Permission.OBSERVATION_RECORD, patient_id=patient_id)
    moment = observed_at or at
    if not at - CHARTED_WITHIN <= moment <= at:
        raise UnusableObservation("at", f"{moment:%Y-%m-%d %H:%M} is not within the last 24 hours")
    numbers = _checked(values)
    level = values.get("consciousness")
    frame = Frame(
        boot=by.id[:64], seq=ms(at), at_ms=ms(moment), readings=numbers, consciousness=str(level or "") or None
    )
    storing.copy_frames([(patient_id, "", at, frame)])
    observed: dict[str, float | str] = {**numbers, **({"consciousness": str(level)} if level else {})}
    arrival = Arrival(observed, (), moment, at, source="", late=False, continuous=False)
    settled = settle({patient_id: [arrival]}, by=by, at=at, policy=alarming.BY_HAND)
    audit.record("observations.recorded", by=by, at=at, patient_id=patient_id, details={"metrics": sorted(observed)})
    announce([patient_id], settled, at=at)


@transaction.atomic
def set_spo2_scale(patient_id: UUID, scale: int, *, by: access.Actor, at: datetime) -> None:
    """Score the patient's saturation on scale 1, or on scale 2 (target 88-92 %, hypercapnic respiratory failure).

    Raises:
        NotPermitted: `by` may not write into this chart.
        UnusableObservation: there are only scales 1 and 2.
    """
    access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    if scale not in (1, 2):
        raise UnusableObservation("spo2_scale", "it is 1, or 2 where a target of 88-92 % was set")
    (state,) = locked_states([patient_id])
    if state.spo2_scale != scale:
        state.spo2_scale = scale
        state.save(update_fields=["spo2_scale"])
        audit.record("spo2_scale.changed", by=by, at=at, patient_id=patient_id, details={"scale": scale})
        _score_anew(patient_id, by=by, at=at)


@transaction.atomic
def set_pregnant(patient_id: UUID, pregnant: bool, *, by: access.Actor, at: datetime) -> None:
    """State that the patient is pregnant, or no longer is: NEWS2 is not valid in pregnancy, so it is not shown then.

    The readings are shown as before. A NEWS2 alert that is open already stays until somebody closes it by hand.

    Raises:
        NotPermitted: `by` may not write into this chart.
    """
    access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    (state,) = locked_states([patient_id])
    if state.pregnant != pregnant:
        state.pregnant = pregnant
        state.save(update_fields=["pregnant"])
        audit.record("pregnancy.changed", by=by, at=at, patient_id=patient_id, details={"pregnant": pregnant})
        _score_anew(patient_id, by=by, at=at)


def _score_anew(patient_id: UUID, *, by: access.Actor, at: datetime) -> None:
    announce([patient_id], settle({patient_id: []}, by=by, at=at), at=at)


def _checked(values: Mapping[str, float | str]) -> dict[str, float]:
    """Return the numbers of a set; one that cannot be refuses the whole set, so that nothing is charted by half."""
    if not values:
        raise UnusableObservation("values", "nothing was observed")
    numbers: dict[str, float] = {}
    for metric, value in values.items():
        row = OBSERVATIONS.get(metric)
        if row is None:
            raise UnusableObservation(metric, "there is no such observation")
        if metric == "consciousness":
            if value not in CONSCIOUSNESS:
                raise UnusableObservation(metric, "it is A, C, V, P or U")
            continue
        if isinstance(value, bool | str) or not row.lowest <= value <= row.highest:
            raise UnusableObservation(metric, f"it is a number from {row.lowest:g} to {row.highest:g} {row.unit}")
        numbers[metric] = float(value)
    return numbers
