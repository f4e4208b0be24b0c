"""The results that wait for me: read one by one, the normal ones of a patient in one step; handed over when I leave."""

from itertools import groupby
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from ehospital.clinical import actions, queries
from ehospital.people import access
from ehospital.people import queries as people
from ehospital.people.access import Permission
from ehospital.people.models import StaffMember
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.results import nobodys
from ehospital.web.staff.results.reading import answer_late


class HandOverForm(forms.Form):
    """Who goes on with what waits for me."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("Colleague"),
        queryset=StaffMember.objects.none(),
        help_text=gettext_lazy("Colleagues of your units who see results."),
    )

    def __init__(self, *args: object, request: PageRequest, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.fields["to"].queryset = people.doctors_beside(request.actor)  # type: ignore[attr-defined]


@page(Permission.RESULT_ACKNOWLEDGE)
def bell(request: PageRequest) -> HttpResponse:
    """Give the sign of the results its number: asked for by the page itself, so that no chart waits for it."""
    return render(request, "staff/results/bell.html")


@page(Permission.RESULT_ACKNOWLEDGE)
def results(request: PageRequest) -> HttpResponse:
    """Show what waits, by patient, the critical ones first."""
    return _results(request)


@page(Permission.RESULT_ACKNOWLEDGE)
@require_POST
def normal(request: PageRequest) -> HttpResponse:
    """Acknowledge the normal results of one patient that were on the page."""
    try:
        keys = [UUID(one) for one in request.POST.getlist("seen")]
        count = actions.acknowledge_normal(keys, by=request.actor, at=request.actor.at)
    except (ValueError, actions.UnknownEntry) as error:
        if isinstance(error, actions.NotNormal):
            answer_late(request, error)
            return redirect("results")
        raise Http404 from error
    except actions.ResultAmended as error:
        answer_late(request, error)
        return redirect("results")
    said = ngettext("{n} result is acknowledged.", "{n} results are acknowledged.", count).format(n=count)
    messages.success(request, said)
    return redirect("results")


@page(Permission.RESULT_ACKNOWLEDGE)
@require_POST
def hand_over(request: PageRequest) -> HttpResponse:
    """Hand what waits for me over to a colleague, as far as they may open the charts."""
    form = HandOverForm(request.POST, request=request)
    if not form.is_valid():
        return _results(request, form)
    to = form.cleaned_data["to"]
    try:
        given, kept = actions.hand_over_results(to.pk, by=request.actor, at=request.actor.at)
    except actions.NobodyThere:
        form.add_error("to", _("They do not work here any more. Choose somebody else."))
        return _results(request, form)
    said = ngettext("{n} went to {name}.", "{n} went to {name}.", given).format(n=given, name=to.name_text)
    messages.success(request, said)
    if kept:
        left = ngettext(
            "{n} stays with you: {name} may not open that chart.",
            "{n} stay with you: {name} may not open those charts.",
            kept,
        )
        messages.warning(request, left.format(n=kept, name=to.name_text))
    return redirect("results")


def _results(request: PageRequest, form: HandOverForm | None = None) -> HttpResponse:
    viewer, at = request.actor, request.actor.at
    others = queries.answers_for_others(at=at) if access.holds(viewer, Permission.RESULT_TAKE) else []
    found = queries.results_to_see(viewer=viewer, at=at, others=others)
    first: dict[UUID, int] = {}
    for place, one in enumerate(found):
        first.setdefault(one.line.order.patient_id, place)
    found.sort(key=lambda one: first[one.line.order.patient_id])
    patients = [
        (
            patient,
            [(one, nobodys.why_here(one, viewer)) for one in lines],
            [one.line.result.report.pk for one in lines if one.line.result and _normal(one)],
        )
        for patient, lines in (
            (key, list(each)) for key, each in groupby(found, key=lambda one: one.line.order.patient)
        )
    ]
    theirs, every = queries.nobodys_results(viewer=viewer, at=at, others=others)
    context = {
        "patients": patients, "count": len(found), "form": form or HandOverForm(request=request),
        "nobodys": nobodys.lines(theirs, at=at), "nobodys_count": every,
    }  # fmt: skip
    return render(request, "staff/results/page.html", context, status=422 if form else 200)


def _normal(one: queries.Waiting) -> bool:
    return one.line.result is not None and one.line.result.report.weight == "normal"
