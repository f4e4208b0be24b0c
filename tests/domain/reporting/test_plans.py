"""Plans with how they go: the chart's values and the bedside's are one, nothing is held against a plan that rests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest

from ehospital.algorithms.goal_progress import Achievement, State
from ehospital.clinical import actions, models
from ehospital.clinical.details import Moment, ObservationDetails, Record, loinc, quantity
from ehospital.clinical.plan_details import Aim, Doer
from ehospital.monitoring import actions as monitoring
from ehospital.people import access
from ehospital.reporting import plans as reporting
from tests.factories import clinical, people, plans
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(patient: UUID) -> access.Actor:
    return clinical.carer(patient).actor


def later(actor: access.Actor, at: datetime) -> access.Actor:
    return access.later(actor, at)


def view(patient: UUID, by: access.Actor, at: datetime = NOON) -> reporting.PlanView:
    (found,) = reporting.plans(patient, viewer=later(by, at), at=at)
    return found


def test_a_new_observation_moves_the_goal_into_its_target(patient, doctor) -> None:
    now = datetime.now(UTC)  # readings are kept near today
    monitoring.make_partitions(at=now)
    began, first, second = now - 12 * HOUR, now - 6 * HOUR, now - HOUR
    actions.import_record(
        patient, Record(observations=(clinical.pressure(172, 90, now - 10 * DAY),)), by=people.machinery(), at=NOON
    )
    plans.running(patient, by=later(doctor, began), at=began)
    (goal,) = view(patient, doctor, began).goals
    assert (goal.progress.state, goal.progress.counted, goal.progress.baseline.value) == (State.ABOVE, 0, 172)
    monitoring.record_observations(patient, {"sbp": 150.0}, by=later(doctor, first), at=first)
    (goal,) = view(patient, doctor, first + HOUR).goals
    assert (goal.progress.state, goal.progress.achievement, goal.progress.way) == (
        State.ABOVE, Achievement.IMPROVING, Fraction(2, 3),
    )  # fmt: skip
    monitoring.record_observations(patient, {"sbp": 128.0}, by=later(doctor, second), at=second)
    (goal,) = view(patient, doctor, now).goals
    assert (goal.progress.state, goal.progress.latest.value, goal.progress.in_range) == (State.IN_TARGET, 128, 1)


def test_values_in_other_units_are_converted_and_mistakes_do_not_count(patient, doctor) -> None:
    aim = Aim("Glucose below 8", measure="14749-6", high=Decimal(8), unit="mmol/L", counts_for_days=5)
    plans.running(patient, by=doctor, details=plans.small(aims=(aim,)))
    later_on = NOON + DAY
    values = tuple(
        ObservationDetails(code=loinc(code, "Glucose"), effective=Moment(NOON + hours * HOUR), value=value)
        for code, hours, value in (
            ("2339-0", 1, quantity("180.182", "mg/dL")), ("14749-6", 2, quantity("7", "mmol/L")),
            ("14749-6", 3, quantity("5", "%")),
        )
    )  # fmt: skip
    actions.import_record(patient, Record(observations=values), by=people.machinery(), at=later_on)
    (goal,) = view(patient, doctor, later_on).goals
    assert [one.value for one in goal.progress.points] == [10, 7]
    assert (goal.progress.in_range, goal.progress.counted, goal.progress.unusable) == (1, 2, 1)
    actions.enter_in_error("observations", values[1].id, reason="Another tube.", by=doctor, at=later_on)
    (goal,) = view(patient, doctor, later_on).goals
    assert (goal.progress.state, goal.progress.counted) == (State.ABOVE, 1)


def test_adherence_counts_from_the_beginning_and_not_while_the_plan_rests(patient, doctor) -> None:
    plan = plans.running(patient, by=doctor)
    walk = plans.activity(plan)
    for days in (0, 1):
        then = NOON + days * DAY
        actions.tick(walk, "done", on=plans.TODAY + days * DAY, by=later(doctor, then), at=then)
    for days, to, reason in ((3, "on-hold", "Ill."), (6, "active", "")):
        plan.refresh_from_db()
        then = NOON + days * DAY
        actions.move_plan(plan.pk, to, reason=reason, seen_version=plan.version, by=later(doctor, then), at=then)
    task = view(patient, doctor, NOON + 8 * DAY).tasks[0]
    assert (task.adherence.due, task.adherence.done, task.adherence.silent) == (4, 2, 2)  # days 0, 1, 2 and 7
    assert task.due_today and task.now.window.from_on == plans.TODAY + 8 * DAY


def test_a_plan_made_long_before_it_began_owes_nothing_for_the_time_between(patient, doctor) -> None:
    key = actions.make_plan(patient, plans.small(), by=doctor, at=NOON)
    then = NOON + 5 * DAY
    assert view(patient, doctor, then).tasks[0].now is None
    version = models.CarePlan.objects.get(pk=key).version
    actions.move_plan(key, "active", seen_version=version, by=later(doctor, then), at=then)
    task = view(patient, doctor, then + DAY).tasks[0]
    assert task.adherence.due == 1


def test_todays_list_is_of_my_role_my_unit_and_my_name_and_of_my_patients(patient, doctor) -> None:
    nurse = clinical.carer(patient, access.Role.NURSE).actor
    mine = replace(plans.WALK, words="Mine", doer=Doer("staff", staff_id=doctor.staff_id))
    plans.running(patient, by=doctor, details=plans.small(tasks=(plans.WALK, plans.TURN, mine)))
    other = people.patient("Hamid", "Karimi")
    plans.running(other, by=clinical.carer(other).actor)

    def listed(by: access.Actor) -> list[str]:
        return [one.activity.display for one in reporting.due_today(viewer=by, at=NOON)]

    assert (listed(doctor), listed(nurse), listed(people.staff(access.Role.NURSE).actor)) == (["Mine"], ["Turn"], [])


def test_whoever_may_not_open_the_chart_is_told_nothing(patient, doctor) -> None:
    plan = plans.running(patient, by=doctor)
    stranger = people.staff(access.Role.DOCTOR).actor
    other = people.patient("Hamid", "Karimi")
    for asked in (
        lambda: reporting.plans(patient, viewer=stranger, at=NOON),
        lambda: reporting.plan(patient, plan.pk, viewer=stranger, at=NOON),
        lambda: reporting.plan(other, plan.pk, viewer=clinical.carer(other).actor, at=NOON),
    ):
        with pytest.raises(access.NotPermitted):
            asked()
