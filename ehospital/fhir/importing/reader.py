"""What the resources of one unit say: read in order, their links followed, into the lines of a record."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ehospital.clinical.details import Provenance, Record
from ehospital.fhir.elements import Element, LeftOut, Reading, extension_urls, parse
from ehospital.fhir.importing.chart import CHART, KEPT_EXTENSIONS, PLACE, list_of
from ehospital.fhir.importing.directory import Directory
from ehospital.fhir.importing.unit_links import UnitLinks
from ehospital.fhir.importing.waiting import Line, Unit
from ehospital.fhir.mapping import documents, families, patients
from ehospital.fhir.references import row_id
from ehospital.foundation import files
from ehospital.people.details import PatientDetails


class Reader:
    """Reads one unit, or one slice of a large one: then `links` knows the slices before.

    `left_out` says, by place, why a line is not stored; `keys` which rows the others become; `contents` are the files
    that have to be stored before the rows; `readings` know what had to be left away of a line.
    """

    def __init__(
        self, unit: Unit, directory: Directory, *, at: datetime, zone: ZoneInfo, links: UnitLinks | None = None
    ) -> None:
        self.unit, self.directory, self.links = unit, directory, links
        self.at, self.zone, self.source = at, zone, directory.source
        self.readings = [Reading(at, zone) for _ in unit.lines]
        self.left_out: dict[int, str] = {}
        self.keys: dict[int, UUID] = {}
        self.contents: dict[UUID, documents.File] = {}
        self.extensions: Counter[str] = Counter()
        self._parsed: list[Element | None] = [None] * len(unit.lines)
        self._entries: dict[str, list[Any]] = {}
        self._origins: dict[UUID, tuple[str, str]] = {}
        self._relatives: dict[UUID, tuple[UUID, ...]] = {}

    @property
    def record(self) -> Record:
        """What was read."""
        return Record(**{name: tuple(lines) for name, lines in self._entries.items()})

    @property
    def provenance(self) -> Provenance:
        """Where each line comes from."""
        return Provenance(self.source, self._origins, self._relatives)

    def parse(self) -> None:
        """Read the JSON of every line."""
        for place, line in enumerate(self.unit.lines):
            try:
                resource = self._parsed[place] = parse(line.raw, line.kind, self.readings[place])
            except LeftOut as why:
                self.left_out[place] = str(why)
            else:
                self.extensions.update(url for url in extension_urls(resource.json) if url not in KEPT_EXTENSIONS)

    def patient_id(self) -> UUID | None:
        """Return whose lines these are, as far as it is known."""
        kind, _, key = self.unit.patient.partition("/")
        if key:
            return row_id(self.source, kind, key)
        system, _, value = self.unit.patient.removeprefix("Patient?").rpartition("|")
        return self.directory.patient((system, value))

    def demographics(self) -> PatientDetails | None:
        """Return the patient, when the unit brings one that can be stored."""
        for place, line in enumerate(self.unit.lines):
            resource = self._parsed[place]
            if line.kind != "Patient" or resource is None:
                continue
            try:
                details = patients.read(resource)
            except LeftOut as why:
                self.left_out[place] = str(why)
                return None
            self.keys[place] = row_id(self.source, line.kind, line.id)
            self._origins[self.keys[place]] = (line.kind, line.id)
            return details
        return None

    def read(self, patient_id: UUID) -> UnitLinks:
        """Read the lines of the chart, and return the links that they were followed by."""
        links = self.links = self.links or UnitLinks(patient_id, self.unit, self.directory)
        links.medicines = self._medication
        order = sorted(range(len(self.unit.lines)), key=lambda place: PLACE.get(self.unit.lines[place].kind, -1))
        for place in order:
            resource = self._parsed[place]
            if self.unit.lines[place].kind == "CarePlan" and resource:
                self._goals(resource, self.unit.lines[place], links)
        for place in order:
            line, resource = self.unit.lines[place], self._parsed[place]
            if line.kind in CHART and resource is not None:
                self._read_one(place, line, resource, links)
        return links

    def _goals(self, plan: Element, line: Line, links: UnitLinks) -> None:
        try:
            links.goals(plan, row_id(self.source, line.kind, line.id))
        except LeftOut:
            return  # the plan will be left out for the same reason when it is read

    def _read_one(self, place: int, line: Line, resource: Element, links: UnitLinks) -> None:
        key = row_id(self.source, line.kind, line.id)
        try:
            links.begin(resource)
            found = CHART[line.kind][1](resource, key, links)
        except LeftOut as why:
            links.left_out(line)
            self.left_out[place] = str(why)
            if isinstance(why, families.NoCondition):
                self._relative(key, ())
            return
        first, *more = self._with_files(line.kind, found)
        self._take(line.kind, first, (line.kind, line.id))
        for one in more:
            self._take(line.kind, one, (f"{line.kind}.condition", str(one.id)))
        if line.kind == "FamilyMemberHistory":
            self._relative(key, (first, *more))
        self.keys[place] = key
        links.stored(line, first.code.display if hasattr(first, "code") else "")

    def _relative(self, key: UUID, lines: tuple[Any, ...]) -> None:
        """Note down which lines a relative is now."""
        self._relatives[key] = tuple(one.id for one in lines)

    def _with_files(self, kind: str, found: Any) -> tuple[Any, ...]:
        """Return the lines that a resource became; what files it brings are kept for later."""
        if kind in ("DocumentReference", "QuestionnaireResponse"):
            return (self._with_file(*found),)
        if kind == "DiagnosticReport":
            report, printed = found
            if printed:
                document = self._with_file(*printed)
                origin = ("DiagnosticReport.presentedForm", str(report.id))
                self._entries.setdefault("documents", []).append(document)
                self._origins[document.id] = origin
            return (report,)
        return found if isinstance(found, tuple) else (found,)

    def _take(self, kind: str, details: Any, origin: tuple[str, str]) -> None:
        self._entries.setdefault(list_of(kind, details), []).append(details)
        self._origins[details.id] = origin

    def _with_file(self, document: Any, file: documents.File | None) -> Any:
        if file is None:
            return document
        self.contents[document.id] = file
        return replace(document, file_key=files.key_of(file.content))

    def _medication(self, key: str) -> Element | None:
        raw = self.unit.medicines.get(key)
        try:
            return parse(raw, "Medication", Reading(self.at, self.zone)) if raw else None
        except LeftOut:
            return None
