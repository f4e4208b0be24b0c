"""Treatment plans: made from a template or freely, and adapted to the patient; each difference is kept with its why."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ehospital.algorithms.plan_course import CHANGEABLE
from ehospital.clinical.actions import writing
from ehospital.clinical.actions.revising import EntryChanged
from ehospital.clinical.models import CareActivity, CarePlan, Goal, PlanChange, PlanProblem, Problem
from ehospital.clinical.plan_details import Aim, Because, PlanDetails, Task
from ehospital.clinical.plan_templates import proposal, templates
from ehospital.clinical.policies import planned
from ehospital.clinical.policies.plan_changes import Change, changes, unusual
from ehospital.clinical.policies.plan_measures import measure_of
from ehospital.foundation import reasons
from ehospital.foundation.days import hospital_day
from ehospital.kernel import timing, units
from ehospital.kernel.codes import LOINC
from ehospital.people import access
from ehospital.people.models import StaffMember, Unit

MOST_LINES = 40
DIFFERENT = Because()


class ForeignProblem(ValueError):
    """A problem is not one of this patient, or was entered in error; nothing was written."""


class UnusableTarget(ValueError):
    """A target's ends are in the wrong order, or its unit does not fit what is measured. `keys` name the goals."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = tuple(keys)
        super().__init__(f"the target of {', '.join(self.keys)} cannot be: look at its ends and its unit")


class NothingPlanned(ValueError):
    """A plan without a goal and without an activity plans nothing; nothing was written."""


class UnknownDoer(ValueError):
    """There is no such unit or member of staff; nothing was written."""


class PlanOver(RuntimeError):
    """The plan is over: take it up again first. Nothing was written."""


@transaction.atomic
def make_plan(
    patient_id: UUID, details: PlanDetails, *, because: Because = DIFFERENT, by: access.Actor, at: datetime
) -> UUID:
    """Write a plan as a draft and return its id; what differs from its template is kept with the reason.

    Args:
        details: its keys are those of the template's proposal; lines without a key were added.
    Raises:
        NotPermitted: `by` may not write into this chart.
        ForeignProblem, NothingPlanned, UnusableTarget, ReasonMissing, UnknownDoer: nothing is written.
    """
    writing.lock_chart(patient_id)
    access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    _check(details, because)
    problems = list(_problems(patient_id, details.problem_ids))
    plan = CarePlan(
        patient_id=patient_id, recorded_at=at, recorded_by_id=by.staff_id,
        recorded_by_text="" if by.staff_id else by.name[:250], status=CarePlan.Status.DRAFT, intent="plan",
        display=details.title, description=details.description, revised_at=at, revised_by=by.name[:200],
        reason=", ".join(one.display for one in problems)[:1000],
        template=details.template, template_version=details.template_version,
    )  # fmt: skip
    plan.save(force_insert=True)
    for problem in problems:
        PlanProblem(patient_id=patient_id, care_plan=plan, problem=problem).save()
    for aim in details.aims:
        _write_goal(plan, aim, None, by=by, at=at)
    for place, task in enumerate(details.tasks):
        _write_activity(plan, task, None, position=place)
    _keep(plan, PlanChange.Step.MADE, [Change("", "", "", None, None)], DIFFERENT, by=by, at=at)
    _keep(plan, PlanChange.Step.ADAPTED, _from_template(details, hospital_day(at)), because, by=by, at=at)
    writing.noted(plan, "plan.recorded", by=by, at=at, details={"template": details.template})
    return plan.pk


@transaction.atomic
def adapt_plan(
    plan_id: UUID,
    details: PlanDetails,
    *,
    because: Because = DIFFERENT,
    seen_version: int,
    by: access.Actor,
    at: datetime,
) -> None:
    """Change a plan: title, goals, activities; what is not in `details` any more is dropped and stays in its history.

    Args:
        details: the keys of lines that stand are their ids; the template and the problems stay as they were.
        seen_version: the version that `by` read; of an older one nothing is overwritten.
    Raises:
        UnknownEntry: no such plan that `by` may write to, or it was entered in error.
        EntryChanged: somebody has changed it since; nothing is written.
        PlanOver, NothingPlanned, UnusableTarget, ReasonMissing, UnknownDoer: nothing is written.
    """
    plan = opened(plan_id, seen_version=seen_version, by=by)
    if plan.status not in CHANGEABLE:
        raise PlanOver(f"the plan is {plan.get_status_display()}")
    goals = {str(one.pk): one for one in Goal.objects.filter(care_plan=plan).order_by("recorded_at", "id")}
    activities = {str(one.pk): one for one in CareActivity.objects.filter(care_plan=plan).order_by("position")}
    before = planned.plan_details(plan, goals.values(), activities.values())
    _check(details, because, template=plan.template)
    found = changes(before, details)
    if not found:
        return
    for aim in details.aims:
        _write_goal(plan, aim, goals.get(aim.key), by=by, at=at)
    position = max((one.position for one in activities.values()), default=-1)
    for task in details.tasks:
        known = activities.get(task.key)
        position += known is None
        _write_activity(plan, task, known, position=known.position if known else position)
    _drop(before, details, goals, activities)
    plan.display, plan.description = details.title, details.description
    touch(plan, by=by, at=at, more=("display", "description"))
    _keep(plan, PlanChange.Step.ADAPTED, found, because, by=by, at=at)
    writing.noted(plan, "plan.adapted", by=by, at=at, details={"changed": sorted({one.field for one in found})})


def opened(plan_id: UUID, *, seen_version: int | None, by: access.Actor) -> CarePlan:
    """Lock a plan and its chart and return it, as long as it is what the actor saw (None: whatever it is).

    Raises:
        UnknownEntry: no such plan that `by` may write to, or it was entered in error.
        EntryChanged: it is another version.
    """
    plan = writing.locked(CarePlan, plan_id, by=by)
    if plan.status == CarePlan.Status.ENTERED_IN_ERROR:
        raise writing.UnknownEntry(f"{plan_id} was entered in error")
    if seen_version is not None and plan.version != seen_version:
        raise EntryChanged(f"version {plan.version} stands, {seen_version} was seen")
    return plan


def touch(plan: CarePlan, *, by: access.Actor, at: datetime, more: tuple[str, ...] = ()) -> None:
    """Save a plan so that its version counts, whatever of it or of its lines has changed."""
    plan.revised_at, plan.revised_by = at, by.name[:200]
    plan.version += 1  # so that the row differs in any case; the trigger decides what it becomes
    plan.save(update_fields=["revised_at", "revised_by", "version", *more])


def _check(details: PlanDetails, because: Because, *, template: str | None = None) -> None:
    if not details.title.strip() or not (details.aims or details.tasks):
        raise NothingPlanned("a plan has a title, and a goal or an activity")
    if len(details.aims) + len(details.tasks) > MOST_LINES:
        raise NothingPlanned(f"more than {MOST_LINES} lines are no plan that anybody follows: make two")
    wrong = [aim.key or aim.words for aim in details.aims if not _sound(aim)]
    if wrong:
        raise UnusableTarget(wrong)
    found = templates().get(details.template if template is None else template)
    silent = [aim.key or aim.words for aim in unusual(details.aims, found) if not because.of(aim.key)]
    if silent:
        raise reasons.ReasonMissing(silent)
    _check_doers(details.tasks)


def _sound(aim: Aim) -> bool:
    if aim.low is None and aim.high is None:
        return True
    measure = measure_of(aim.measure)
    in_order = aim.low is None or aim.high is None or aim.low <= aim.high
    if not (aim.measure and aim.unit and in_order):
        return False
    return measure is None or units.compatible(aim.unit, measure.unit, substance=measure.substance or None)


def _check_doers(tasks: tuple[Task, ...]) -> None:
    wards = {one.doer.unit_id for one in tasks if one.doer.unit_id}
    staff = {one.doer.staff_id for one in tasks if one.doer.staff_id}
    if Unit.objects.filter(pk__in=wards).count() != len(wards):
        raise UnknownDoer("no such unit")
    if StaffMember.objects.filter(pk__in=staff, external=False).count() != len(staff):
        raise UnknownDoer("no such member of staff")


def _problems(patient_id: UUID, keys: tuple[UUID, ...]) -> Iterable[Problem]:
    found = list(
        Problem.objects.filter(pk__in=keys, patient_id=patient_id)
        .exclude(verification__in=["refuted", "entered-in-error"])
        .order_by("recorded_at", "id")
    )
    if len(found) != len(set(keys)):
        raise ForeignProblem("the problem is not one of this patient")
    return found


def _from_template(details: PlanDetails, today: date) -> list[Change]:
    template = templates().get(details.template)
    return changes(proposal(template, today=today), details) if template else []


def _write_goal(plan: CarePlan, aim: Aim, goal: Goal | None, *, by: access.Actor, at: datetime) -> None:
    new = goal is None
    if goal is None:
        goal = Goal(patient_id=plan.patient_id, care_plan=plan, recorded_at=at, recorded_by_id=by.staff_id)
        goal.status = Goal.Status.PROPOSED if plan.status == CarePlan.Status.DRAFT else Goal.Status.ACTIVE
        goal.started_on = hospital_day(at)
        goal.template_key = aim.template_key
    if goal.display != aim.words:
        goal.code_system = goal.code = ""
    goal.display, goal.due_on, goal.note = aim.words, aim.due_on, aim.note
    goal.measure_system, goal.measure_code = (LOINC if aim.measure else ""), aim.measure
    goal.measure_display = aim.measure_words[:250]
    goal.target_low, goal.target_high, goal.target_unit = aim.low, aim.high, aim.unit
    goal.counts_for_days = aim.counts_for_days
    goal.save(force_insert=new)


def _write_activity(plan: CarePlan, task: Task, activity: CareActivity | None, *, position: int) -> None:
    new = activity is None
    if activity is None:
        activity = CareActivity(patient_id=plan.patient_id, care_plan=plan, position=position)
        running = plan.status != CarePlan.Status.DRAFT
        activity.status = CareActivity.Status.IN_PROGRESS if running else CareActivity.Status.NOT_STARTED
        activity.template_key = task.template_key
    if activity.display != task.words:
        activity.code_system = activity.code = ""
    activity.display, activity.description = task.words, task.instructions
    activity.who, activity.role = task.doer.who, task.doer.role
    activity.unit_id, activity.staff_id = task.doer.unit_id, task.doer.staff_id
    activity.timing = timing.written(task.timing) or None
    activity.starts_on, activity.ends_on = task.starts_on, task.ends_on
    activity.save(force_insert=new)


def _drop(
    before: PlanDetails, details: PlanDetails, goals: dict[str, Goal], activities: dict[str, CareActivity]
) -> None:
    for key in {one.key for one in before.aims} - {one.key for one in details.aims}:
        goals[key].status = Goal.Status.CANCELLED
        goals[key].save(update_fields=["status"])
    for key in {one.key for one in before.tasks} - {one.key for one in details.tasks}:
        activities[key].status = CareActivity.Status.CANCELLED
        activities[key].save(update_fields=["status"])


def _keep(
    plan: CarePlan, step: str, found: Iterable[Change], because: Because, *, by: access.Actor, at: datetime
) -> None:
    for one in found:
        keep_change(plan, step, one, because.of(one.key), by=by, at=at)


def keep_change(plan: CarePlan, step: str, one: Change, reason: str, *, by: access.Actor, at: datetime) -> Any:
    """Write down, in the caller's transaction, one thing that was made of a plan."""
    made = PlanChange(
        patient_id=plan.patient_id, care_plan=plan, step=step, about=one.about[:1000], field=one.field,
        before=one.before, after=one.after, reason=reason[:1000], at=at, by_id=by.id, by_name=by.name[:200],
    )  # fmt: skip
    made.save()
    return made
