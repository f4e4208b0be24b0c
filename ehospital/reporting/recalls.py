"""Recall registers: who of those in my care is overdue, with the reasons, and where they live.

Rules are `algorithms.recall` and the schedule of vaccinations; facts are what charts and monitors hold. A diagnosis
that is confidential to the viewer calls nobody; the date of a confidential result is not said.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from ehospital.algorithms import immunisation_schedule, recall
from ehospital.algorithms.recall import Check, Facts, Pressure, Reason, Register
from ehospital.clinical import schedules
from ehospital.clinical.models import Encounter, Immunisation, Observation, Pregnancy, Problem
from ehospital.clinical.queries.confidential import hidden_from
from ehospital.foundation import audit
from ehospital.foundation.days import hospital_day
from ehospital.kernel.codes import LOINC
from ehospital.monitoring.queries import pressures
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.people.models import Patient, PatientAddress, PatientTelecom

SHOWN_AT_MOST: Final = 100
LOOKED_BACK: Final = timedelta(days=800)
_PRESENT: Final = ("active", "recurrence", "relapse")
_UNTRUE: Final = ("entered-in-error", "cancelled", "registered", "superseded")
_SEEN: Final = ("arrived", "triaged", "in-progress", "onleave", "finished")
VACCINATED_UNTIL_YEARS: Final = 18

# ICD-10 (WHO) chapters and the SNOMED CT concepts that the hospital's own lists use.
DIAGNOSES: Final[Mapping[Register, tuple[str, ...]]] = {
    Register.DIABETES: ("E10", "E11", "E12", "E13", "E14", "44054006", "46635009", "73211009"),
    Register.HYPERTENSION: ("I10", "I11", "I12", "I13", "I15", "59621000", "38341003"),
}
# LOINC codes of one check: NGSP and IFCC HbA1c; creatinine and eGFR; albumin to creatinine.
CHECKS: Final[Mapping[Check, tuple[str, ...]]] = {
    Check.HBA1C: ("4548-4", "59261-8", "17856-6"),
    Check.KIDNEYS: ("2160-0", "14682-9", "33914-3", "48642-3", "62238-1", "98979-8"),
    Check.URINE: ("14959-1", "9318-7", "32294-1"),
}
SYSTOLIC, DIASTOLIC = f"{LOINC}|8480-6", f"{LOINC}|8462-4"
_BY_CONCEPT: Final = {f"{LOINC}|{code}": check for check, codes in CHECKS.items() for code in codes}


@dataclass(frozen=True)
class Recalled:
    """Somebody who is overdue: the reasons, the longest first, and how to find them."""

    patient: Patient
    reasons: tuple[Reason, ...]
    place: str
    address: str
    phone: str

    @property
    def since(self) -> date:
        """Since when the longest one is due."""
        return self.reasons[0].due_on


@dataclass(frozen=True)
class RecallList:
    """The first hundred, the longest overdue first, and whether there are more."""

    register: Register
    lines: tuple[Recalled, ...]
    more: bool


@dataclass
class _Known:
    """What is known of one candidate: the lines that made them one, what was done last, and the lines that say so."""

    sources: set[UUID] = field(default_factory=set)
    known_on: date | None = None
    last: dict[Check, tuple[date, UUID | None]] = field(default_factory=dict)
    pressure: Pressure | None = None
    pressure_at: datetime | None = None


def recall_list(register: Register, *, viewer: access.Actor, at: datetime) -> RecallList:
    """Return who of those whose chart the viewer may open is overdue; audited for each who is shown.

    Raises:
        NotPermitted: `viewer` may open no chart.
        UnusableSchedule: the table of vaccinations that the hospital named cannot be read.
    """
    if not access.holds(viewer, Permission.CHART_READ):
        raise access.NotPermitted(f"{viewer.name} may not {Permission.CHART_READ.value}")
    visible = access.visible_patients(viewer, Permission.CHART_READ).filter(active=True, deceased=False)
    shown, more = _shown(_overdue(register, visible, at), viewer)
    lines = tuple(_lines(shown))
    audit.record_listed("recall.listed", [one.patient.pk for one in lines], by=viewer, at=at, subject=register)
    return RecallList(register, lines, more)


def recalled(register: Register, patient_id: UUID, *, viewer: access.Actor, at: datetime) -> Recalled:
    """Return why one patient is called back, to write to them; the look is written down.

    Raises:
        NotPermitted: `viewer` may not take this chart out, or nothing is overdue that they may know of.
    """
    access.require(viewer, Permission.CHART_TAKE_OUT, patient_id=patient_id)
    one = Patient.objects.filter(pk=patient_id, active=True, deceased=False)
    shown, _more = _shown(_overdue(register, one, at), viewer)
    if not shown:
        raise access.NotPermitted(f"{viewer.name} may not {Permission.CHART_TAKE_OUT.value}")
    with transaction.atomic():
        audit.record("recall.printed", by=viewer, at=at, patient_id=patient_id, subject=register)
    (line,) = _lines(shown)
    return line


def _overdue(register: Register, visible: "QuerySet[Patient]", at: datetime) -> "_Found":
    """Return who of these is overdue, the longest first."""
    rule = {Register.ANTENATAL: _pregnant, Register.VACCINATION: _unvaccinated}.get(register, _ill)
    return sorted(rule(register, visible, at), key=lambda one: (one[1][0].due_on, one[0]))


_Found = list[tuple[UUID, tuple[Reason, ...], "_Known"]]


def _shown(ranked: _Found, viewer: access.Actor) -> tuple[list[tuple[UUID, tuple[Reason, ...]]], bool]:
    """Return the first of whom the viewer may know why they are called; of what is hidden no date is told."""
    shown: list[tuple[UUID, tuple[Reason, ...]]] = []
    for key, reasons, known in ranked:
        hidden = hidden_from(viewer, key)
        if known.sources and known.sources <= hidden:
            continue
        if len(shown) == SHOWN_AT_MOST:
            return shown, True
        kept = {check: line for check, (_on, line) in known.last.items()}
        shown.append(
            (key, tuple(replace(one, last_on=None) if kept.get(one.check) in hidden else one for one in reasons))
        )
    return shown, False


def _lines(shown: Sequence[tuple[UUID, tuple[Reason, ...]]]) -> Iterator[Recalled]:
    keys = [key for key, _ in shown]
    patients = Patient.objects.prefetch_related("identifiers").in_bulk(keys)
    addresses: dict[UUID, PatientAddress] = {}
    for one in PatientAddress.objects.filter(patient_id__in=keys).order_by("-id"):
        addresses[one.patient_id] = one
    phones = dict(
        PatientTelecom.objects.filter(patient_id__in=keys, kind__in=["phone", "sms"])
        .order_by("-id")
        .values_list("patient_id", "value")
    )
    for key, reasons in shown:
        address = addresses.get(key)
        yield Recalled(
            patient=patients[key],
            reasons=reasons,
            place=(address.city or address.district) if address else "",
            address=", ".join(address.lines.splitlines()) if address else "",
            phone=phones.get(key, ""),
        )


def meant(register: Register, codes: Iterable[str]) -> bool:
    """Return whether a diagnosis with these codes puts somebody into a register."""
    wanted = DIAGNOSES[register]
    return any(code == one or code.startswith(f"{one}.") for code in codes for one in wanted)


def _ill(register: Register, visible: "QuerySet[Patient]", moment: datetime) -> _Found:
    today = hospital_day(moment)
    known: dict[UUID, _Known] = defaultdict(_Known)
    rows = Problem.objects.filter(patient__in=visible, status__in=_PRESENT)
    for one in rows.exclude(verification__in=["entered-in-error", "refuted"]).order_by("patient_id", "id"):
        if meant(register, [one.code, *(other[1] for other in one.other_codes)]):
            held = known[one.patient_id]
            held.sources.add(one.pk)
            on = hospital_day(one.onset_at or one.recorded_at)
            held.known_on = min(held.known_on or on, on)
    _add_results(known, today)
    _add_pressures(known, moment)
    rule = recall.diabetes if register is Register.DIABETES else recall.hypertension
    found = []
    for key, held in known.items():
        last: dict[Check, date] = {check: on for check, (on, _line) in held.last.items() if check is not Check.PRESSURE}
        if reasons := rule(Facts(held.known_on, last, held.pressure), today=today):
            found.append((key, reasons, held))
    return found


def _add_results(known: Mapping[UUID, _Known], today: date) -> None:
    rows = Observation.objects.filter(patient_id__in=list(known), concept__in=list(_BY_CONCEPT))
    rows = rows.exclude(status__in=_UNTRUE).filter(effective_at__date__lte=today)
    for key, patient, concept, at in rows.values_list("pk", "patient_id", "concept", "effective_at"):
        check, on = _BY_CONCEPT[concept], hospital_day(at)
        held = known[patient].last
        if check not in held or on > held[check][0]:
            held[check] = (on, key)


def _add_pressures(known: Mapping[UUID, _Known], moment: datetime) -> None:
    """Add the newest blood pressure of each: from the chart, or from the bedside."""
    parts: dict[tuple[UUID, datetime], dict[str, float]] = defaultdict(dict)
    lines: dict[tuple[UUID, datetime], UUID] = {}
    measured = Observation.objects.filter(concept__in=[SYSTOLIC, DIASTOLIC], value__isnull=False)
    rows = measured.filter(patient_id__in=list(known))
    for key, patient, concept, at, value in rows.exclude(status__in=_UNTRUE).values_list(
        "pk", "patient_id", "concept", "effective_at", "value"
    ):
        if value is not None and at <= moment:
            parts[patient, at][concept] = float(value)
            lines[patient, at] = key
    for (patient, at), one in parts.items():
        if SYSTOLIC in one:
            _newest(known[patient], at, (one[SYSTOLIC], one.get(DIASTOLIC)), lines[patient, at])
    bedside = pressures.newest_pressures(list(known), since=moment - LOOKED_BACK, until=moment)
    for key, (at, high, low) in bedside.items():
        _newest(known[key], at, (high, low), None)


def _newest(held: _Known, at: datetime, seen: tuple[float, float | None], line: UUID | None) -> None:
    if held.pressure_at is None or at > held.pressure_at:
        held.pressure_at, held.pressure = at, Pressure(hospital_day(at), *seen)
        held.last[Check.PRESSURE] = held.last[Check.PRESSURE_HIGH] = (held.pressure.on, line)


def _pregnant(_register: Register, visible: "QuerySet[Patient]", moment: datetime) -> _Found:
    today = hospital_day(moment)
    rows = Pregnancy.objects.filter(
        patient__in=visible, outcome="ongoing", entered_in_error=False, last_period_on__isnull=False
    )
    running = {one.patient_id: one for one in rows.order_by("recorded_at", "id")}
    met: dict[UUID, list[date]] = defaultdict(list)
    encounters = Encounter.objects.filter(patient_id__in=list(running), status__in=_SEEN, started_at__isnull=False)
    for key, at in encounters.values_list("patient_id", "started_at"):
        if at is not None:
            met[key].append(hospital_day(at))
    found = []
    for key, one in running.items():
        assert one.last_period_on is not None
        if reasons := recall.antenatal(one.last_period_on, met[key], today=today):
            found.append((key, reasons, _Known(sources={one.pk})))
    return found


def _unvaccinated(_register: Register, visible: "QuerySet[Patient]", moment: datetime) -> _Found:
    followed, today = schedules.followed(), hospital_day(moment)
    earliest = today.replace(year=today.year - VACCINATED_UNTIL_YEARS, day=min(today.day, 28))
    young = {one.pk: one for one in visible.filter(birth_on__gt=earliest).order_by("pk")}
    given: dict[UUID, list[immunisation_schedule.Given]] = defaultdict(list)
    rows = Immunisation.objects.filter(Q(given_at__isnull=False), patient_id__in=list(young), status="completed")
    for one in rows:
        codes = {f"{one.code_system}|{one.code}", *(f"{system}|{code}" for system, code, _ in one.other_codes)}
        assert one.given_at is not None
        given[one.patient_id].append(immunisation_schedule.Given(hospital_day(one.given_at), frozenset(codes)))
    found = []
    for key, child in young.items():
        standings = immunisation_schedule.standings(
            followed.series,
            given[key],
            born=child.birth_on,
            precision=child.birth_precision,
            sex=child.sex,
            today=today,
        )
        reasons = [
            Reason(Check.DOSE, one.on, words=one.series.key)
            for one in standings
            if one.state is immunisation_schedule.State.OVERDUE and one.on is not None
        ]
        if reasons:
            found.append((key, tuple(sorted(reasons, key=lambda one: (one.due_on, one.words))), _Known()))
    return found
