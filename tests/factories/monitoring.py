"""A made-up ward with monitors, made through the same actions as everybody else, and the frames that they send."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from ehospital.estate import actions as estate
from ehospital.estate.models import Ward
from ehospital.kernel import readings
from ehospital.kernel.readings import Frame, Status
from ehospital.monitoring import actions
from ehospital.monitoring.actions import Recorded, Taken
from ehospital.people import access
from ehospital.people import actions as people_actions
from tests.factories import people
from tests.factories.people import Staff, machinery

Observations = Sequence[Sequence[object]]

WELL: dict[str, object] = {
    "rr": 16, "spo2": 97, "oxygen": 0, "sbp": 125, "hr": 72, "consciousness": "A", "temp": 36.8,
}  # fmt: skip
"""Scores 0."""
ILL: dict[str, object] = {**WELL, "rr": 26, "spo2": 91, "hr": 132}
"""Scores 3 + 3 + 3 = 9."""


@dataclass
class WardOfTests:
    """A ward with patients in beds; `nurse` works there, `stranger` does not."""

    id: UUID
    unit_id: UUID
    bed_ids: list[UUID]
    patient_ids: list[UUID]
    nurse: Staff
    stranger: Staff
    at: datetime
    secrets: dict[str, str] = field(default_factory=dict)


def ward(at: datetime, *, patients: int = 2, beds: int = 4, name: str = "Ward 4") -> WardOfTests:
    """A ward with a nurse, some beds, and patients in the first of them for an hour already."""
    before = at - timedelta(hours=1)
    by = machinery(before)
    organisation = people_actions.add_organisation(name="Riverside", by=by, at=before)
    site = estate.add_site(name="Main", organisation_id=organisation, by=by, at=before)
    ward_id = estate.add_ward(name=name, specialty="Acute medicine", site_id=site, by=by, at=before)
    unit_id = Ward.objects.get(pk=ward_id).unit_id
    bed_ids = estate.add_room(ward_id=ward_id, name="Bay A", beds=[f"A{n + 1}" for n in range(beds)], by=by, at=before)
    patient_ids = [people.patient(given=f"Number {n}", at=before) for n in range(patients)]
    for bed_id, patient_id in zip(bed_ids, patient_ids, strict=False):
        estate.place_patient(patient_id=patient_id, bed_id=bed_id, by=by, at=before)
    nurse = people.staff("nurse", unit_id=unit_id, at=before)
    stranger = people.staff("nurse", family="Foreign", at=before)
    return WardOfTests(ward_id, unit_id, bed_ids, patient_ids, nurse, stranger, at)


def device(device_id: str, *, patient_id: UUID | None = None, since: datetime) -> str:
    """A registered monitor, paired when a patient is named; returns its secret."""
    secret = actions.register_device(device_id, by=machinery(since), at=since)
    if patient_id is not None:
        actions.pair_device(device_id, patient_id=patient_id, by=machinery(since), at=since)
    return secret


def frame(seq: int, at: datetime, values: dict[str, object] | None = None, *, boot: str = "b1") -> Frame:
    """A frame as the wire would bring it."""
    told = readings.decode_frame(payload(seq, at, values, boot=boot))
    assert isinstance(told, Frame)
    return told


def payload(seq: int, at: datetime, values: dict[str, object] | None = None, *, boot: str = "b1") -> bytes:
    """The bytes of a frame; WELL unless told otherwise."""
    chosen = WELL if values is None else values
    return readings.encode_frame(
        boot, seq, round(at.timestamp() * 1000), [[code, value] for code, value in chosen.items()]
    )


def status(seq: int, at: datetime, *, boot: str = "b1", **said: object) -> Status:
    """A status as the wire would bring it."""
    told = readings.decode_status(readings.encode_status(boot, seq, round(at.timestamp() * 1000), **said))
    assert isinstance(told, Status)
    return told


def send(device_id: str, *told: Frame | Status, at: datetime, received_at: datetime | None = None) -> Recorded:
    """Record messages of one device as one batch of another door than the stream."""
    batch = [Taken(device_id, one, received_at or at, b"raw") for one in told]
    return actions.record_readings(batch, by=stream(at), at=at)


def stream(at: datetime) -> access.Actor:
    """The stream process as an actor."""
    return access.system("stream", at=at)
