"""One patient at a time: read the resources, follow the links, write all of it in one transaction."""

import logging
import zoneinfo
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import psycopg
from django.db import DataError, IntegrityError, InterfaceError, InternalError, OperationalError, transaction

from ehospital.clinical import actions
from ehospital.clinical.actions.upserting import ForeignRow
from ehospital.fhir.importing.directory import Directory
from ehospital.fhir.importing.identity import SomebodyElse, same_person
from ehospital.fhir.importing.reader import Reader
from ehospital.fhir.importing.unit_links import UnitLinks
from ehospital.fhir.importing.waiting import Line, Unit
from ehospital.foundation import files
from ehospital.people import access
from ehospital.people.actions import IdentifierTaken, UnusableDetails
from ehospital.people.details import PatientDetails
from ehospital.people.models import Patient

ATTEMPTS = 3
OUR_FAULT = "an error of the importer itself, not of the data; please tell its makers"
log = logging.getLogger(__name__)
_DEADLOCK = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)


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
        self.reader = Reader(unit, workshop.directory, at=workshop.at, zone=workshop.zone, links=links)
        self.outcome = Outcome(statuses=[""] * len(unit.lines), reasons=[""] * len(unit.lines))

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
        self.reader.parse()
        patient_id = self.reader.patient_id()
        details = self.reader.demographics() if patient_id else None
        self._tell()
        if patient_id is None or (details is None and not Patient.objects.filter(pk=patient_id).exists()):
            return self._without_patient()
        self.links = self.reader.read(patient_id)
        if self.links.nowhere and not self.unit.final:
            return Outcome(deferred=True)
        self._tell()
        self._account(self._write(patient_id, details))
        self._notes()
        return self.outcome

    def _without_patient(self) -> Outcome:
        brought = any(line.kind == "Patient" for line in self.unit.lines)
        if not brought and not self.unit.final:
            return Outcome(deferred=True)
        words = (
            "its patient was left out" if brought else "names a patient who is neither in the input nor in the record"
        )
        self._leave_rest_out(words)
        return self.outcome

    def _write(self, patient_id: UUID, details: PatientDetails | None) -> actions.Written:
        try:
            if details:
                same_person(patient_id, details)
            written = self._import(patient_id, details)
        except SomebodyElse as why:
            raise _Refused(str(why)) from None
        except (UnusableDetails, IdentifierTaken) as why:
            raise _Refused(f"its patient cannot be stored: {why}") from None
        except (IntegrityError, DataError, InternalError, ForeignRow) as why:
            raise _refused_by_database(why) from None
        except files.InfectedFile as why:
            raise _Refused(f"the virus scanner is at one of its files: {why}; try again in a minute") from None
        except files.StoreAway as why:
            raise _Refused(f"its files cannot be stored: {why}") from None
        self.outcome.patient = True
        return written

    def _import(self, patient_id: UUID, details: PatientDetails | None) -> actions.Written:
        record, provenance = self.reader.record, self.reader.provenance
        # Files before rows: a file without a row is only space, a row without its file is a lost document.
        # Sorted by their keys, so that of two processes with the same files neither holds up the other.
        found = sorted((file.content for file in self.reader.contents.values()), key=files.key_of)
        stored = files.keep(found)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    files.name(stored, at=self.shop.at)
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
        readings = self.reader.readings
        for place, key in self.reader.keys.items():
            if key in written.refused:
                self._leave_out(place, "the id belongs to another patient's record already")
            elif key in written.imported:
                self.outcome.statuses[place] = "imported"
            else:
                self.outcome.statuses[place] = "updated" if key in written.updated else "unchanged"
            if key in written.unlinked:
                readings[place].note("a link led into another patient's record; stored without the link")
            if self.unit.lines[place].kind == "Patient":
                if written.corrected and key in written.updated:
                    readings[place].note("kept in part: the hospital's own correction stands")
                for system, _ in written.numbers_taken:
                    readings[place].note(
                        f"a number issued by {system[:100]} belongs to another patient already; perhaps a duplicate"
                    )

    def _notes(self) -> None:
        for place, reading in enumerate(self.reader.readings):
            if self.outcome.statuses[place] != "left_out":
                self.outcome.notes += [(place, words) for words in reading.notes]

    def _tell(self) -> None:
        """Take over what the reader left out."""
        self.outcome.extensions = self.reader.extensions
        for place, why in self.reader.left_out.items():
            self._leave_out(place, why)

    def _leave_out(self, place: int, why: str) -> None:
        self.outcome.statuses[place], self.outcome.reasons[place] = "left_out", why

    def _leave_rest_out(self, why: str) -> None:
        self._tell()
        for place, status in enumerate(self.outcome.statuses):
            if not status:
                self._leave_out(place, why)
