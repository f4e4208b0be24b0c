"""What open ward boards and charts are told, in the form that every browser knows.

    {"event": "vitals", "data": {"bed": uuid, "patient": uuid, "at": ms, "v": {"hr": 72, …}, "parts": {"hr": 0, …},
     "news": {"score": 5, "band": "medium", "partial": false, "missing": [], "trend": "up"}, "state": "live"}}
    {"event": "alert", "data": {"alert": uuid, "patient": uuid, "bed": uuid, "state": "opened"}}
    {"event": "bed", "data": {"bed": uuid}}

`v` holds only what still counts; `bed` is null for a patient without one; `bed` alone says that it was filled or left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from ehospital.monitoring.models import Alert, PatientState
from ehospital.monitoring.policies import picture as pictures
from ehospital.monitoring.policies.freshness import ms
from ehospital.monitoring.policies.picture import Picture
from ehospital.monitoring.queries.watching import Place
from ehospital.wire import subjects


@dataclass(frozen=True, slots=True)
class LiveMessage:
    """What browsers are to be told, after commit."""

    subject: str
    payload: bytes


def vitals_messages(
    state: PatientState, seen: Picture, places: Mapping[UUID, Place], at: datetime
) -> list[LiveMessage]:
    """Return how a patient is now, for the board of the ward and for the chart."""
    place = places.get(state.patient_id)
    data = {
        "bed": place.bed_id if place else None,
        "patient": state.patient_id,
        "at": ms(at),
        "v": dict(seen.values),
        "parts": dict(seen.parts),
        "news": {
            "score": seen.points,
            "band": seen.band,
            "partial": seen.partial,
            "missing": list(seen.missing),
            "trend": pictures.trend(state.trail, seen, at),
        },
        "state": seen.signal,
    }
    return _both("vitals", data, state.patient_id, place)


def alert_messages(alert: Alert, state: str, places: Mapping[UUID, Place]) -> list[LiveMessage]:
    """Return what became of an alert, for the board of the ward and for the chart.

    Args:
        state: opened, updated, acknowledged or closed.
    """
    place = places.get(alert.patient_id)
    data = {
        "alert": alert.id,
        "patient": alert.patient_id,
        "bed": place.bed_id if place else None,
        "state": state,
    }
    return _both("alert", data, alert.patient_id, place)


def bed_message(bed_id: UUID, ward_id: UUID) -> LiveMessage:
    """Return that a bed was filled or left: the board is to draw it anew."""
    return LiveMessage(subjects.live_ward(ward_id), _payload("bed", {"bed": bed_id}))


def _both(event: str, data: dict[str, Any], patient_id: UUID, place: Place | None) -> list[LiveMessage]:
    payload = _payload(event, data)
    messages = [LiveMessage(subjects.live_patient(patient_id), payload)]
    if place is not None:
        messages.append(LiveMessage(subjects.live_ward(place.ward_id), payload))
    return messages


def _payload(event: str, data: dict[str, Any]) -> bytes:
    return orjson.dumps({"event": event, "data": data})
