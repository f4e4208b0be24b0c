"""Make a plan: choose the problem and what to begin with, adapt it, keep it as a draft; or adapt one that stands."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from ehospital.algorithms.plan_cautions import best, conflicts
from ehospital.clinical import actions
from ehospital.clinical.plan_details import PlanDetails
from ehospital.clinical.plan_templates import cautions, proposal, templates
from ehospital.clinical.policies.plan_changes import changes
from ehospital.clinical.policies.planned import plan_details
from ehospital.clinical.queries import plans as queries
from ehospital.foundation.days import hospital_day
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.people.models import StaffRole
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.kit.plans import doer_words
from ehospital.web.staff.chart.comparing import seen_version
from ehospital.web.staff.chart.head import ChartHead, opened_head
from ehospital.web.staff.chart.missing import missing_is_404
from ehospital.web.staff.chart.plans.form import PlanForms
from ehospital.web.staff.chart.plans.wording import differences

_ROLES = (StaffRole.Role.DOCTOR, StaffRole.Role.NURSE, StaffRole.Role.PHARMACIST)


@page(Permission.CHART_WRITE)
def choose(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show the problems of the patient, each with the templates that answer to it."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    head = opened_head(request, patient_id, "chart_plans")
    answered = {key: one.codes for key, one in templates().items()}
    problems = queries.active_problems(patient_id, viewer=actor, at=actor.at)
    offers = [(one, [templates()[key] for key in best(queries.codes_of(one), answered)]) for one in problems]
    context = {"head": head, "offers": offers, "templates": templates().values()}
    return render(request, "staff/chart/plans/choose.html", context)


@page(Permission.CHART_WRITE)
def make(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show what the template proposes, take what was made of it, and keep it as a draft."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    head = opened_head(request, patient_id, "chart_plans")
    proposed = _proposed(request, patient_id)
    forms = _forms(request, patient_id, proposed, head)
    if request.method == "POST" and forms.is_valid():
        try:
            key = actions.make_plan(patient_id, forms.details(), because=forms.because(), by=actor, at=actor.at)
        except REFUSED as error:
            explain(forms, error)
        else:
            messages.success(request, _("The plan is a draft. Look at it once more, then activate it."))
            return redirect("chart_plan", patient_id, key)
    return _page(request, forms, head, template=templates().get(proposed.template))


def _proposed(request: PageRequest, patient_id: UUID) -> PlanDetails:
    """Return what the address asks for: a template, and a problem when the patient has it."""
    asked, key = request.GET.get("template", ""), request.GET.get("problem", "")
    found = queries.active_problems(patient_id, viewer=request.actor, at=request.actor.at)
    chosen = tuple(one.pk for one in found if str(one.pk) == key)
    if not asked:
        title = next((one.display for one in found if one.pk in chosen), "")
        return PlanDetails(title=title, problem_ids=chosen)
    if asked not in templates():
        raise Http404
    return proposal(templates()[asked], problem_ids=chosen, today=hospital_day(request.actor.at))


@page(Permission.CHART_WRITE)
@missing_is_404()
def adapt(request: PageRequest, patient_id: UUID, plan_id: UUID) -> HttpResponse:
    """Change a plan; an edit of an outdated page is refused, and nothing typed is lost."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    (rows,) = queries.plan_rows(patient_id, plan_id=plan_id, viewer=actor, at=actor.at)
    known = plan_details(rows.plan, rows.goals, rows.activities)
    head = opened_head(request, patient_id, "chart_plans")
    forms = _forms(request, patient_id, known, head, {doer_words(one): one for one in rows.activities})
    more: dict[str, Any] = {"line": rows.plan, "template": templates().get(rows.plan.template)}
    if request.method == "POST" and forms.is_valid():
        told: dict[str, Any] = {"seen_version": seen_version(request), "by": actor, "at": actor.at}
        try:
            actions.adapt_plan(plan_id, forms.details(), because=forms.because(), **told)
        except actions.EntryChanged:
            forms.plan.add_error(None, _("Somebody else has changed this plan. Compare, then save again."))
            more["differences"] = differences(changes(known, forms.details()))
        except (*REFUSED, actions.PlanOver) as error:
            explain(forms, error)
        else:
            return redirect("chart_plan", patient_id, plan_id)
    return _page(request, forms, head, **more)


REFUSED = (
    actions.NothingPlanned, actions.UnusableTarget, actions.ReasonMissing, actions.UnknownDoer, actions.ForeignProblem,
)  # fmt: skip


def explain(forms: PlanForms, error: Exception) -> None:
    """Say a refusal at the field that it is about."""
    if isinstance(error, actions.ReasonMissing):
        words = _("This target lies outside what the template calls usual. Say why, and it is kept with the plan.")
        forms.refuse(error.keys, "reason", words)
    elif isinstance(error, actions.UnusableTarget):
        words = _("This target cannot be: look at its two ends, and whether the unit fits what is measured.")
        forms.refuse(error.keys, "high", words)
    elif isinstance(error, actions.PlanOver):
        forms.plan.add_error(None, _("The plan is over. Take it up again first, then adapt it."))
    elif isinstance(error, actions.NothingPlanned):
        forms.plan.add_error(None, _("A plan has a title, and between 1 and 40 goals and activities."))
    else:
        forms.plan.add_error(None, _("A unit, a person or a problem is not there any more. Choose again."))


def _forms(
    request: PageRequest, patient_id: UUID, details: PlanDetails, head: ChartHead, known: Any = None
) -> PlanForms:
    units = queries.units_around(patient_id, viewer=request.actor, at=request.actor.at)
    doers = [("patient", _("The patient")), ("carer", _("Family or carer"))]
    doers += [(f"role:{one}", str(one.label)) for one in _ROLES]
    doers += [(f"unit:{one.pk}", one.name) for one in units]
    if request.actor.staff_id:
        doers.append((f"staff:{request.actor.staff_id}", _("I myself")))
    listed = {value for value, _words in doers}
    for words, one in (known or {}).items():
        value = f"{one.who}:{one.role or one.unit_id or one.staff_id}"
        if one.who in ("role", "unit", "staff") and value not in listed:
            doers.append((value, words))
    sent = request.POST if request.method == "POST" else None
    forms = PlanForms(details, doers=doers, data=sent, today=hospital_day(request.actor.at))
    _mark(forms, head, details, request)
    return forms


def _mark(forms: PlanForms, head: ChartHead, details: PlanDetails, request: PageRequest) -> None:
    """Give every line the cautions that are about it."""
    found = cautions_of(head, details.template, request)
    for form in (*forms.goals.forms, *forms.tasks.forms):
        key = form.initial.get("template_key") or "-"
        form.cautions = [one for one in found if one.caution.about == key]
    forms.plan.cautions = [one for one in found if not one.caution.about]  # type: ignore[attr-defined]


def cautions_of(head: ChartHead, key: str, request: PageRequest) -> list[Any]:
    """Return what the template of a plan says that does not fit the patient, or may not."""
    template = templates().get(key)
    if template is None:
        return []
    actor = request.actor
    pregnant = head.vitals.pregnant or None  # the wards note that somebody is, never that nobody asked
    facts = queries.facts_for_plans(head.patient, pregnant=pregnant, viewer=actor, at=actor.at)
    return conflicts(cautions(template), facts)


def _page(request: PageRequest, forms: PlanForms, head: ChartHead, **more: object) -> HttpResponse:
    context = {"head": head, "forms": forms, **more}
    return render(request, "staff/chart/plans/edit.html", context, status=422 if forms.plan.is_bound else 200)
