"""The timeline of one problem: what belongs to it and how that is known, page by page, whatever the chart holds."""

import time
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ehospital.clinical import actions, queries
from ehospital.clinical.details import (
    CarePlanDetails,
    Code,
    EncounterDetails,
    MedicineDetails,
    Moment,
    ObservationDetails,
    ProblemDetails,
    ProcedureDetails,
    Record,
    loinc,
    quantity,
)
from ehospital.clinical.models import Problem
from ehospital.clinical.queries import problem_timelines as timelines
from ehospital.clinical.queries.problem_timelines import How, Lane, Period
from ehospital.kernel.codes import ICD10
from ehospital.people.access import NotPermitted, Role
from tests.factories import people
from tests.factories.clinical import carer, long_stay, note
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def words(text: str) -> Code:
    return Code("", "", text)


def hba1c(at: datetime, **more: object) -> ObservationDetails:
    code = loinc("4548-4", "HbA1c")
    return ObservationDetails(code=code, effective=Moment(at), value=quantity("50", "mmol/mol"), **more)  # type: ignore[arg-type]


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(patient: UUID) -> people.Staff:
    return carer(patient)


@pytest.fixture
def diabetes(patient: UUID, doctor: people.Staff) -> Problem:
    """A problem with something of every kind that belongs to it, and as much that does not."""
    visit = EncounterDetails(code=words("Clinic"), started_at=NOON - DAY, reason=words("Type 2 diabetes"))
    other = EncounterDetails(code=words("Emergency"), started_at=NOON - 2 * DAY, reason=words("Fracture"))
    began = EncounterDetails(code=words("First visit"), started_at=NOON - 9 * DAY)
    problem = ProblemDetails(code=Code(ICD10, "E11.9", "Type 2 diabetes"), encounter_id=began.id)
    reason = {"reason": "Type 2 diabetes"}
    record = Record(
        encounters=(visit, other, began),
        problems=(problem,),
        observations=(
            hba1c(NOON - HOUR), hba1c(NOON - DAY, encounter_id=visit.id),
            ObservationDetails(
                code=words("Foot check"), effective=Moment(NOON - DAY + HOUR), encounter_id=visit.id,
                value=quantity(1, "1"),
            ),
            ObservationDetails(code=words("X-ray"), effective=Moment(NOON - 2 * DAY), encounter_id=other.id),
        ),
        medicines=(
            MedicineDetails(code=words("Metformin"), recorded_at=NOON - DAY, **reason),
            MedicineDetails(code=words("Needles"), recorded_at=NOON - DAY, encounter_id=visit.id),
            MedicineDetails(code=words("Morphine"), recorded_at=NOON - DAY, encounter_id=visit.id, reason="Fracture"),
        ),
        procedures=(
            ProcedureDetails(code=words("Eye photograph"), performed=Moment(NOON - 3 * DAY, "day"), **reason),
            ProcedureDetails(code=words("Plaster"), performed=Moment(NOON - 2 * DAY), encounter_id=other.id),
        ),
        care_plans=(CarePlanDetails(code=words("Diabetes care"), started_at=NOON - DAY, **reason),),
    )  # fmt: skip
    actions.import_record(patient, record, by=people.machinery(), at=NOON)
    note(patient, "Feet are well.", by=doctor.actor)  # of no encounter: it belongs to nothing
    return Problem.objects.get(pk=problem.id)


def told(problem: Problem, lane: Lane, period: Period = Period()) -> list[tuple[str, How]]:  # noqa: B008
    (page,) = timelines.lanes(problem, viewer=people.machinery(), period=period, only=lane)
    return [(one.title, one.how) for one in page.lines]


def test_each_lane_holds_what_belongs_and_says_how_that_is_known(diabetes: Problem) -> None:
    assert told(diabetes, Lane.ENCOUNTERS) == [("Clinic", How.NAMED), ("First visit", How.RECORDED_IN)]
    assert told(diabetes, Lane.RESULTS) == [
        ("HbA1c", How.WATCHED), ("Foot check", How.SAME_ENCOUNTER), ("HbA1c", How.WATCHED),
    ]  # fmt: skip
    assert sorted(told(diabetes, Lane.MEDICINES)) == [("Metformin", How.NAMED), ("Needles", How.SAME_ENCOUNTER)]
    assert told(diabetes, Lane.PROCEDURES) == [("Eye photograph", How.NAMED)]
    assert told(diabetes, Lane.PLANS) == [("Diabetes care", How.NAMED)]
    assert told(diabetes, Lane.NOTES) == []
    assert [how for how in How if how.inferred] == [How.SAME_ENCOUNTER, How.WATCHED]


def test_a_period_includes_its_beginning_and_not_its_end(diabetes: Problem) -> None:
    at = NOON - DAY
    assert told(diabetes, Lane.ENCOUNTERS, Period(at, at + HOUR)) == [("Clinic", How.NAMED)]
    assert told(diabetes, Lane.ENCOUNTERS, Period(None, at)) == [("First visit", How.RECORDED_IN)]
    assert told(diabetes, Lane.ENCOUNTERS, Period(at + HOUR, None)) == []


def test_what_was_entered_in_error_belongs_to_nothing(diabetes: Problem, patient: UUID, doctor: people.Staff) -> None:
    (page,) = timelines.lanes(diabetes, viewer=people.machinery(), period=Period(), only=Lane.PROCEDURES)
    actions.enter_in_error("procedures", page.lines[0].id, reason="Not hers.", by=doctor.actor, at=NOON)
    assert told(diabetes, Lane.PROCEDURES) == []
    actions.enter_in_error("problems", diabetes.id, reason="Not hers.", by=doctor.actor, at=NOON)
    with pytest.raises(NotPermitted):
        timelines.problem_of(patient, diabetes.id, viewer=doctor.actor, at=NOON)


def test_only_who_may_open_the_chart_and_only_its_own_problems(diabetes: Problem, patient: UUID) -> None:
    other = people.patient("Hamid", "Karimi")
    stranger, doctor = people.staff(Role.DOCTOR), carer(other)
    for key, viewer in ((patient, stranger.actor), (other, doctor.actor)):
        with pytest.raises(NotPermitted):
            timelines.problem_of(key, diabetes.id, viewer=viewer, at=NOON)


def test_pages_of_a_lane_hold_every_line_once(diabetes: Problem, patient: UUID) -> None:
    same = tuple(
        MedicineDetails(code=words(f"M{n}"), recorded_at=NOON - (n // 3) * HOUR, reason="Type 2 diabetes")
        for n in range(20)
    )
    actions.import_record(patient, Record(medicines=same), by=people.machinery(), at=NOON)
    found, before = [], ""
    while True:
        (page,) = timelines.lanes(
            diabetes, viewer=people.machinery(), period=Period(), only=Lane.MEDICINES, before=before, most=4
        )
        found += [one.title for one in page.lines]
        if not (before := page.next):
            break
    assert sorted(found) == sorted([*(f"M{n}" for n in range(20)), "Metformin", "Needles"])
    with pytest.raises(queries.BadCursor):
        timelines.lanes(diabetes, viewer=people.machinery(), period=Period(), only=Lane.MEDICINES, before="nonsense")


def test_twenty_thousand_observations_cost_no_more_questions(diabetes: Problem, patient: UUID) -> None:
    long_stay(patient, observations=20_000, concepts=40)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        timelines.lanes(diabetes, viewer=people.machinery(), period=Period())
    took = []
    for _turn in range(5):
        begun = time.perf_counter()
        timelines.lanes(diabetes, viewer=people.machinery(), period=Period())
        took.append(time.perf_counter() - begun)
    assert len(asked) == 8
    assert min(took) < 0.15, took
