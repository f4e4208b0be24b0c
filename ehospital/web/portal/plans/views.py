"""My plans in plain words: today's tasks first, then the week, then how far I am. What I say stands as said by me."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.clinical import actions
from ehospital.foundation.days import hospital_day
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.reporting import plans as reporting
from ehospital.reporting.plans import PlanView, TaskView
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.kit.plans import GoalShown, doer_words, goal_shown, how_often
from ehospital.web.portal.answering import mine, shown, told


@dataclass(frozen=True)
class OwnTask:
    """One thing that I, or my family, am to do; `plan` is its plan's title."""

    task: TaskView
    who: str
    often: str
    plan: str


@dataclass(frozen=True)
class OwnPlan:
    """One plan: my goals, what the team does, and what belongs to it without anybody being named."""

    view: PlanView
    goals: tuple[GoalShown, ...]
    team: tuple[OwnTask, ...]
    unnamed: tuple[OwnTask, ...]
    running: bool


@page(Permission.OWN_RECORD_READ)
def plans(request: PageRequest) -> HttpResponse:
    """Show what is to be done today and this week, and how every plan goes."""
    actor = request.actor
    patient_id = mine(request)
    found = reporting.plans(patient_id, viewer=actor, at=actor.at)
    own = [_own(task, view) for view in found for task in view.tasks if task.patients_own and task.now is not None]
    shown_plans = [_plan(view, request) for view in found]
    return shown(
        request,
        "portal/plans/page.html",
        today=[one for one in own if _of_today(one.task)],
        week=[one for one in own if not _of_today(one.task)],
        running=[one for one in shown_plans if one.running],
        over=[one for one in shown_plans if not one.running],
        may_act=access.may(actor, Permission.OWN_RECORD_ACT, patient_id=patient_id),
    )


def _of_today(task: TaskView) -> bool:
    """Tell whether it is for this very day; what has some days' time is for the week."""
    assert task.now is not None
    return (task.now.window.until_on - task.now.window.from_on).days == 1


def _own(task: TaskView, view: PlanView) -> OwnTask:
    often = how_often(task.timing, ends_on=task.activity.ends_on, patient=True)
    return OwnTask(task, doer_words(task.activity), often, view.plan.display)


def _plan(view: PlanView, request: PageRequest) -> OwnPlan:
    return OwnPlan(
        view=view,
        goals=tuple(goal_shown(one, at=request.actor.at) for one in view.goals),
        team=tuple(_own(task, view) for task in view.tasks if not task.patients_own and task.activity.who),
        unnamed=tuple(_own(task, view) for task in view.tasks if not task.activity.who),
        running=view.plan.status in ("active", "on-hold"),
    )


@contextmanager
def _mine_alone(request: PageRequest) -> Iterator[access.Actor]:
    """Yield who acts on their own plans; what is not there for them is written down as refused, and answers 404."""
    mine(request)
    try:
        yield request.actor
    except actions.UnknownEntry as error:
        raise access.NotPermitted(f"{request.actor.name} may not {Permission.OWN_RECORD_ACT.value}") from error


@page(Permission.OWN_RECORD_ACT)
@require_POST
def tick(request: PageRequest, activity_id: UUID) -> HttpResponse:
    """Say that I have done it, or could not."""
    outcome = "missed" if request.POST.get("outcome") == "missed" else "done"
    words = request.POST.get("words", "")
    with _mine_alone(request) as me:
        told(
            request,
            lambda: actions.tick(activity_id, outcome, on=hospital_day(me.at), words=words, by=me, at=me.at),
            done=_("Noted. Your care team sees it."),
            but={
                actions.NothingLeft: _("That is noted already."),
                actions.NotRunning: _(
                    "This is not asked for today. If you are unsure, leave a note to your care team."
                ),
                actions.ReasonMissing: _(
                    "Write a word on why it did not work: it helps your care team to change the plan."
                ),
            },
        )
    return redirect("portal_plans")


@page(Permission.OWN_RECORD_ACT)
@require_POST
def untick(request: PageRequest, event_id: UUID) -> HttpResponse:
    """Take back what I said."""
    with _mine_alone(request) as me:
        told(
            request,
            lambda: actions.take_back_tick(event_id, by=me, at=me.at),
            done=_("Taken back."),
            but={
                actions.NotYourWord: _("Your care team wrote this. Leave them a note if it is not right."),
                actions.UntickedBefore: _("That is taken back already."),
            },
        )
    return redirect("portal_plans")


@page(Permission.OWN_RECORD_ACT)
@require_POST
def note(request: PageRequest, plan_id: UUID) -> HttpResponse:
    """Leave a note to the team with a plan."""
    words = request.POST.get("words", "")
    with _mine_alone(request) as me:
        told(
            request,
            lambda: actions.write_to_team(plan_id, words, by=me, at=me.at),
            done=_("Your care team reads it when they look at the plan. It is not for emergencies."),
            but={
                actions.NotRunning: _("This plan has ended. Call the hospital instead."),
                actions.ReasonMissing: _("The note was empty. Write what your care team should know, then send it."),
            },
        )
    return redirect("portal_plans")
