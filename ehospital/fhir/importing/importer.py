"""The whole way of an import: read, sort by patient, write, account.

One process reads. A bundle that is one whole patient goes to the crew at once; everything else waits on the disk until
the input ends, because the rest of its patient may still come. So does a bundle with a link that leads nowhere yet. The
order of the input decides between two resources with the same id: the first stands, in every run alike.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import InterfaceError, OperationalError

from ehospital.fhir.importing import inputs, kinds
from ehospital.fhir.importing.chart import PLACE
from ehospital.fhir.importing.crew import Crew, Terms, workshop
from ehospital.fhir.importing.outside import Outside
from ehospital.fhir.importing.report import Report
from ehospital.fhir.importing.resources import Batch, Resource, batches
from ehospital.fhir.importing.waiting import Group, Line, Unit, WaitingRoom, mark
from ehospital.fhir.importing.workshop import Outcome
from ehospital.fhir.references import Target
from ehospital.people.queries import UnitSummary

OUTSIDERS_AT_ONCE = 500
LARGEST_UNIT, LARGEST_SLICE = 6 << 20, 4 << 20
"""A larger patient waits, and is written in slices: what is read takes twelve times the memory of its JSON."""
MOST_MEDICATIONS = 50_000
MOST_ODD_URNS = 500_000
_REFERRED = ("PractitionerRole", "RelatedPerson", "CareTeam", "Device", "Group", "Medication")
_URN = re.compile(rb'"(urn:[^"\s]{1,120})"')
Urns = dict[str, tuple[str, str]]
TWICE = "the same id came before in this input; the first stands"


@dataclass(frozen=True)
class Progress:
    """How far an import is."""

    bytes_read: int
    bytes_total: int
    patients: int
    resources: int
    finishing: bool
    """Everything was read; what waited is being written."""


def run(
    paths: Sequence[Path],
    *,
    source: str,
    at: datetime,
    zone: str,
    unit: UnitSummary | None = None,
    listing: bool = False,
    executor: Executor | None = None,
    hands: int = 1,
    progressed: Callable[[Progress], None] = lambda _: None,
) -> Report:
    """Import everything below some paths and return the account; `report.complete` tells whether the end was reached.

    Args:
        source: the name of the sending system; ids are unique within one.
        at: the moment of the import; nothing that has happened may lie after it.
        zone: the hospital's time zone, for dates that have none.
        unit: takes the patients over; without one no clinician opens their charts yet.
        listing: whether `report.write` shall list every single resource that was left out.
        executor, hands: processes that do the work, and how many; without, it is done here.
        progressed: told often.
    Raises:
        OperationalError: the database does not answer at all; nothing was written.
    A KeyboardInterrupt, a full disk or a database that goes away ends it between two patients: `report.stopped_by` says
    so.
    """
    terms = Terms(source, at, zone, unit.id if unit else None)
    opened_to = unit.name if unit else ""
    report = Report(source=source, inputs=[str(path) for path in paths], at=at, unit=opened_to, listing=listing)
    with WaitingRoom() as room:
        importing = _Import(report, room, paths, terms, executor, hands, progressed)
        try:
            importing.read()
            importing.finish()
            report.complete = True
        except KeyboardInterrupt:
            report.stopped_by = "interrupted"
            importing.abandon()
        except (OperationalError, InterfaceError) as error:
            report.stopped_by = f"the database does not answer: {str(error).splitlines()[0][:200]}"
            importing.give_up()
        except OSError as error:
            report.stopped_by = f"files cannot be written: {error.strerror or error}"
            importing.give_up()
        except BrokenExecutor:
            report.stopped_by = "a process that did the work ended; perhaps memory ran out"
    report.finish()
    return report


class _Import:
    """The state of one import."""

    def __init__(
        self,
        report: Report,
        room: WaitingRoom,
        paths: Sequence[Path],
        terms: Terms,
        executor: Executor | None,
        hands: int,
        progressed: Callable[[Progress], None],
    ) -> None:
        self.report, self.room, self.paths, self.terms = report, room, paths, terms
        self.outside = Outside(report, source=terms.source, at=terms.at, zone=terms.zone)
        self.shop = workshop(terms)
        self.crew = Crew(terms, self._done, executor=executor, hands=hands)
        self.progressed = progressed
        self.met: set[bytes] = set()
        self.medications: dict[str, bytes] = {}
        self.odd: Urns = {}
        self.number = self.bytes_read = self.seen = 0
        self.bytes_total = inputs.total_bytes(paths)
        self.finishing = False

    def read(self) -> None:
        """Read the input to its end, writing what is whole."""
        for piece in inputs.pieces(self.paths, self.report, self._more):
            for batch in batches(piece, self.report):
                self._take(batch)
        self.outside.flush()
        self.crew.finish()

    def finish(self) -> None:
        """Write what waited, patient by patient."""
        self.finishing = True
        for group in self.room.groups():
            lines = self._lines_of(group)
            if group.size > LARGEST_UNIT:
                self._in_slices(group, lines)
            elif lines:
                self.crew.give(self._final(group.patient, lines))
            self._tell()
        self.crew.finish()
        self._tell()

    def abandon(self) -> None:
        """Stop between two patients."""
        self.crew.abandon()

    def give_up(self) -> None:
        """Stop when something is broken that others under way may still get past, or not."""
        with suppress(OperationalError, InterfaceError, OSError, BrokenExecutor):
            self.crew.abandon()

    def _more(self, count: int) -> None:
        self.bytes_read += count

    def _take(self, batch: Batch) -> None:
        if batch.whole:
            self.report.bundles += 1
        wanted = [resource for resource in batch.resources if self._is_wanted(resource)]
        urns = {
            one.full_url: (one.kind, one.id) for one in batch.resources if one.full_url.startswith("urn:") and one.id
        }
        odd = _odd(urns)
        if not batch.whole and len(self.odd) < MOST_ODD_URNS:
            self.odd |= odd
        owned = [(self._patient_of(one, urns), one) for one in wanted]
        charts = [(patient, one) for patient, one in owned if patient]
        if len(self.outside) >= OUTSIDERS_AT_ONCE:
            self.outside.flush()
        if batch.whole and (unit := self._whole_patient(charts, odd)):
            self.outside.flush()
            self.crew.give(unit)
        else:
            for patient, one in charts:
                self.met.add(mark("Patient", patient))
                self.room.add(patient, self._line(one, _in(one.raw, odd) if batch.whole else {}))
        self._tell()

    def _is_wanted(self, resource: Resource) -> bool:
        """Count one resource; take those outside, leave out what we do not keep, and tell whether it is for a chart."""
        self.report.read(resource.kind)
        self.seen += 1
        if resource.kind in kinds.OUTSIDERS and resource.id:
            self.outside.add(resource)
            return False
        if resource.kind in kinds.TAKEN and resource.id:
            return True
        if resource.kind == kinds.MEDICATION and len(self.medications) < MOST_MEDICATIONS:
            self.medications.setdefault(resource.id, resource.raw)
        known = resource.kind in kinds.TAKEN or resource.kind in kinds.OUTSIDERS
        why = "has no id by which it could be known again" if known else kinds.why_not(resource.kind)
        self.report.leave_out(resource.kind, resource.id, resource.where, why)
        return False

    def _patient_of(self, one: Resource, urns: Urns) -> str:
        """Return whose chart a resource belongs to, as `Unit.patient`; "" with a reason when it is nobody's."""
        if one.kind == "Patient":
            return f"Patient/{one.id}"
        about = one.about
        if about and about.urn:
            kind, key = urns.get(about.urn, ("Patient", about.urn.rsplit(":", 1)[-1]))
            about = Target(kind, id=key)
        if about and about.kind in ("", "Patient"):
            if about.number:
                return f"Patient?{about.number[0]}|{about.number[1]}"
            if about.id:
                return f"Patient/{about.id}"
        why = f"is about a {about.kind}, not a patient" if about and about.kind else "names no patient"
        self.report.leave_out(one.kind, one.id, one.where, why)
        return ""

    def _whole_patient(self, charts: list[tuple[str, Resource]], odd: Urns) -> Unit | None:
        """Return the unit when a bundle is exactly one patient, whom this input did not name before."""
        patients = {patient for patient, _ in charts}
        brought = [one for _, one in charts if one.kind == "Patient"]
        if len(patients) != 1 or not brought or sum(len(one.raw) for _, one in charts) > LARGEST_UNIT:
            return None
        (patient,) = patients
        met = mark("Patient", patient)
        if met in self.met:
            return None
        self.met.add(met)
        lines = self._once([self._line(one, {}) for _, one in charts], set())
        return Unit(patient, lines, medicines=self._medicines(lines), urns=odd)

    def _line(self, one: Resource, links: Urns) -> Line:
        self.number += 1
        return Line(self.number, one.kind, one.id, one.full_url, one.where, one.raw, links)

    def _once(self, lines: list[Line], seen: set[bytes]) -> list[Line]:
        kept = []
        for line in lines:
            known = mark(line.kind, line.id)
            if known in seen:
                self.report.leave_out(line.kind, line.id, line.where, TWICE)
                continue
            seen.add(known)
            kept.append(line)
        return kept

    def _lines_of(self, group: Group) -> list[Line]:
        lines = self._once(group.lines, group.seen)
        if group.too_large:
            for line in lines:
                self.report.leave_out(
                    line.kind, line.id, line.where, "its patient has more resources than memory holds"
                )
            return []
        return lines

    def _final(self, patient: str, lines: list[Line]) -> Unit:
        urns = {urn: found for line in lines for urn, found in _in(line.raw, self.odd).items()}
        return Unit(patient, lines, final=True, medicines=self._medicines(lines), urns=urns)

    def _in_slices(self, group: Group, lines: list[Line]) -> None:
        """Write a patient of hundreds of megabytes here, alone, a slice at a time."""
        self.crew.finish()
        lines.sort(key=lambda line: (PLACE.get(line.kind, -1), line.number))
        stored = False
        for written, outcome in self.shop.work_in_slices(self._slices(group, lines)):
            stored, outcome.patient = stored or outcome.patient, False
            self._done(Unit(group.patient, written, final=True), outcome)
        self.report.patients += stored

    def _slices(self, group: Group, lines: list[Line]) -> Iterator[Unit]:
        part: list[Line] = []
        size = 0
        for line in lines:
            if part and size + group.size_of(line) > LARGEST_SLICE:
                yield self._final(group.patient, group.load(part))
                self._tell()
                part, size = [], 0
            part.append(line)
            size += group.size_of(line)
        if part:
            yield self._final(group.patient, group.load(part))

    def _medicines(self, lines: list[Line]) -> dict[str, bytes]:
        if not self.medications:
            return {}
        wanted = [line.raw for line in lines if line.kind in ("MedicationRequest", "MedicationStatement")]
        return {key: raw for key, raw in self.medications.items() if any(key.encode() in one for one in wanted)}

    def _done(self, unit: Unit, outcome: Outcome) -> None:
        if outcome.deferred:
            for line in unit.lines:
                line.links |= unit.urns
                self.room.add(unit.patient, line)
            return
        for line, status, reason in zip(unit.lines, outcome.statuses, outcome.reasons, strict=True):
            if status == "left_out":
                self.report.leave_out(line.kind, line.id, line.where, reason)
            else:
                self.report.became(line.kind, status)
        for place, words in outcome.notes:
            line = unit.lines[place]
            self.report.keep_in_part(line.kind, line.id, line.where, words)
        self.report.extensions.update(outcome.extensions)
        self.report.patients += outcome.patient
        if not unit.final:
            self.room.written(unit.patient, unit.lines)

    def _tell(self) -> None:
        done = Progress(self.bytes_read, self.bytes_total, self.report.patients, self.seen, self.finishing)
        self.progressed(done)


def _odd(urns: Urns) -> Urns:
    """Return the URNs of a bundle that do not say by themselves what they stand for."""
    return {urn: (kind, key) for urn, (kind, key) in urns.items() if kind in _REFERRED or urn.rsplit(":", 1)[-1] != key}


def _in(raw: bytes, urns: Urns) -> Urns:
    """Return those URNs that a resource mentions."""
    if not urns:
        return {}
    mentioned = (found.decode("utf-8", "replace") for found in _URN.findall(raw))
    return {urn: urns[urn] for urn in mentioned if urn in urns}
