"""What new readings, or time alone, mean for patients: score, signal, alerts; under the lock of each state."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any
from uuid import UUID

from ehospital.algorithms import escalation
from ehospital.algorithms.escalation import Cause, Policy
from ehospital.monitoring.actions import alerting, storing
from ehospital.monitoring.actions.alerting import Step
from ehospital.monitoring.actions.scoring import score_entry
from ehospital.monitoring.actions.states import locked_states
from ehospital.monitoring.live_messages import LiveMessage, alert_messages, vitals_messages
from ehospital.monitoring.models import Alert, DeviceState, PatientState, ScoreEntry
from ehospital.monitoring.policies import ages, alarming, freshness
from ehospital.monitoring.policies import picture as pictures
from ehospital.monitoring.policies.alarming import Speaking
from ehospital.monitoring.policies.folding import Arrival, fold
from ehospital.monitoring.policies.picture import Picture
from ehospital.monitoring.queries.watching import Watch, places, watches
from ehospital.people import access

log = logging.getLogger(__name__)

LOOKED_AT_AGAIN = timedelta(minutes=1)


@dataclass(slots=True)
class Settled:
    """What became of some patients, and what browsers are to be told of it after commit."""

    live: list[LiveMessage]
    alerts: list[tuple[Alert, str]]


def settle(
    arrivals: Mapping[UUID, Sequence[Arrival]],
    *,
    by: access.Actor,
    at: datetime,
    policy: Policy = alarming.POLICY,
    listening_since: datetime | None = None,
    said: Mapping[str, DeviceState] = MappingProxyType({}),
) -> Settled:
    """Take readings into the states of patients (none at all: a tick of the clock), in the caller's transaction.

    Args:
        arrivals: by patient, in the order in which they came.
        policy: how long a condition must last before it calls somebody.
        listening_since: since when devices are heard in time; without it no device is found silent, because what it
            sent may still be on its way.
        said: what devices last said, of those whose rows the caller holds anyway.
    """
    states = locked_states(arrivals)
    watching = watches(list(arrivals), at=at)
    speaking = _speaking(watching, said, listening_since)
    lying = places(list(arrivals), at=at)
    steps: list[Step] = []
    entries: list[ScoreEntry] = []
    seen: dict[UUID, Picture] = {}
    for state in states:
        key = state.patient_id
        try:
            for arrival in arrivals[key]:
                _take(state, arrival)
            seen[key], step, entry = _evaluate(
                state, speaking.get(key, []), at, policy, here=key in lying or policy is alarming.BY_HAND
            )
        except Exception:
            # Whatever is wrong with the record of one patient must not keep the others of the batch from being heard.
            log.exception("patient %s cannot be scored and is set aside as unknown", key)
            seen[key] = _set_aside(state, at)
            continue
        steps.append(step)
        entries += entry
    alerts = alerting.apply(steps, places=lying, by=by, at=at)
    ScoreEntry.objects.bulk_create(entries)
    storing.update_patients(states)
    live = [one for state in states for one in vitals_messages(state, seen[state.patient_id], lying, at)]
    live += [one for alert, kind in alerts for one in alert_messages(alert, kind, lying)]
    return Settled(live, alerts)


def _take(state: PatientState, arrival: Arrival) -> None:
    fold(state.current, arrival)
    if "consciousness" in arrival.values and (state.observed_at is None or arrival.at > state.observed_at):
        state.observed_at = arrival.at  # nobody but a person can tell how awake a patient is
    if arrival.continuous and not arrival.late and (state.heard_at is None or arrival.received_at > state.heard_at):
        state.heard_at = arrival.received_at


def _evaluate(
    state: PatientState, devices: Sequence[Speaking], at: datetime, policy: Policy, *, here: bool
) -> tuple[Picture, Step, list[ScoreEntry]]:
    watched = any(one.continuous for one in devices)
    picture = partial(
        pictures.picture,
        state.current,
        age=ages.age(state.patient, at=at),
        spo2_scale=state.spo2_scale,
        pregnant=state.pregnant,
        watched=watched,
        heard_at=state.heard_at,
        now=at,
    )
    seen = picture()
    alarmed = picture(on_time_only=True) if freshness.late_ones(state.current) else seen
    # Whoever has left is not called for: what arrives late of them is stored, and shown in the chart.
    technical, behind = alarming.technical(devices, at)
    verdict = escalation.evaluate(
        escalation.from_json(state.rules),
        score=alarmed.score if here or devices else None,
        technical=technical,
        now=at,
        policy=policy,
    )
    entries = _keep(state, seen, at)
    state.rules = escalation.to_json(verdict.states)
    wakes = alarming.matures_at(verdict.states, policy) + alarming.wakes_at(devices, at)
    state.check_at = _next_check(state, watched, wakes, at)
    state.monitored = state.check_at is not None
    news2 = verdict.states.get(Cause.NEWS2)
    step = Step(
        patient_id=state.patient_id,
        transitions=verdict.transitions,
        facts=_facts(alarmed, devices, behind),
        devices=behind,
        standing=news2 is not None and news2.is_open,
    )
    return seen, step, entries


def _set_aside(state: PatientState, at: datetime) -> Picture:
    """Let a patient whose record cannot be scored be unknown, and begin anew with the next reading.

    What was kept is dropped, for nothing tells what of it is wrong; the readings themselves are in the record. An alert
    that stands stays, until the score rises or somebody ends it.
    """
    state.current, state.trail, state.rules = {}, [], {}
    nothing = Picture()
    state.score, state.band, state.partial, state.missing = None, nothing.band, True, list(nothing.missing)
    state.parts, state.response, state.signal = {}, "", nothing.signal
    state.due_at = state.late_at = state.scored_at = at
    state.monitored, state.check_at = True, at + LOOKED_AT_AGAIN
    return nothing


def _keep(state: PatientState, seen: Picture, at: datetime) -> list[ScoreEntry]:
    """Lay the picture into the row, and return what of it belongs into the history: a changed score."""
    entries: list[ScoreEntry] = []
    before = (state.score, state.band, state.partial, list(state.missing))
    now = (seen.points, seen.band, seen.partial, list(seen.missing))
    if state.scored_at is None or before != now:
        state.scored_at = at
        state.score, state.band, state.partial, state.missing = now
        entries.append(score_entry(state.patient_id, seen, at=at))
    state.parts, state.response, state.signal = dict(seen.parts), seen.response, seen.signal
    state.trail = pictures.lengthened(state.trail, seen, at)
    state.due_at, state.late_at = pictures.due(seen, observed_at=state.observed_at, unknown_since=state.scored_at)
    return entries


def _next_check(state: PatientState, watched: bool, wakes: list[datetime], at: datetime) -> datetime | None:
    expiry = freshness.next_expiry(state.current, at)
    if expiry is not None:
        wakes.append(expiry)
    if watched and state.heard_at is not None and state.signal != PatientState.Signal.SILENT:
        wakes.append(state.heard_at + freshness.SILENT_AFTER)
    coming = [wake for wake in wakes if wake > at]
    return min(coming) if coming else None


def _facts(seen: Picture, devices: Sequence[Speaking], behind: Mapping[Cause, str]) -> dict[Cause, dict[str, Any]]:
    facts: dict[Cause, dict[str, Any]] = {}
    if seen.score is not None:
        facts[Cause.NEWS2] = {
            "score": seen.score.score,
            "band": seen.band,
            "partial": seen.partial,
            "missing": list(seen.missing),
            "parts": dict(seen.parts),
            "values": dict(seen.values),
            "response": seen.response,
        }
    by_id = {one.device_id: one for one in devices}
    for cause, device_id in behind.items():
        one = by_id[device_id]
        facts[cause] = {
            "device": device_id,
            "battery_percent": one.battery_percent,
            "clock_ahead_s": round(one.clock_ahead.total_seconds(), 1),
            "frame_at": one.frame_at.isoformat() if one.frame_at else None,
        }
    return facts


def _speaking(
    watching: Mapping[UUID, Sequence[Watch]], said: Mapping[str, DeviceState], listening_since: datetime | None
) -> dict[UUID, list[Speaking]]:
    every = [watch for found in watching.values() for watch in found]
    others = [watch.device_id for watch in every if watch.device_id not in said]
    said = {**said, **(DeviceState.objects.in_bulk(others) if others else {})}
    speaking: dict[UUID, list[Speaking]] = {}
    for watch in every:
        speaking.setdefault(watch.patient_id, []).append(_as_heard(watch, said.get(watch.device_id), listening_since))
    return speaking


def _as_heard(watch: Watch, said: DeviceState | None, listening_since: datetime | None) -> Speaking:
    """Return a device that watches a patient as the rules for alarms see it."""
    if said is None:
        return Speaking(watch.device_id, watch.continuous, watch.since_at)
    return Speaking(
        device_id=watch.device_id,
        continuous=watch.continuous,
        watching_since=watch.since_at,
        frame_at=said.frame_at,
        lead_off=said.lead_off,
        battery_percent=said.battery_percent,
        clock_ahead=freshness.milliseconds(said.clock_ahead_ms),
        skewed_since_at=said.skewed_since_at,
        memory=said.memory,
        listening_since=listening_since,
    )
