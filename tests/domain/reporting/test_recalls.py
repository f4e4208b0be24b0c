"""Recall registers on a real record: who is on them, why, and who sees it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from ehospital.algorithms.recall import Check, Register
from ehospital.clinical import actions
from ehospital.clinical.actions import confiding
from ehospital.clinical.details import (
    Code,
    EncounterDetails,
    Moment,
    ObservationDetails,
    PregnancyDetails,
    Record,
    loinc,
    quantity,
)
from ehospital.clinical.models import Problem
from ehospital.foundation.models import AuditEvent
from ehospital.kernel.codes import ICD10, SNOMED
from ehospital.monitoring import actions as monitoring
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.access import Role
from ehospital.reporting import recalls
from tests.factories import clinical as charts
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
DIABETES = Code(SNOMED, "44054006", "Type 2 diabetes")
HIGH = Code(ICD10, "I10", "Essential hypertension")


def ago(days: int) -> datetime:
    return NOON - timedelta(days=days)


def test_a_day_is_not_a_code() -> None:
    assert recalls.meant(Register.DIABETES, ["E11.9"]) and recalls.meant(Register.DIABETES, ["E11"])
    assert not recalls.meant(Register.DIABETES, ["E110", "E1", "O24.4", "", "I10"])


def result(code: str, days: int) -> ObservationDetails:
    return ObservationDetails(code=loinc(code, code), effective=Moment(ago(days)), value=quantity("50", "mmol/mol"))


def somebody(code: Code, *results: ObservationDetails, since: int = 900, **more: object) -> tuple[UUID, access.Actor]:
    key = people.patient(at=ago(since))
    problem = replace(charts.problem(code.display, onset=Moment(ago(since))), code=code)
    actions.import_record(
        key, Record(problems=(problem,), observations=results, **more), by=people.machinery(), at=NOON  # type: ignore[arg-type]
    )  # fmt: skip
    return key, charts.carer(key).actor


def overdue(register: Register, viewer: access.Actor) -> dict[UUID, list[str]]:
    found = recalls.recall_list(register, viewer=viewer, at=NOON)
    return {one.patient.pk: [reason.check.value for reason in one.reasons] for one in found.lines}


def test_somebody_with_diabetes_is_called_for_what_is_late_alone() -> None:
    fresh = (result("14682-9", 30), result("14959-1", 30), charts.pressure(120, 80, ago(30)))
    key, doctor = somebody(DIABETES, result("59261-8", 200), *fresh)
    found = recalls.recall_list(Register.DIABETES, viewer=doctor, at=NOON)
    (line,) = found.lines
    assert (line.patient.pk, found.more) == (key, False)
    (reason,) = line.reasons
    assert (reason.check, reason.last_on) == (Check.HBA1C, ago(200).date())
    assert AuditEvent.objects.filter(action="recall.listed", patient_id=key).count() == 1
    assert overdue(Register.HYPERTENSION, doctor) == {}


def test_a_pressure_at_the_bedside_counts(now: datetime) -> None:
    key = people.patient(at=now - timedelta(days=900))
    long_ago = now - timedelta(days=100)
    problem = replace(charts.problem("Hypertension", onset=Moment(long_ago)), code=HIGH)
    seen = charts.pressure(150, 95, long_ago)
    actions.import_record(key, Record(problems=(problem,), observations=(seen,)), by=people.machinery(now), at=now)
    nurse = charts.carer(key, Role.NURSE, at=now).actor
    found = recalls.recall_list(Register.HYPERTENSION, viewer=nurse, at=now)
    assert [one.check for line in found.lines for one in line.reasons] == [Check.PRESSURE_HIGH]
    monitoring.record_observations(key, {"sbp": 128.0, "dbp": 80.0}, by=nurse, at=now)
    assert recalls.recall_list(Register.HYPERTENSION, viewer=nurse, at=now).lines == ()


def test_whoever_is_not_in_my_care_is_not_on_my_list() -> None:
    key, doctor = somebody(HIGH)
    other = people.staff(Role.DOCTOR).actor
    assert overdue(Register.HYPERTENSION, doctor) == {key: ["pressure"]}
    assert overdue(Register.HYPERTENSION, other) == {}
    with pytest.raises(access.NotPermitted):
        recalls.recalled(Register.HYPERTENSION, key, viewer=other, at=NOON)
    with pytest.raises(access.NotPermitted):
        recalls.recall_list(Register.DIABETES, viewer=people.staff(Role.RECEPTIONIST).actor, at=NOON)


def test_a_refuted_diagnosis_calls_nobody() -> None:
    key, doctor = somebody(DIABETES)
    assert len(overdue(Register.DIABETES, doctor)[key]) == 4
    (line,) = problems_of(key)
    actions.enter_in_error("problems", line, reason="Another patient's.", by=doctor, at=NOON)
    assert overdue(Register.DIABETES, doctor) == {}


def problems_of(key: UUID) -> list[UUID]:
    return list(Problem.objects.filter(patient_id=key).values_list("pk", flat=True))


def test_a_confidential_diagnosis_is_told_to_nobody_who_may_not_know_it() -> None:
    key, doctor = somebody(HIGH)
    (line,) = problems_of(key)
    unit = people_actions.add_unit(name="Clinic", by=people.machinery(), at=NOON)
    people_actions.begin_care(
        patient_id=key, unit_id=unit, kind="clinic", source="test:clinic", by=people.machinery(), at=NOON
    )
    nurse = people.staff(Role.NURSE, unit_id=unit).actor
    assert key in overdue(Register.HYPERTENSION, nurse)
    confiding.confide("problems", line, category="hiv", by=doctor, at=NOON)
    assert key in overdue(Register.HYPERTENSION, access.of_staff(doctor.staff_id, name="x", at=NOON))  # type: ignore[arg-type]
    assert overdue(Register.HYPERTENSION, access.of_staff(nurse.staff_id, name="x", at=NOON)) == {}  # type: ignore[arg-type]


def test_a_pregnancy_without_its_contact() -> None:
    key = people.patient()
    doctor = charts.carer(key).actor
    period = (NOON - timedelta(weeks=27)).date()
    actions.record_history(
        "pregnancies", key, PregnancyDetails(outcome="ongoing", last_period_on=period), by=doctor, at=NOON
    )
    (line,) = recalls.recall_list(Register.ANTENATAL, viewer=doctor, at=NOON).lines
    assert [(one.check, one.words) for one in line.reasons] in ([(Check.CONTACT, "26")], [(Check.CONTACT, "20")])
    visit = EncounterDetails(code=Code("", "", "Antenatal visit"), started_at=ago(5))
    actions.open_encounter(key, visit, by=doctor, at=ago(5))
    assert overdue(Register.ANTENATAL, doctor) == {}


def test_a_child_without_vaccinations() -> None:
    key = people_actions.register_patient(people.details("Ben", born=date(2025, 1, 10)), by=people.machinery(), at=NOON)
    doctor = charts.carer(key).actor
    (line,) = recalls.recall_list(Register.VACCINATION, viewer=doctor, at=NOON).lines
    assert line.patient.pk == key and {one.check for one in line.reasons} == {Check.DOSE}
    first = line.reasons[0]
    assert first.due_on >= date(2025, 1, 10) and first.words
    adult, carer = somebody(HIGH)
    assert adult not in overdue(Register.VACCINATION, carer)
