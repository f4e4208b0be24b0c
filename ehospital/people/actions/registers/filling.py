"""Adding to a known record what a row tells and the record does not: never overwriting, and undoably."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F

from ehospital.foundation import audit, locks
from ehospital.kernel.folding import fold
from ehospital.people import access, known, told_json
from ehospital.people.actions.registering import rewrite_traits
from ehospital.people.details import PatientDetails
from ehospital.people.models import (
    Patient,
    PatientAddress,
    PatientContact,
    PatientIdentifier,
    PatientTelecom,
    RegisterRow,
)

PARTS: Final[dict[str, Any]] = {
    "identifiers": PatientIdentifier,
    "telecoms": PatientTelecom,
    "addresses": PatientAddress,
    "contacts": PatientContact,
}
_KIND: Final = {"identifiers": "system", "telecoms": "kind"}
"""Of these a person has one of each kind; of the others, the record has some or none."""


@dataclass
class Filling:
    """One batch of rows that are of known people.

    Attributes:
        source: what the audit trail names.
        taken: numbers that are somebody's already.
    """

    source: str
    taken: dict[tuple[str, str], UUID]
    new: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    plain: dict[UUID, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    fields: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))

    def write(self, targets: Sequence[tuple[RegisterRow, UUID]], *, by: access.Actor, at: datetime) -> None:
        """Fill in what is empty, row by row, and note in each row what it filled."""
        keys = sorted({key for _, key in targets})
        if not keys:
            return
        locks.rows(Patient.objects.all(), keys)
        held = {one.pk: one for one in Patient.objects.filter(pk__in=keys).prefetch_related(*known.PARTS)}
        stands = {key: known.known_details(one) for key, one in held.items()}
        for row, key in targets:
            self._fill(row, key, stands[key])
            stands[key] = self._with(stands[key], row)
        for part, rows in self.new.items():
            PARTS[part]._default_manager.bulk_create(rows, batch_size=1000)
        changed = sorted(self.fields)
        for key in changed:
            touched = held[key].version == held[key].imported_version
            Patient.objects.filter(pk=key).update(
                **self.plain[key], version=F("version") + 1, changed_at=at,
                imported_version=F("imported_version") + 1 if touched else held[key].imported_version,
            )  # fmt: skip
        rewrite_traits(changed)
        audit.record_many([
            audit.event("patient.updated", by=by, at=at, patient_id=key, subject=self.source,
                        details={"fields": sorted(self.fields[key])})
            for key in changed
        ])  # fmt: skip

    def _fill(self, row: RegisterRow, key: UUID, stands: PatientDetails) -> None:
        told = told_json.from_json(row.details)
        filled: dict[str, Any] = {}
        plain = _missing(stands, told)
        if plain:
            self.plain[key] |= plain
            filled["plain"] = {name: str(value) for name, value in plain.items()}
        for part in PARTS:
            rows = [PARTS[part](patient_id=key, **asdict(one)) for one in self._lacking(part, stands, told)]
            if rows:
                self.new[part] += rows
                filled[part] = [str(one.pk) for one in rows]
        row.problems = [*row.problems, *(["record-differs", -1, name] for name in differing(stands, told))]
        if filled:
            row.filled, row.outcome = filled, RegisterRow.Outcome.FILLED
            self.fields[key] |= set(filled) - {"plain"} | set(plain)

    def _lacking(self, part: str, stands: PatientDetails, told: PatientDetails) -> list[Any]:
        """Return the rows of which the record has none of the kind; a number that is another's is left."""
        kind = _KIND.get(part)
        has = {getattr(one, kind) if kind else "" for one in getattr(stands, part)}
        rows = [one for one in getattr(told, part) if (getattr(one, kind) if kind else "") not in has]
        if part != "identifiers":
            return rows
        free = [one for one in rows if (one.system, one.value) not in self.taken]
        self.taken |= {(one.system, one.value): UUID(int=0) for one in free}
        return free

    def _with(self, stands: PatientDetails, row: RegisterRow) -> PatientDetails:
        """Return what the record knows after the row."""
        if not row.filled:
            return stands
        told = told_json.from_json(row.details)
        values = {**stands.__dict__, **_missing(stands, told)}
        for part in PARTS:
            kind = _KIND.get(part)
            has = {getattr(one, kind) if kind else "" for one in getattr(stands, part)}
            more = tuple(one for one in getattr(told, part) if (getattr(one, kind) if kind else "") not in has)
            values[part] = (*getattr(stands, part), *more)
        return PatientDetails(**values)


def _missing(stands: PatientDetails, told: PatientDetails) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if stands.sex == Patient.Sex.UNKNOWN and told.sex != Patient.Sex.UNKNOWN:
        found["sex"] = told.sex
    if stands.birth_on is None and told.birth_on is not None:
        found |= {"birth_on": told.birth_on, "birth_precision": told.birth_precision}
    if not stands.marital_status and told.marital_status:
        found["marital_status"] = told.marital_status
    return found


def differing(stands: PatientDetails, told: PatientDetails) -> Iterable[str]:
    """Return in what a row says otherwise than the record, which stays as it is: names of fields."""
    if told.sex not in ("unknown", stands.sex) and stands.sex != "unknown":
        yield "sex"
    if told.birth_on and stands.birth_on and told.birth_on != stands.birth_on:
        yield "birth"
    names = {(fold(one.family), fold(one.given)) for one in stands.names}
    if not {(fold(one.family), fold(one.given)) for one in told.names} & names:
        yield "names"
    for part, kind in (("telecoms", "kind"), ("identifiers", "system")):
        has: dict[str, set[str]] = defaultdict(set)
        for one in getattr(stands, part):
            has[getattr(one, kind)].add(fold(one.value))
        rows = [one for one in getattr(told, part) if getattr(one, kind) in has]
        if any(fold(one.value) not in has[getattr(one, kind)] for one in rows):
            yield part
    lines = fold(told.addresses[0].lines) if told.addresses else ""
    if lines and stands.addresses and lines not in {fold(one.lines) for one in stands.addresses}:
        yield "addresses"
