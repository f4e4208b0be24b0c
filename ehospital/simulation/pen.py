"""Writes the lines of one invented chart; what they say is decided in `lifetimes` and `stays`."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from ehospital.clinical import details as lines
from ehospital.clinical.details import NOTHING, Moment, Record
from ehospital.kernel.codes import LOINC, SNOMED, Code
from ehospital.simulation import catalogue
from ehospital.simulation.laboratory import Result
from ehospital.simulation.regimes import Taken

_SPACE = UUID("6d1f0c5e-7c0b-5b7e-9d6c-2f6a3a0e4b11")
_LABORATORY_S = 75 * 60
KINDS = MappingProxyType({"11488-4": "Clinic letter", "18842-5": "Discharge summary", "34117-2": "Admission note"})
"""Kinds of documents by LOINC code."""


@dataclass(frozen=True, slots=True)
class Doctor:
    """Who signs; `department` is a ward's key or "clinic". Without an id the name alone is written."""

    name: str
    department: str
    id: UUID | None = None


class Pen:
    """Collects the lines of one chart, with ids that follow from the seed and the patient's number.

    Attributes:
        files: contents of the documents, by key.
    """

    def __init__(self, *, seed: int, number: int, now: datetime, doctor: Doctor) -> None:
        self.files: dict[str, bytes] = {}
        self._now, self._doctor = now, doctor
        self._space = uuid5(_SPACE, f"{seed}/{number}")
        self._made = 0
        self._lines: dict[str, list[Any]] = {name: [] for name in Record.__dataclass_fields__}

    def record(self) -> Record:
        """Return everything written so far."""
        return Record(**{name: tuple(found) for name, found in self._lines.items()})

    def allergy(self, kind: catalogue.AllergyKind, manifestation: str, at: datetime) -> None:
        """Write one allergy with its reaction."""
        reaction = lines.ReactionDetails((manifestation,), kind.severity)
        self._add("allergies", lines.AllergyDetails(
            **self._signed(at), code=kind.substance, kind=kind.kind, categories=kind.categories,
            criticality=kind.criticality, reactions=(reaction,),
        ))  # fmt: skip

    def no_known_allergies(self, at: datetime) -> None:
        """Write that somebody asked and nothing is known."""
        self._add("no_known_allergies", lines.NoKnownAllergiesDetails(**self._signed(at)))

    def encounter(
        self, code: Code, setting: str, start: datetime, end: datetime | None, *, place: str, reason: Code,
        outcome: str = "",
    ) -> UUID:  # fmt: skip
        """Write a visit or a stay and return its id; without an end it is going on."""
        made = lines.EncounterDetails(
            id=self._id(), code=code, setting=setting, status="finished" if end else "in-progress", started_at=start,
            ended_at=end, reason=reason, outcome=outcome, place=place, clinician_id=self._doctor.id,
            clinician_text=self._doctor.name, recorded_at=start,
        )  # fmt: skip
        self._add("encounters", made)
        return made.id

    def problem(
        self, code: Code, other: Sequence[Code], onset: Moment, *, visit: UUID | None = None,
        abated: Moment | None = None, status: str = "active", severity: str = "", note: str = "",
    ) -> None:  # fmt: skip
        """Write a problem, or, with a visit, its diagnosis."""
        self._add("problems", lines.ProblemDetails(
            **self._signed(onset.at), code=code, other_codes=tuple(other), onset=onset, abated=abated,
            encounter_id=visit, status="resolved" if abated else status, severity=severity, note=note,
            category="encounter-diagnosis" if visit else "problem-list-item",
        ))  # fmt: skip

    def medicine(self, taken: Taken, started: datetime, *, stay: UUID | None = None) -> None:
        """Write a medicine that is taken at home, or, with a stay, one ordered there."""
        code, other = catalogue.product(taken.medicine)
        self._add("medicines", lines.MedicineDetails(
            **self._signed(started), code=code, other_codes=other, encounter_id=stay, reason=taken.reason,
            kind="request" if stay else "statement", intent="order" if stay else "", dosage_text=taken.dosage,
            as_needed="when required" in taken.dosage, started=Moment(started, "time" if stay else "day"),
        ))  # fmt: skip

    def hold(self, prefixes: tuple[str, ...]) -> None:
        """Put the medicines with these ATC prefixes on hold."""
        self._lines["medicines"] = [
            replace(line, status="on-hold", note="Withheld during this admission.")
            if prefixes and line.code.code.startswith(prefixes)
            else line
            for line in self._lines["medicines"]
        ]

    def relative(self, told: lines.FamilyHistoryDetails, at: datetime) -> None:
        """Write what a relative has or had."""
        self._add("family_history", replace(told, **self._signed(at)))

    def pregnancy(self, told: lines.PregnancyDetails, at: datetime) -> None:
        """Write a pregnancy."""
        self._add("pregnancies", replace(told, **self._signed(at)))

    def procedure(self, name: str, snomed: str, when: Moment, *, visit: UUID | None = None, reason: str = "") -> None:
        """Write what was done."""
        self._add("procedures", lines.ProcedureDetails(
            **self._signed(when.at), code=_coded(snomed, name), performed=when, encounter_id=visit, reason=reason,
        ))  # fmt: skip

    def immunisation(self, vaccine: catalogue.Vaccine, at: datetime, *, lot: str, site: str) -> None:
        """Write a vaccination that a practice nurse gave."""
        self._add("immunisations", lines.ImmunisationDetails(
            id=self._id(), code=vaccine.code, given=Moment(at, "day"), dose_text=vaccine.dose, lot=lot, site=site,
            route="Intramuscular", recorded_at=at, recorded_by_text="Practice nurse",
        ))  # fmt: skip

    def plan(self, title: str, snomed: str, activities: Iterable[str], goal: str, at: datetime) -> None:
        """Write a plan of care and what it wants to reach."""
        plan = lines.CarePlanDetails(
            **self._signed(at), code=_coded(snomed, title), started_at=at,
            activities=tuple(lines.ActivityDetails(Code("", "", words)) for words in activities),
        )  # fmt: skip
        self._add("care_plans", plan)
        if goal:
            self._add("goals", lines.GoalDetails(
                **self._signed(at), code=Code("", "", goal), care_plan_id=plan.id, started_on=at.date(),
            ))  # fmt: skip

    def flag(self, kind: str, words: str, at: datetime, stay: UUID | None) -> None:
        """Raise a safety flag."""
        self._add("flags", lines.FlagDetails(
            **self._signed(at), kind=kind, words=words, started_at=at, encounter_id=stay,
        ))  # fmt: skip

    def letter(self, loinc: str, title: str, text: str, at: datetime, visit: UUID) -> None:
        """File a letter or a note."""
        content = text.encode()
        key = hashlib.sha256(content).hexdigest()  # the key under which `foundation.files` will keep it
        self.files[key] = content
        kind = KINDS[loinc]
        self._add("documents", lines.DocumentDetails(
            **self._signed(at), code=Code(LOINC, loinc, kind), title=title, written_at=at, encounter_id=visit,
            file_key=key, file_name=f"{kind.lower().replace(' ', '-')}-{at:%Y-%m-%d}.txt",
            content_type="text/plain; charset=utf-8", size_bytes=len(content),
        ))  # fmt: skip

    def results(self, found: Iterable[Result], at: datetime, visit: UUID) -> None:
        """Write what the laboratory found in one sample."""
        issued = min(at + timedelta(seconds=_LABORATORY_S), self._now)
        for one in found:
            self._add("observations", lines.ObservationDetails(
                id=self._id(), code=catalogue.lab_code(one.test), effective=Moment(at), encounter_id=visit,
                value=quantity(one.value, one.test.unit), interpretation=one.flag,
                reference=lines.Reference(low=_limit(one.low, one), high=_limit(one.high, one)),
                issued_at=issued, recorded_at=issued, recorded_by_text="Laboratory",
            ))  # fmt: skip

    def finding(
        self, loinc: str, words: str, value: lines.Value, at: datetime, *, visit: UUID | None = None,
        category: str = "vital-signs", parts: Sequence[tuple[str, str, lines.Value]] = (),
    ) -> None:  # fmt: skip
        """Write something measured or asked; a panel has parts (LOINC code, words, value) instead of a value."""
        self._add("observations", lines.ObservationDetails(
            **self._signed(at), code=Code(LOINC, loinc, words), effective=Moment(at), value=value, category=category,
            encounter_id=visit,
            parts=tuple(lines.PartDetails(code=Code(LOINC, code, name), value=one) for code, name, one in parts),
        ))  # fmt: skip

    def _signed(self, at: datetime) -> dict[str, Any]:
        doctor = self._doctor
        return {
            "id": self._id(),
            "recorded_at": min(at, self._now),
            "recorded_by_id": doctor.id,
            "recorded_by_text": doctor.name,
        }

    def _add(self, table: str, line: object) -> None:
        self._lines[table].append(line)

    def _id(self) -> UUID:
        self._made += 1
        return uuid5(self._space, str(self._made))


def quantity(number: str, ucum: str) -> lines.Value:
    """Return a measured value, its unit spelled as people write it."""
    return lines.Value(number=Decimal(number), unit=catalogue.spelled(ucum), ucum=ucum)


def _coded(snomed: str, words: str) -> Code:
    return Code(SNOMED, snomed, words) if snomed else replace(NOTHING, display=words)


def _limit(value: float | None, result: Result) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.{result.test.decimals}f}")
