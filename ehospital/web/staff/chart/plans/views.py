"""The plans of a chart: all of them with how they go, one of them whole, and what is done with it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ehospital.algorithms.plan_course import State, needs_reason, steps
from ehospital.clinical import actions
from ehospital.clinical.models import CareActivityEvent
from ehospital.clinical.plan_templates import templates
from ehospital.foundation.days import hospital_day
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.reporting import plans as reporting
from ehospital.reporting.plans import PlanView
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.kit.plans import ACHIEVED, change_shown, doer_words, goal_shown, how_often, plan_state
from ehospital.web.staff.chart.comparing import seen_version
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart.missing import missing_is_404
from ehospital.web.staff.chart.plans.making import cautions_of

STEPS = {
    State.ACTIVE: gettext_lazy("Activate"),
    State.ON_HOLD: gettext_lazy("Let it rest"),
    State.COMPLETED: gettext_lazy("Complete"),
    State.REVOKED: gettext_lazy("Stop this plan"),
    State.DRAFT: gettext_lazy("Make it a draft again"),
}
BACK = gettext_lazy("Take it up again")
_OPEN = ("active", "on-hold", "draft")
EVENTS = 30


@page(Permission.CHART_READ)
def plans(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show every plan, running ones first, with how its goals stand."""
    actor = request.actor
    head = opened_head(request, patient_id, "chart_plans")
    found = [_shown(one, request) for one in reporting.plans(patient_id, viewer=actor, at=actor.at)]
    running = [one for one in found if one["view"].plan.status in _OPEN]  # type: ignore[attr-defined]
    over = [one for one in found if one not in running]
    return render(request, "staff/chart/plans/list.html", {"head": head, "running": running, "over": over})


@page(Permission.CHART_READ)
def plan(request: PageRequest, patient_id: UUID, plan_id: UUID) -> HttpResponse:
    """Show one plan whole."""
    actor = request.actor
    head = opened_head(request, patient_id, "chart_plans")
    view = reporting.plan(patient_id, plan_id, viewer=actor, at=actor.at)
    status = view.plan.status
    moves = [(to.value, BACK if _back(status, to) else STEPS[to], needs_reason(status, to)) for to in steps(status)]
    context = {
        **_shown(view, request),
        "head": head,
        "moves": moves,
        "template": templates().get(view.plan.template),
        "cautions": cautions_of(head, view.plan.template, request) if status in _OPEN else [],
        "changes": [change_shown(one) for one in view.changes],
        "said": [one for one in view.events if one.activity_id][:EVENTS],
        "achievements": [(key, words) for key, words in ACHIEVED.items() if key in actions.ACHIEVEMENTS],
    }
    return render(request, "staff/chart/plans/plan.html", context)


def _back(status: str, to: State) -> bool:
    return to is State.ACTIVE and status != State.DRAFT


def _shown(view: PlanView, request: PageRequest) -> dict[str, object]:
    state, kind = plan_state(view.plan)
    tasks = [(one, doer_words(one.activity), how_often(one.timing, ends_on=one.activity.ends_on)) for one in view.tasks]
    return {
        "view": view,
        "state": state,
        "kind": kind,
        "goals": [goal_shown(one, at=request.actor.at) for one in view.goals],
        "tasks": tasks,
        "said_by_patient": [one for one in view.notes if one.said_by != CareActivityEvent.SaidBy.TEAM],
    }


def _opened(request: PageRequest, patient_id: UUID, plan_id: UUID) -> PlanView:
    """Return the plan that an act is about, when whoever asks may write into its chart."""
    access.require(request.actor, Permission.CHART_WRITE, patient_id=patient_id)
    return reporting.plan(patient_id, plan_id, viewer=request.actor, at=request.actor.at)


@page(Permission.CHART_WRITE)
@require_POST
@missing_is_404()
def move(request: PageRequest, patient_id: UUID, plan_id: UUID) -> HttpResponse:
    """Activate a plan, let it rest, complete or stop it, or take it up again."""
    actor, sent = request.actor, request.POST
    _opened(request, patient_id, plan_id)
    told: dict[str, Any] = {"seen_version": seen_version(request), "by": actor, "at": actor.at}
    try:
        actions.move_plan(plan_id, sent.get("to", ""), reason=sent.get("reason", ""), **told)
    except actions.EntryChanged:
        messages.warning(request, _("Somebody else has changed this plan. Look at what stands now, then decide again."))
    except actions.ReasonMissing:
        messages.warning(request, _("Say why: the patient reads it. Nothing was changed."))
    except actions.NoSuchMove:
        messages.warning(request, _("A plan does not go from there to here. Choose one of its steps."))
    else:
        messages.success(request, _("Written down."))
    return redirect("chart_plan", patient_id, plan_id)


@page(Permission.CHART_WRITE)
@require_POST
@missing_is_404()
def judge(request: PageRequest, patient_id: UUID, plan_id: UUID, goal_id: UUID) -> HttpResponse:
    """Say how far a goal is reached."""
    actor, sent = request.actor, request.POST
    view = _opened(request, patient_id, plan_id)
    if goal_id not in {one.goal.pk for one in view.goals}:
        raise Http404
    told: dict[str, Any] = {"seen_version": seen_version(request), "by": actor, "at": actor.at}
    try:
        actions.judge_goal(goal_id, sent.get("achievement", ""), words=sent.get("words", ""), **told)
    except actions.EntryChanged:
        messages.warning(request, _("Somebody else has changed this plan. Look at what stands now, then decide again."))
    except (actions.NoSuchAchievement, actions.PlanOver):
        messages.warning(request, _("Choose how far the goal is reached; the plan must not be over."))
    else:
        messages.success(request, _("Written down."))
    return redirect("chart_plan", patient_id, plan_id)


@page(Permission.CHART_WRITE)
@require_POST
@missing_is_404()
def tick(request: PageRequest, patient_id: UUID, plan_id: UUID, activity_id: UUID) -> HttpResponse:
    """Say that an activity was done today, or could not be."""
    actor, sent = request.actor, request.POST
    view = _opened(request, patient_id, plan_id)
    if activity_id not in {one.activity.pk for one in view.tasks}:
        raise Http404
    outcome = "missed" if sent.get("outcome") == "missed" else "done"
    told: dict[str, Any] = {"on": hospital_day(actor.at), "words": sent.get("words", ""), "by": actor, "at": actor.at}
    try:
        actions.tick(activity_id, outcome, **told)
    except actions.NothingLeft:
        messages.warning(request, _("All that was due is said already, perhaps by a colleague a moment ago."))
    except actions.NotRunning:
        messages.warning(request, _("It is not due now, or the plan does not run. Activate the plan first."))
    except actions.ReasonMissing:
        messages.warning(request, _("Say why it could not be done. Nothing was written."))
    else:
        messages.success(request, _("Written down."))
    return _back_to(request, patient_id, plan_id)


@page(Permission.CHART_WRITE)
@require_POST
@missing_is_404()
def untick(request: PageRequest, patient_id: UUID, plan_id: UUID, event_id: UUID) -> HttpResponse:
    """Take back what the team said of an activity."""
    actor = request.actor
    view = _opened(request, patient_id, plan_id)
    if event_id not in {one.pk for one in view.events}:
        raise Http404
    try:
        actions.take_back_tick(event_id, by=actor, at=actor.at)
    except actions.NotYourWord:
        messages.warning(request, _("The patient said this: only they take it back."))
    except actions.UntickedBefore:
        messages.warning(request, _("It was taken back before."))
    else:
        messages.success(request, _("Taken back."))
    return _back_to(request, patient_id, plan_id)


def _back_to(request: PageRequest, patient_id: UUID, plan_id: UUID) -> HttpResponse:
    """Lead back to where it was said: the list of today, or the plan."""
    if request.POST.get("back") == "tasks":
        return redirect("plan_tasks")
    return redirect("chart_plan", patient_id, plan_id)
