"""One patient at a time: read the resources, follow the links, write all of it in one transaction."""

import logging
import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import DataError, IntegrityError, InterfaceError, InternalError, OperationalError, transaction

from ehospital.clinical import actions
from ehospital.clinical.actions.upserting import ForeignRow
from ehospital.clinical.details import NoKnownAllergiesDetails, Provenance, Record
from ehospital.fhir.elements import Element, LeftOut, Reading, extension_urls, parse
from ehospital.fhir.importing.directory import Directory
from ehospital.fhir.importing.identity import SomebodyElse, same_person
from ehospital.fhir.importing.unit_links import UnitLinks
from ehospital.fhir.importing.waiting import Line, Unit
from ehospital.fhir.mapping import (
    allergies,
    care_plans,
    documents,
    encounters,
    flags,
    immunisations,
    medicines,
    observations,
    patients,
    problems,
    procedures,
)
from ehospital.fhir.references import row_id
from ehospital.foundation import files
from ehospital.people import access
from ehospital.people.actions import IdentifierTaken, UnusableDetails
from ehospital.people.details import PatientDetails
from ehospital.people.models import Patient

ATTEMPTS = 3
OUR_FAULT = "an error of the importer itself, not of the data; please tell its makers"
log = logging.getLogger(__name__)
_DEADLOCK = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
_Read = Callable[[Element, UUID, UnitLinks], Any]

# In the order in which they are read: what is referred to comes before what refers.
CHART: dict[str, tuple[str, _Read]] = {
    "Encounter": ("encounters", encounters.read),
    "Condition": ("problems", problems.read),
    "AllergyIntolerance": ("allergies", allergies.read),
    "CarePlan": ("care_plans", care_plans.read_plan),
    "Goal": ("goals", care_plans.read_goal),
    "Observation": ("observations", observations.read),
    "DocumentReference": ("documents", documents.read_document),
    "DiagnosticReport": ("reports", documents.read_report),
    "Procedure": ("procedures", procedures.read),
    "Immunization": ("immunisations", immunisations.read),
    "MedicationRequest": ("medicines", medicines.read_request),
    "MedicationStatement": ("medicines", medicines.read_statement),
    "Flag": ("flags", flags.read),
}
PLACE = {kind: place for place, kind in enumerate(CHART)}


@dataclass
class Outcome:
    """What became of a unit: one status and one reason a line, in order; `deferred` when it has to wait for more."""

    deferred: bool = False
    patient: bool = False
    statuses: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    extensions: Counter[str] = field(default_factory=Counter)


class Workshop:
    """Reads and writes units; one in each process, with a memory for clinicians and organisations."""

    def __init__(self, *, source: str, at: datetime, zone: str, unit_id: UUID | None = None) -> None:
        self.source, self.at, self.unit_id = source, at, unit_id
        self.zone = zoneinfo.ZoneInfo(zone)
        self.actor = access.system("fhir import", at=at)
        self.directory = Directory(source)

    def work_in_slices(self, slices: Iterator[Unit]) -> Iterator[tuple[list[Line], Outcome]]:
        """Write a patient who is too large for memory: slice after slice, in one transaction, or nothing.

        Args:
            slices: units of the same patient; the patient first, then kinds in the order of `CHART`.
        Yields:
            Each slice's lines (without their bytes) and their outcome, once all of them are written.
        """
        told: list[tuple[list[Line], Outcome]] = []
        try:
            with transaction.atomic():
                self._slices(slices, told)
        except (OperationalError, InterfaceError, OSError):
            raise
        except Exception as why:
            words = str(_refused_by_database(why)) if isinstance(why, IntegrityError) else _words(why)
            for lines in [*(lines for lines, _ in told), *(unit.lines for unit in slices)]:
                yield lines, Outcome(statuses=["left_out"] * len(lines), reasons=[words] * len(lines))
            return
        yield from told

    def _slices(self, slices: Iterator[Unit], told: list[tuple[list[Line], Outcome]]) -> None:
        links: UnitLinks | None = None
        for unit in slices:
            if links:
                links.meet(unit)
            job = _Job(self, unit, links)
            told.append((unit.lines, Outcome()))
            outcome = job.written()
            links = job.links
            for line in unit.lines:
                line.raw = b""
            told[-1] = (unit.lines, outcome)

    def work(self, unit: Unit) -> Outcome:
        """Write one unit, or nothing of it.

        Raises:
            OperationalError, InterfaceError: the database went away; nothing of the unit is written.
            OSError: the disk does not take its files; nothing of the unit is written.
        """
        try:
            return _Job(self, unit).done()
        except (OperationalError, InterfaceError, OSError):
            raise
        except Exception as error:  # one patient must not end the import of all others; nothing of theirs is written
            log.debug("unit of %d resources", len(unit.lines), exc_info=True)
            return Outcome(statuses=["left_out"] * len(unit.lines), reasons=[_words(error)] * len(unit.lines))


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, _Refused) else f"{OUR_FAULT} ({type(error).__name__})"


def _refused_by_database(why: Exception) -> "_Refused":
    return _Refused(f"the database refused the patient's record: {str(why).splitlines()[0][:200]}")


class _Refused(Exception):
    """This patient cannot be stored; the message says why."""


class _Job:
    """The work on one unit, or on one slice of a large one: then `links` knows the slices before."""

    def __init__(self, workshop: Workshop, unit: Unit, links: UnitLinks | None = None) -> None:
        self.shop, self.unit, self.links = workshop, unit, links
        self.parsed: list[Element | None] = [None] * len(unit.lines)
        self.readings = [Reading(workshop.at, workshop.zone) for _ in unit.lines]
        self.outcome = Outcome(statuses=[""] * len(unit.lines), reasons=[""] * len(unit.lines))
        self.entries: dict[str, list[Any]] = {}
        self.keys: dict[int, UUID] = {}
        self.origins: dict[UUID, tuple[str, str]] = {}
        self.contents: dict[UUID, documents.File] = {}

    def done(self) -> Outcome:
        """Read, then write; when the patient is refused, all of it is left out."""
        try:
            return self.written()
        except _Refused as why:
            self._leave_rest_out(str(why))
            return self.outcome

    def written(self) -> Outcome:
        """Read, then write.

        Raises:
            _Refused: the patient cannot be stored; nothing was written.
        """
        self._parse()
        patient_id = self._patient_id()
        details = self._demographics() if patient_id else None
        if patient_id is None or (details is None and not self._is_known(patient_id)):
            return self._without_patient()
        self.links = self.links or UnitLinks(patient_id, self.unit, self.shop.directory)
        self.links.medicines = self._medication
        self._read(self.links)
        if self.links.nowhere and not self.unit.final:
            return Outcome(deferred=True)
        self._write(patient_id, details)
        self._notes()
        return self.outcome

    def _parse(self) -> None:
        for place, line in enumerate(self.unit.lines):
            try:
                resource = self.parsed[place] = parse(line.raw, line.kind, self.readings[place])
            except LeftOut as why:
                self._leave_out(place, str(why))
            else:
                self.outcome.extensions.update(extension_urls(resource.json))

    def _patient_id(self) -> UUID | None:
        kind, _, key = self.unit.patient.partition("/")
        if key:
            return row_id(self.shop.source, kind, key)
        system, _, value = self.unit.patient.removeprefix("Patient?").rpartition("|")
        return self.shop.directory.patient((system, value))

    def _demographics(self) -> PatientDetails | None:
        for place, line in enumerate(self.unit.lines):
            resource = self.parsed[place]
            if line.kind != "Patient" or resource is None:
                continue
            try:
                details = patients.read(resource)
            except LeftOut as why:
                self._leave_out(place, str(why))
                return None
            self.keys[place] = row_id(self.shop.source, line.kind, line.id)
            self.origins[self.keys[place]] = (line.kind, line.id)
            return details
        return None

    def _is_known(self, patient_id: UUID) -> bool:
        return Patient.objects.filter(pk=patient_id).exists()

    def _without_patient(self) -> Outcome:
        brought = any(line.kind == "Patient" for line in self.unit.lines)
        if not brought and not self.unit.final:
            return Outcome(deferred=True)
        words = (
            "its patient was left out" if brought else "names a patient who is neither in the input nor in the record"
        )
        self._leave_rest_out(words)
        return self.outcome

    def _read(self, links: UnitLinks) -> None:
        order = sorted(range(len(self.unit.lines)), key=lambda place: PLACE.get(self.unit.lines[place].kind, -1))
        plans = [place for place in order if self.unit.lines[place].kind == "CarePlan"]
        for place in plans:
            if resource := self.parsed[place]:
                self._goals(resource, self.unit.lines[place], links)
        for place in order:
            line, resource = self.unit.lines[place], self.parsed[place]
            if line.kind in CHART and resource is not None:
                self._read_one(place, line, resource, links)

    def _goals(self, plan: Element, line: Line, links: UnitLinks) -> None:
        try:
            links.goals(plan, row_id(self.shop.source, line.kind, line.id))
        except LeftOut:
            return  # the plan will be left out for the same reason when it is read

    def _read_one(self, place: int, line: Line, resource: Element, links: UnitLinks) -> None:
        name, read = CHART[line.kind]
        key = row_id(self.shop.source, line.kind, line.id)
        try:
            links.begin(resource)
            found = read(resource, key, links)
        except LeftOut as why:
            links.left_out(line)
            self._leave_out(place, str(why))
            return
        if line.kind == "DocumentReference":
            found = self._with_file(*found)
        elif line.kind == "DiagnosticReport":
            found = self._with_printed_form(*found)
        if isinstance(found, NoKnownAllergiesDetails):
            name = "no_known_allergies"
        self.entries.setdefault(name, []).append(found)
        self.keys[place] = key
        self.origins[key] = (line.kind, line.id)
        links.stored(line, found.code.display if hasattr(found, "code") else "")

    def _with_file(self, document: Any, file: documents.File | None) -> Any:
        if file is None:
            return document
        self.contents[document.id] = file
        return replace(document, file_key=files.key_of(file.content))

    def _with_printed_form(self, report: Any, printed: tuple[Any, documents.File] | None) -> Any:
        if printed:
            document = self._with_file(*printed)
            self.entries.setdefault("documents", []).append(document)
            self.origins[document.id] = ("DiagnosticReport.presentedForm", str(report.id))
        return report

    def _medication(self, key: str) -> Element | None:
        raw = self.unit.medicines.get(key)
        try:
            return parse(raw, "Medication", Reading(self.shop.at, self.shop.zone)) if raw else None
        except LeftOut:
            return None

    def _write(self, patient_id: UUID, details: PatientDetails | None) -> None:
        record = Record(**{name: tuple(lines) for name, lines in self.entries.items()})
        provenance = Provenance(self.shop.source, self.origins)
        try:
            if details:
                same_person(patient_id, details)
            written = self._import(patient_id, record, details, provenance)
        except SomebodyElse as why:
            raise _Refused(str(why)) from None
        except (UnusableDetails, IdentifierTaken) as why:
            raise _Refused(f"its patient cannot be stored: {why}") from None
        except (IntegrityError, DataError, InternalError, ForeignRow) as why:
            raise _refused_by_database(why) from None
        except files.StoreAway as why:
            raise _Refused(f"its files cannot be stored: {why}") from None
        self.outcome.patient = True
        self._account(written)

    def _import(
        self, patient_id: UUID, record: Record, details: PatientDetails | None, provenance: Provenance
    ) -> actions.Written:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    # Files before rows: a file without a row is only space, a row without its file is a lost document.
                    # Sorted by their keys, so that of two processes with the same files neither holds up the other.
                    found = sorted((file.content for file in self.contents.values()), key=files.key_of)
                    files.store_all(found, at=self.shop.at)
                    return actions.import_record(
                        patient_id,
                        record,
                        by=self.shop.actor,
                        at=self.shop.at,
                        patient=details,
                        provenance=provenance,
                        unit_id=self.shop.unit_id,
                    )
            except (IdentifierTaken, OperationalError) as error:
                # Another process wrote the same number at this moment; next time it shows.
                passing = isinstance(error, IdentifierTaken) or isinstance(error.__cause__, _DEADLOCK)
                if attempt == ATTEMPTS or not passing:
                    raise
        raise AssertionError("unreachable")

    def _account(self, written: actions.Written) -> None:
        for place, key in self.keys.items():
            if key in written.refused:
                self._leave_out(place, "the id belongs to another patient's record already")
            elif key in written.imported:
                self.outcome.statuses[place] = "imported"
            else:
                self.outcome.statuses[place] = "updated" if key in written.updated else "unchanged"
            if key in written.unlinked:
                self.readings[place].note("a link led into another patient's record; stored without the link")
            if self.unit.lines[place].kind == "Patient":
                if written.corrected and key in written.updated:
                    self.readings[place].note("kept in part: the hospital's own correction stands")
                for system, _ in written.numbers_taken:
                    self.readings[place].note(
                        f"a number issued by {system[:100]} belongs to another patient already; perhaps a duplicate"
                    )

    def _notes(self) -> None:
        for place, reading in enumerate(self.readings):
            if self.outcome.statuses[place] != "left_out":
                self.outcome.notes += [(place, words) for words in reading.notes]

    def _leave_out(self, place: int, why: str) -> None:
        self.outcome.statuses[place], self.outcome.reasons[place] = "left_out", why

    def _leave_rest_out(self, why: str) -> None:
        for place, status in enumerate(self.outcome.statuses):
            if not status:
                self._leave_out(place, why)
