"""Clinicians and organisations: written before the patients whose records name them, and once."""

import zoneinfo
from datetime import datetime
from typing import Any
from uuid import UUID

from ehospital.clinical import actions
from ehospital.clinical.details import digest_of
from ehospital.fhir.elements import LeftOut, Reading, extension_urls, parse
from ehospital.fhir.importing.report import Report
from ehospital.fhir.importing.resources import Resource
from ehospital.fhir.mapping import outsiders
from ehospital.fhir.references import row_id
from ehospital.people import access

OTHERWISE = "the same id came before in this input with other content; the first stands"
_READ: dict[str, Any] = {
    "Practitioner": outsiders.read_practitioner,
    "Organization": outsiders.read_organisation,
    "Location": outsiders.read_location,
}


class Outside:
    """Collects them and writes them in batches; bundles repeat theirs, so most are known already."""

    def __init__(self, report: Report, *, source: str, at: datetime, zone: str) -> None:
        self.report, self.source, self.at = report, source, at
        self.zone = zoneinfo.ZoneInfo(zone)
        self.actor = access.system("fhir import", at=at)
        self._seen: dict[UUID, bytes] = {}
        self._pending: dict[UUID, actions.Outsider] = {}
        self._places: dict[UUID, Resource] = {}

    def __len__(self) -> int:
        return len(self._pending)

    def add(self, resource: Resource) -> None:
        """Take one; what came before in this input stands, whatever it says now."""
        key = row_id(self.source, resource.kind, resource.id)
        reading = Reading(self.at, self.zone)
        try:
            details, numbers = self._read(resource, reading)
        except LeftOut as why:
            self.report.leave_out(resource.kind, resource.id, resource.where, str(why))
            return
        mark = digest_of([details, numbers])
        if key in self._seen:
            if self._seen[key] == mark:
                self.report.became(resource.kind, "unchanged")
            else:
                self.report.leave_out(resource.kind, resource.id, resource.where, OTHERWISE)
            return
        for words in reading.notes:
            self.report.keep_in_part(resource.kind, resource.id, resource.where, words)
        self._seen[key] = mark
        self._pending[key] = actions.Outsider(key, resource.kind, resource.id, details, numbers)
        self._places[key] = resource

    def flush(self) -> None:
        """Write those that were collected, in one transaction."""
        if not self._pending:
            return
        written = actions.import_outsiders(list(self._pending.values()), source=self.source, by=self.actor, at=self.at)
        for name in ("imported", "updated", "unchanged"):
            for key in getattr(written, name):
                self.report.became(self._places[key].kind, name)
        self._pending.clear()
        self._places.clear()

    def _read(self, resource: Resource, reading: Reading) -> Any:
        element = parse(resource.raw, resource.kind, reading)
        self.report.extensions.update(extension_urls(element.json))
        return _READ[resource.kind](element)
