"""Treatment plans with how they go: goals by what the chart and the monitors hold, activities by what was said.

The chart of `clinical` does not know the readings of `monitoring`; here both are one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from ehospital.algorithms import adherence, goal_progress
from ehospital.algorithms.adherence import Adherence, Stand, Tick
from ehospital.algorithms.goal_progress import Measured, Progress, Target
from ehospital.clinical.models import CareActivity, CareActivityEvent, CarePlan, Goal, PlanChange, Problem
from ehospital.clinical.policies import planned
from ehospital.clinical.policies.plan_measures import measure_of
from ehospital.clinical.queries import plans as chart
from ehospital.clinical.queries.confidential import hidden_from
from ehospital.clinical.queries.plans import PlanRows
from ehospital.foundation.days import hospital_day
from ehospital.kernel import timing
from ehospital.kernel.timing import Timing
from ehospital.monitoring import queries as monitoring
from ehospital.people import access

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class GoalView:
    """One goal; `progress` is None where nothing is measured against a target."""

    goal: Goal
    progress: Progress | None
    since: datetime


@dataclass(frozen=True)
class TaskView:
    """One activity: how often, the window of today (None: not due today), and how it went since the plan began.

    `said_today` is what stands of what was said for a day of that window, newest last.
    """

    activity: CareActivity
    timing: Timing | None
    now: Stand | None
    adherence: Adherence
    said_today: tuple[CareActivityEvent, ...]
    patients_own: bool

    @property
    def due_today(self) -> bool:
        """Whether something of it is still to be done in the window of today."""
        return self.now is not None and self.now.left > 0


@dataclass(frozen=True)
class PlanView:
    """One plan as a page shows it; events and changes are newest first."""

    plan: CarePlan
    problems: tuple[Problem, ...]
    goals: tuple[GoalView, ...]
    tasks: tuple[TaskView, ...]
    events: tuple[CareActivityEvent, ...]
    changes: tuple[PlanChange, ...]

    @property
    def notes(self) -> tuple[CareActivityEvent, ...]:
        """What was written to the team."""
        return tuple(one for one in self.events if one.outcome == CareActivityEvent.Outcome.NOTE)

    @property
    def adherence(self) -> Adherence:
        """What was done of everything that was due."""
        parts = [one.adherence for one in self.tasks]
        due, done, missed = (sum(getattr(one, name) for one in parts) for name in ("due", "done", "missed"))
        return Adherence(due, done, missed)


@dataclass(frozen=True)
class DueTask:
    """One activity of somebody in my care that is mine to do today."""

    activity: CareActivity
    task: TaskView
    may_write: bool


def plans(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> list[PlanView]:
    """Return the plans of a chart, running ones first; a patient is shown no drafts.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    return _views(patient_id, chart.plan_rows(patient_id, viewer=viewer, at=at), viewer=viewer, at=at)


def plan(patient_id: UUID, plan_id: UUID, *, viewer: access.Actor, at: datetime) -> PlanView:
    """Return one plan.

    Raises:
        NotPermitted: `viewer` may not open this chart, or it has no such plan.
    """
    rows = chart.plan_rows(patient_id, plan_id=plan_id, viewer=viewer, at=at)
    (found,) = _views(patient_id, rows, viewer=viewer, at=at)
    return found


def due_today(*, viewer: access.Actor, at: datetime) -> list[DueTask]:
    """Return what running plans ask of me today: by name, by my roles or through my units, the longest due first."""
    running = chart.running_for(viewer=viewer, roles=viewer.roles, units=access.unit_ids(viewer))
    found = [one for one in running if one.pk not in hidden_from(viewer, one.patient_id)]
    tasks = [DueTask(one, _task(one, one.care_plan, one.events.all(), [], at), False) for one in found]
    due = [one for one in tasks if one.task.now is not None]
    writable = {key for key in {one.activity.patient_id for one in due} if _may_write(viewer, key)}
    return sorted(
        (DueTask(one.activity, one.task, one.activity.patient_id in writable) for one in due),
        key=lambda one: (not one.task.due_today, one.task.now.window.until_on if one.task.now else date.max),
    )


def _may_write(viewer: access.Actor, patient_id: UUID) -> bool:
    return access.may(viewer, access.Permission.CHART_WRITE, patient_id=patient_id)


def _views(patient_id: UUID, rows: Sequence[PlanRows], *, viewer: access.Actor, at: datetime) -> list[PlanView]:
    measures = [goal.measure_code for one in rows for goal in one.goals if goal.measure_code]
    began = min((_since(goal, one.plan) for one in rows for goal in one.goals if goal.measure_code), default=at)
    values = _measured(patient_id, sorted(set(measures)), since=began, viewer=viewer, at=at) if measures else {}
    return [
        PlanView(
            plan=one.plan,
            problems=one.problems,
            goals=tuple(_goal(goal, one.plan, values.get(goal.measure_code, ()), at) for goal in one.goals),
            tasks=tuple(_task(task, one.plan, one.events, one.changes, at) for task in one.activities),
            events=one.events[::-1],
            changes=one.changes[::-1],
        )
        for one in rows
    ]


def _measured(
    patient_id: UUID, codes: Sequence[str], *, since: datetime, viewer: access.Actor, at: datetime
) -> dict[str, list[Measured]]:
    found = chart.measured(patient_id, codes, since=since)
    for code in codes:
        known = measure_of(code)
        if known is not None and known.alias:
            # The baseline may lie before the plan: the bedside is asked a week further back.
            readings = monitoring.sampled(patient_id, known.alias, since=since - 7 * _DAY, until=at, viewer=viewer)
            found[code] += [Measured(when, _exact(value), known.unit) for when, value in readings if value is not None]
            found[code].sort(key=lambda one: one.at)
    return found


def _exact(value: float) -> Decimal:
    return Decimal(repr(round(value, 3))).normalize()


def _since(goal: Goal, plan: CarePlan) -> datetime:
    """Return when a goal began: on its day, never before the plan's own beginning was written down."""
    first = plan.started_at or plan.recorded_at
    if goal.started_on is None or goal.started_on <= hospital_day(first):
        return first
    return timezone.make_aware(datetime.combine(goal.started_on, time.min), timezone.get_default_timezone())


def _goal(goal: Goal, plan: CarePlan, values: Iterable[Measured], at: datetime) -> GoalView:
    since = _since(goal, plan)
    if goal.target_low is None and goal.target_high is None:
        return GoalView(goal, None, since)
    known = measure_of(goal.measure_code)
    target = Target(goal.target_low, goal.target_high, goal.target_unit, known.substance if known else "")
    until = min(at, plan.ended_at) if plan.ended_at else at
    counts_for = timedelta(days=goal.counts_for_days)
    return GoalView(goal, goal_progress.progress(target, values, since=since, at=until, counts_for=counts_for), since)


def _task(
    activity: CareActivity,
    plan: CarePlan,
    events: Iterable[CareActivityEvent],
    changes: Iterable[PlanChange],
    at: datetime,
) -> TaskView:
    today = hospital_day(at)
    said = [one for one in events if one.activity_id == activity.pk]
    ticks = [Tick(one.on, one.outcome) for one in said]
    often = planned.how_often(activity)
    own = activity.who in (CareActivity.Doer.PATIENT, CareActivity.Doer.CARER)
    if often is None or plan.started_at is None:
        return TaskView(activity, often, None, Adherence(0, 0, 0), tuple(one for one in said if one.on == today), own)
    first, last = planned.runs(activity, plan)
    found = adherence.stands(
        timing.windows(often, starts_on=first, ends_on=last, since=first, until=today + _DAY), ticks
    )
    running = plan.status == CarePlan.Status.ACTIVE and activity.status in ("in-progress", "scheduled")
    now = adherence.open_now(found, today=today) if running else None
    return TaskView(
        activity,
        often,
        now,
        adherence.adherence(found, today=today, paused=_paused(changes, today)),
        tuple(one for one in said if now is not None and one.on in now.window),
        own,
    )


def _paused(changes: Iterable[PlanChange], today: date) -> list[tuple[date, date]]:
    """Return the days on which a plan rested or was over, from its changes, oldest first."""
    found: list[tuple[date, date]] = []
    since: date | None = None
    for one in changes:
        if one.step != PlanChange.Step.MOVED:
            continue
        day = hospital_day(one.at)
        if one.after == CarePlan.Status.ACTIVE and since is not None:
            found.append((since, day + _DAY))
            since = None
        elif one.after != CarePlan.Status.ACTIVE:
            since = since or day
    return [*found, (since, today + _DAY)] if since else found
