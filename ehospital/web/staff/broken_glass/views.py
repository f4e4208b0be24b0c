"""Opening a chart with a reason, and closing it again."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

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
    offer = offers.offer_of(token, request.actor)
    patient_id = offer.patient_id
    if not second_factor.recent(request):
        return second_factor.ask(request)
    form = ReasonForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            made = actions.break_glass(patient_id, **form.cleaned_data, by=request.actor, at=request.actor.at)
            then = "" if offer.named else "?then=results"
            return redirect(reverse("glass_second", args=[made]) + then)
        if access.may(request.actor, Permission.CHART_READ, patient_id=patient_id):
            return redirect("chart", patient_id)
    except actions.GlassNotNeeded:
        return redirect("chart", patient_id)
    except actions.OwnRecord:
        form.add_error(None, _("This is your own record. Read it in the portal, with your account as a patient."))
    line = queries.lines_of([patient_id], viewer=request.actor)[patient_id]
    context = {"form": form, "one": line if offer.named else None, "refused": access.refused(request.actor, patient_id)}
    return render(request, "staff/broken_glass/open.html", context, status=422 if form.is_bound else 200)


@page(Permission.GLASS_BREAK)
def second(request: PageRequest, glass_id: UUID) -> HttpResponse:
    """Lead on to the chart, or the list they came from; first, of a sealed record, show a second clinician's code."""
    waits = queries.waits_for_second(glass_id, viewer=request.actor, at=request.actor.at)
    if not waits.code and request.GET.get("then") == "results":
        messages.success(
            request, _("The record is open for 60 minutes. Take the result over, or read it in the chart.")
        )
        return redirect(f"{reverse('results')}#nobodys")
    if not waits.code:
        return redirect("chart", waits.patient_id)
    return render(request, "staff/broken_glass/second.html", {"waits": waits})


class CodeForm(forms.Form):
    """The code on a colleague's screen."""

    code = forms.RegexField(
        r"^\s*\d{6}\s*$",
        label=gettext_lazy("Code on your colleague's screen"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("The code has six digits.")},
    )


@page(Permission.GLASS_BREAK)
def agree(request: PageRequest) -> HttpResponseBase:
    """Agree, as the second clinician, that a colleague opens a sealed record."""
    if not second_factor.recent(request):
        return second_factor.ask(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.agree_glass(form.cleaned_data["code"].strip(), by=request.actor, at=request.actor.at)
        except actions.NoSuchCode:
            form.add_error("code", _("Nothing waits under this code. Ask for the one that the screen shows now."))
        else:
            messages.success(request, _("You have agreed. The record is open on your colleague's screen for an hour."))
            return redirect("patients")
    return render(request, "staff/broken_glass/agree.html", {"form": form}, status=422 if form.is_bound else 200)


@page(Permission.GLASS_BREAK)
@require_POST
def close(request: PageRequest, glass_id: UUID) -> HttpResponse:
    """Close a chart that was opened with a reason, before its hour is over."""
    if actions.close_glass(glass_id, by=request.actor, at=request.actor.at):
        messages.success(request, _("The chart is closed. To open it again, give a reason again."))
    else:
        messages.info(request, _("The hour was over: the chart had closed by itself."))
    return redirect("patients")
