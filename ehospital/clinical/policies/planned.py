"""A plan that stands, as the details that would write it: what a form shows, and what a change is compared with."""

from collections.abc import Iterable
from datetime import date

from ehospital.clinical.models import CareActivity, CarePlan, Goal
from ehospital.clinical.plan_details import Aim, Doer, PlanDetails, Task
from ehospital.foundation.days import hospital_day
from ehospital.kernel import timing

GONE_GOALS = ("cancelled", "rejected", "entered-in-error")
GONE_ACTIVITIES = ("cancelled", "stopped", "entered-in-error")


def plan_details(plan: CarePlan, goals: Iterable[Goal], activities: Iterable[CareActivity]) -> PlanDetails:
    """Return a plan with the goals and activities that stand; each line's key is its id."""
    return PlanDetails(
        title=plan.display,
        description=plan.description,
        template=plan.template,
        template_version=plan.template_version,
        aims=tuple(aim(one) for one in goals if one.status not in GONE_GOALS),
        tasks=tuple(task(one) for one in activities if one.status not in GONE_ACTIVITIES),
    )


def aim(one: Goal) -> Aim:
    """Return a goal as the details that would write it."""
    return Aim(
        words=one.display,
        key=str(one.pk),
        measure=one.measure_code,
        measure_words=one.measure_display,
        low=one.target_low,
        high=one.target_high,
        unit=one.target_unit,
        due_on=one.due_on,
        counts_for_days=one.counts_for_days,
        note=one.note,
        template_key=one.template_key,
    )


def task(one: CareActivity) -> Task:
    """Return an activity as the details that would write it."""
    return Task(
        words=one.display,
        key=str(one.pk),
        instructions=one.description,
        doer=Doer(one.who, one.role, one.unit_id, one.staff_id),
        timing=how_often(one),
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        template_key=one.template_key,
    )


def how_often(one: CareActivity) -> timing.Timing | None:
    """Return how often an activity is due; None when nobody said, or in words that this hospital does not plan by."""
    try:
        return timing.read(one.timing or {})
    except timing.MalformedTiming:
        return None


def runs(one: CareActivity, plan: CarePlan) -> tuple[date, date]:
    """Return the first and the last day on which an activity is due: within the plan's own time."""
    began = hospital_day(plan.started_at or plan.recorded_at)
    ended = hospital_day(plan.ended_at) if plan.ended_at else date.max
    return max(one.starts_on or began, began), min(one.ends_on or date.max, ended)
