"""Taking a plan from one state to the next, and saying of a goal that nothing measures whether it is reached."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from ehospital.algorithms.plan_course import CHANGEABLE, OVER, State, may_become, needs_reason
from ehospital.clinical.actions import planning, writing
from ehospital.clinical.models import CareActivity, Goal, PlanChange
from ehospital.clinical.policies.plan_changes import Change
from ehospital.foundation import reasons
from ehospital.people import access

ACHIEVEMENTS: Final = (
    "in-progress", "improving", "worsening", "no-change", "achieved", "sustaining", "not-achieved", "not-attainable",
)  # fmt: skip
"""FHIR goal achievement status, without what says the same twice."""


class NoSuchMove(ValueError):
    """A plan does not go from there to here; nothing was written."""


class NoSuchAchievement(ValueError):
    """Not a word of FHIR's goal achievement status; nothing was written."""


@transaction.atomic
def move_plan(plan_id: UUID, to: str, *, reason: str = "", seen_version: int, by: access.Actor, at: datetime) -> None:
    """Activate a plan, let it rest, complete or revoke it, or take it up again.

    Args:
        to: a word of `plan_course.State`.
        reason: needed to let it rest, to revoke it, and to take up again what was over; the patient reads it.
    Raises:
        UnknownEntry: no such plan that `by` may write to, or it was entered in error.
        EntryChanged: somebody has changed it since `seen_version`; nothing is written.
        NoSuchMove, ReasonMissing: nothing is written.
    """
    plan = planning.opened(plan_id, seen_version=seen_version, by=by)
    was = plan.status
    if not may_become(was, to):
        raise NoSuchMove(f"a plan does not go from {was} to {to[:20]!r}")
    why = reasons.given(reason) if needs_reason(was, to) else reason.strip()
    plan.status, plan.status_reason = to, why[:1000]
    if to == State.ACTIVE:
        plan.started_at = plan.started_at or at
        Goal.objects.filter(care_plan=plan, status=Goal.Status.PROPOSED).update(status=Goal.Status.ACTIVE)
        waiting = CareActivity.objects.filter(care_plan=plan, status=CareActivity.Status.NOT_STARTED)
        waiting.update(status=CareActivity.Status.IN_PROGRESS)
    plan.ended_at = max(at, plan.started_at or at) if to in OVER else None
    planning.touch(plan, by=by, at=at, more=("status", "status_reason", "started_at", "ended_at"))
    planning.keep_change(plan, PlanChange.Step.MOVED, Change("", "", "status", was, to), why, by=by, at=at)
    writing.noted(plan, "plan.moved", by=by, at=at, details={"from": was, "to": to})


@transaction.atomic
def judge_goal(
    goal_id: UUID, achievement: str, *, words: str = "", seen_version: int, by: access.Actor, at: datetime
) -> None:
    """Say of a goal how far it is reached, as a clinician sees it.

    Args:
        seen_version: of the plan.
    Raises:
        UnknownEntry: no such goal of a plan that `by` may write to.
        EntryChanged: somebody has changed the plan since; nothing is written.
        NoSuchAchievement, PlanOver: nothing is written.
    """
    plan_id = Goal.objects.filter(pk=goal_id).values_list("care_plan_id", flat=True).first()
    if plan_id is None:
        raise writing.UnknownEntry(f"no goal {goal_id}")
    plan = planning.opened(plan_id, seen_version=seen_version, by=by)
    if plan.status not in CHANGEABLE:
        raise planning.PlanOver(f"the plan is {plan.get_status_display()}")
    if achievement not in ACHIEVEMENTS:
        raise NoSuchAchievement(achievement[:40])
    goal = Goal.objects.get(pk=goal_id)
    was, goal.achievement = goal.achievement, achievement
    goal.save(update_fields=["achievement"])
    planning.touch(plan, by=by, at=at)
    change = Change(str(goal_id), goal.display, "achievement", was, achievement)
    planning.keep_change(plan, PlanChange.Step.JUDGED, change, words.strip(), by=by, at=at)
    writing.noted(plan, "plan.goal_judged", by=by, at=at)
