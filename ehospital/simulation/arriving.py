"""Brings the invented patients into the record: registered, charted, in their beds, cared for by somebody."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ehospital.clinical import actions as clinical
from ehospital.clinical.details import EncounterDetails
from ehospital.foundation import files
from ehospital.journeys import stays
from ehospital.kernel.codes import Code
from ehospital.monitoring import actions as monitoring
from ehospital.people import access
from ehospital.people import actions as people
from ehospital.people.models import CareRelationship
from ehospital.simulation import plots
from ehospital.simulation.founding import Founded
from ehospital.simulation.histories import Bedded, History, invent
from ehospital.simulation.staff import CLINIC, MONITORED

Kind = CareRelationship.Kind
VISITS_TODAY = 4
GONE_FOR = timedelta(days=5)
"""For so long nobody has cared for one of the outpatients, for whom a locum ordered something (`leaving`)."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One patient in the record.

    Attributes:
        bed: (ward key, bed code), None for outpatients.
        since: when the running stay began, None for outpatients.
        gone_at: since when nobody here cares for the patient any more; of one outpatient.
    """

    id: UUID
    history: History
    bed: tuple[str, str] | None = None
    since: datetime | None = None
    gone_at: datetime | None = None

    @property
    def story(self) -> str:
        """The story that the bed's monitor plays; empty where nothing is simulated."""
        return self.history.bedded.story if self.history.bedded else ""


def places(built: Founded, *, patients: int) -> list[tuple[tuple[str, str], Bedded]]:
    """Return which beds are filled, (ward key, bed code) and what plays there; the monitored ward's come first.

    The other wards are filled as far as half of the patients go.
    """
    ward = built.wards[MONITORED]
    played = [code for room in ward.rooms for code in room.beds if not room.name.startswith("Side")]
    filled = [
        ((MONITORED, code), Bedded(MONITORED, story))
        for code, story in zip(played, plots.cast(len(played)), strict=True)
    ]
    filled += [((MONITORED, code), Bedded(MONITORED)) for code in ward.beds if code not in played]
    others = [
        ((key, code), Bedded(key))
        for key, other in built.wards.items()
        if key != MONITORED
        for code in other.beds[: int(len(other.beds) * other.filled)]
    ]
    room_left = max(0, patients // 2 - len(filled))
    step = max(1, -(-len(others) // room_left)) if room_left else len(others) + 1
    return filled + (others[::step] if room_left else [])


def arrive(
    built: Founded, *, seed: int, patients: int, by: access.Actor, at: datetime, told: Callable[[int], None]
) -> Iterator[Arrived]:
    """Yield the patients as they come into the record.

    Args:
        told: called with how many have come.
    Raises:
        ValueError: fewer patients than monitored beds.
    """
    filled = places(built, patients=patients)
    people_to_come = invent(
        seed=seed, count=patients, places=[bedded for _, bedded in filled], now=at, doctors=built.doctors()
    )
    gone = False
    for n, history in enumerate(people_to_come):
        goes = not gone and n >= len(filled) + VISITS_TODAY and _known_since(history, at) < at - 2 * GONE_FOR
        place = filled[n][0] if n < len(filled) else None
        came = _arrive(built, history, place, gone_at=at - GONE_FOR if goes else None, by=by, at=at)
        gone = gone or goes
        if 0 <= n - len(filled) < VISITS_TODAY:
            _expect(built, came, at + timedelta(minutes=20 * (n - len(filled))), by=by, at=at)
        yield came
        told(n + 1)


def _arrive(
    built: Founded,
    history: History,
    bed: tuple[str, str] | None,
    *,
    gone_at: datetime | None,
    by: access.Actor,
    at: datetime,
) -> Arrived:
    record, known_since = history.record, _known_since(history, at)
    patient_id = people.register_patient(history.person.details, by=by, at=known_since)
    files.store_all(history.files.values(), at=known_since)
    clinical.import_record(patient_id, record, by=by, at=at)
    doctor_id, since = history.doctor.id, None
    if bed is None:
        _care(
            patient_id, Kind.CLINIC, "clinic", [built.unit_ids[CLINIC]], doctor_id, until=gone_at, by=by, at=known_since
        )
    else:
        stay = next(one for one in record.encounters if one.ended_at is None)
        since = stay.started_at or at
        stays.take_bed(patient_id=patient_id, bed_id=built.bed_ids[bed], by=by, at=since)
        _care(patient_id, Kind.NAMED, f"encounter:{stay.id}", [], doctor_id, by=by, at=since)
    if history.spo2_scale != 1:
        monitoring.set_spo2_scale(patient_id, history.spo2_scale, by=by, at=since or at)
    return Arrived(patient_id, history, bed, since, gone_at)


def _known_since(history: History, at: datetime) -> datetime:
    """Return when the patient was here first."""
    return min([one.started_at for one in history.record.encounters if one.started_at] or [at - timedelta(hours=1)])


def _expect(built: Founded, came: Arrived, when: datetime, *, by: access.Actor, at: datetime) -> None:
    """Plan a control visit with the first doctor of the house, whose page a visitor sees."""
    visit = EncounterDetails(
        code=Code("", "", "Control visit"), started_at=when, clinician_id=built.doctors()[0].id,
        reason=Code("", "", "Control after the last visit"),
    )  # fmt: skip
    clinical.plan_encounter(came.id, visit, by=by, at=at)


def _care(
    patient_id: UUID, kind: CareRelationship.Kind, source: str, units: Sequence[UUID], doctor_id: UUID | None,
    *, until: datetime | None = None, by: access.Actor, at: datetime,
) -> None:  # fmt: skip
    own: dict[str, Any] = {"patient_id": patient_id, "kind": kind, "source": source, "until": until, "by": by, "at": at}
    if doctor_id is not None:
        people.begin_care(staff_id=doctor_id, **own)
    for unit_id in units:
        people.begin_care(unit_id=unit_id, **own)
