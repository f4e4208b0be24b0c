"""Opening a chart with a reason, and closing it again."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from ehospital.people import access, actions, queries
from ehospital.people.access import Permission
from ehospital.people.models import BrokenGlass
from ehospital.people.models.glass import SHORTEST_REASON
from ehospital.web.kit import second_factor
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.broken_glass import offers


class ReasonForm(forms.Form):
    """Why this chart is opened."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Why do you need this chart?"), choices=BrokenGlass.Kind.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("In your own words"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The privacy officer reads it. The patient reads which of the reasons above you chose."),
    )

    def clean_reason(self) -> str:
        said = " ".join(str(self.cleaned_data["reason"]).split())
        if len(said) < SHORTEST_REASON:
            raise forms.ValidationError(
                _("Say it in %(least)s characters or more: what happens, and what you need to know."),
                params={"least": SHORTEST_REASON},
            )
        return said


@sensitive_post_parameters("reason")
@page(Permission.GLASS_BREAK)
def break_glass(request: PageRequest, token: str) -> HttpResponseBase:
    """Ask why, and open the chart for an hour; a recent second factor is asked for where staff have one."""
    patient_id = offers.patient_of(token, request.actor)
    if not second_factor.recent(request):
        return second_factor.ask(request)
    form = ReasonForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            actions.break_glass(patient_id, **form.cleaned_data, by=request.actor, at=request.actor.at)
            return redirect("chart", patient_id)
        if access.may(request.actor, Permission.CHART_READ, patient_id=patient_id):
            return redirect("chart", patient_id)
    except actions.GlassNotNeeded:
        return redirect("chart", patient_id)
    line = queries.lines_of([patient_id], viewer=request.actor)[patient_id]
    status = 422 if form.is_bound else 200
    return render(request, "staff/broken_glass/open.html", {"form": form, "one": line}, status=status)


@page(Permission.GLASS_BREAK)
def close(request: PageRequest, glass_id: UUID) -> HttpResponse:
    """Close a chart that was opened with a reason, before its hour is over."""
    if request.method != "POST":
        raise access.NotPermitted(f"{request.actor.name} closed nothing")
    if actions.close_glass(glass_id, by=request.actor, at=request.actor.at):
        messages.success(request, _("The chart is closed. To open it again, give a reason again."))
    else:
        messages.info(request, _("The hour was over: the chart had closed by itself."))
    return redirect("patients")
