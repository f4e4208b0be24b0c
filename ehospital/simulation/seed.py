"""Makes the demo hospital, once per data folder: everything through the domains' own actions, in one transaction."""

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ehospital.estate import queries as estate
from ehospital.monitoring import actions as monitoring
from ehospital.people import access
from ehospital.simulation import (
    arriving,
    asking,
    consenting,
    equipping,
    forms,
    founding,
    leaving,
    ordering,
    outside,
    persons,
    planning,
    registers,
    staff,
)
from ehospital.simulation.arriving import Arrived
from ehospital.simulation.equipping import Equipped
from ehospital.simulation.founding import Founded
from ehospital.simulation.plots import STORIES

PATIENTS, BEDS, SEED = 300, 24, 2026
FILE, DEVICES_FILE = "seed.json", "devices.json"

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


class SignInsLost(RuntimeError):
    """The record holds the demo hospital, but the file with its passwords is gone; the message says what to do."""


class TooSmall(ValueError):
    """Fewer patients than beds: the hospital would have empty monitors."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """What became of it; `made` is False when the hospital was there before."""

    made: bool
    patients: int = 0
    lines: int = 0
    seconds: float = 0.0


def seed(
    *,
    patients: int = PATIENTS,
    beds: int = BEDS,
    seed: int = SEED,
    progress: Progress | None = None,
    data: Path | None = None,
    at: datetime | None = None,
) -> Seeded:
    """Make the demo hospital unless this data folder has one, and write `seed.json` and `devices.json` (both 0600).

    About 15 seconds of one core for 300 patients and 24 beds. A second call changes nothing. Killed half-way, it leaves
    nothing behind and may be called again.

    Args:
        beds: with a simulated monitor, on the monitored ward.
        progress: called often; see `Progress`.
        data: the data folder; that of the settings unless given.
        at: the moment that charts and stories end at; now unless given.
    Raises:
        SignInsLost: the record has the hospital already, but not this data folder.
        TooSmall: not enough patients for the beds.
    """
    folder, began = data or Path(settings.DATA), time.monotonic()
    at = at or datetime.now(UTC)
    least = beds + equipping.FREE_DEVICES + 2
    if patients < 2 * least:
        raise TooSmall(f"{beds} beds need at least {2 * least} patients, not {patients}")
    waiting = folder / f"{FILE}.waiting"
    if _founded(at):
        if waiting.exists():
            waiting.replace(folder / FILE)  # the last start was killed between the commit and this line
        if not (folder / FILE).exists():
            raise SignInsLost(
                "the record has the demo hospital, but its passwords are gone; start over with `ehospital demo --fresh`"
            )
        return Seeded(made=False)
    with transaction.atomic():
        made = _make(patients=patients, beds=beds, seed=seed, at=at, progress=progress or _quietly)
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / DEVICES_FILE, made.devices_file())
        _write(waiting, made.told())
    waiting.replace(folder / FILE)
    lines = sum(len(getattr(one.history.record, name)) for one in made.arrived for name in _tables(one))
    return Seeded(True, len(made.arrived), lines, time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class _Made:
    """Everything that the files tell."""

    seed: int
    built: Founded
    arrived: Sequence[Arrived]
    simulated: Sequence[Equipped]
    free: Sequence[Equipped]
    sign_ins: dict[str, dict[str, str]]

    def told(self) -> dict[str, object]:
        """Return the content of seed.json."""
        ward_id = self.built.ward_ids[staff.MONITORED]
        chart = next((one for one in self.arrived if one.story == "sepsis"), self.arrived[0])
        return {
            "seed": self.seed,
            "hospital": staff.HOSPITAL,
            "pages": {
                "ward_board": f"/staff/wards/{ward_id}/",
                "chart": f"/staff/patients/{chart.id}/",
                "portal": "/portal/",
            },
            "sign_ins": self.sign_ins,
            "fhir": self.built.fhir,
            "devices": [self._device(one) for one in self.free],
            "stories": [
                {"bed": one.bed_code, "story": one.patient.story, "patient": str(one.patient.id),
                 "title": STORIES[one.patient.story].title, "sentence": STORIES[one.patient.story].sentence}
                for one in self.simulated
                if STORIES[one.patient.story].key != "stable"
            ],
        }  # fmt: skip

    def devices_file(self) -> list[dict[str, object]]:
        """Return the content of devices.json: what the device process drives."""
        return [
            {
                **self._device(one),
                "ward": one.ward,
                "bed": one.bed_code,
                "story": one.patient.story,
                "seed": self.seed,
                "age": one.bed.age,
                "utc_offset_s": one.bed.utc_offset_s,
            }
            for one in self.simulated
            if one.bed is not None
        ]

    def _device(self, one: Equipped) -> dict[str, object]:
        ward_id = self.built.ward_ids[one.ward]
        return {"id": one.id, "password": one.password, "patient": str(one.patient.id), "ward": str(ward_id)}


def _make(*, patients: int, beds: int, seed: int, at: datetime, progress: Progress) -> _Made:
    by = access.system("simulation", at=at)
    progress("wards and staff", 0, 1)
    monitoring.make_partitions(at=at)
    built = founding.found(seed=seed, beds=beds, by=by, at=at)
    progress("wards and staff", 1, 1)

    def come(n: int) -> None:
        progress("patients and their charts", n, patients)

    arrived = list(arriving.arrive(built, seed=seed, patients=patients, by=by, at=at, told=come))
    progress("devices", 0, 1)
    simulated, free = equipping.equip(built, arrived, seed=seed, by=by, at=at)
    progress("devices", 1, 1)
    minutes = int(equipping.BEHIND.total_seconds() // 60)

    def back(minute: int) -> None:
        progress("a day of observations", minute, minutes)

    equipping.look_back(built, simulated, by=by, at=at, told=back)
    equipping.rounds(built, arrived, seed=seed, at=at)
    ordering.order(built, arrived, at=at)
    leaving.leave_behind(built, arrived, by=by, at=at)
    forms.fill(arrived, seed=seed, at=at)
    sign_ins, taken = dict(built.sign_ins), set(built.staff_ids)
    in_portal = _portal_patients(arrived)
    outside.opened(built, arrived, in_portal, at=at)
    planning.plan_care(arrived, in_portal[0], at=at)
    for key, one in zip(("patient", "other_patient"), in_portal, strict=True):
        name = one.history.person.details.names[0]
        username = persons.username(name.given, name.family, taken)
        sign_ins[key] = founding.give_sign_in(username, patient_id=one.id, by=by, at=at)
        if key == "patient":
            asking.ask(one, at=at)
    consenting.say(in_portal[0], at=at)
    registers.bring(seed=seed, by=by, at=at)
    return _Made(seed, built, arrived, simulated, free, {key: asdict(one) for key, one in sign_ins.items()})


def _portal_patients(arrived: Sequence[Arrived]) -> list[Arrived]:
    """Return two outpatients with something to read, who speak English and have a long life with computers ahead."""
    outpatients = [one for one in arrived if one.bed is None and one.gone_at is None]
    ranked = sorted(
        outpatients,
        key=lambda one: (
            one.history.person.details.language != "en",
            not 25 <= one.history.person.age <= 68,
            -min(3, len(one.history.illnesses)),
            one.history.number,
        ),
    )
    return ranked[:2]


def _founded(at: datetime) -> bool:
    """Tell whether the record has the hospital already."""
    wards = estate.wards(viewer=access.system("simulation", at=at))
    return wards.filter(site__name=staff.SITES[0], name="Ward 4").exists()


def _write(file: Path, content: object) -> None:
    """Write a file that its owner alone may read, whole or not at all."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=1, ensure_ascii=False)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)


def _tables(one: Arrived) -> Sequence[str]:
    return list(one.history.record.__dataclass_fields__)


def _quietly(_what: str, _done: int, _of: int) -> None:
    return None
