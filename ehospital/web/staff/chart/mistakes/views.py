"""Mark a line as entered in error, and take one's own mark back."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ehospital.clinical import actions, queries
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart.missing import missing_is_404


class ReasonForm(forms.Form):
    """Why a line is wrong."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it wrong?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example: it belongs to another patient. Whoever asks later reads this."),
    )


@page(Permission.CHART_WRITE)
@missing_is_404()
def mark(request: PageRequest, patient_id: UUID, kind: str, entry_id: UUID) -> HttpResponse:
    """Ask why, and mark the line."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    line = queries.entry(patient_id, kind, entry_id, viewer=actor, at=actor.at)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.enter_in_error(kind, entry_id, reason=form.cleaned_data["reason"], by=actor, at=actor.at)
        except actions.InErrorBefore:
            messages.info(request, _("A colleague has marked it already."))
        except actions.OrderAnswered:
            messages.warning(request, _("A result stands on this order. Mark the result first, if it is wrong too."))
        except actions.NotADoctor:
            messages.warning(request, _("This certifies a death. Only a doctor marks it in error: tell them."))
        else:
            messages.success(request, _("Marked as entered in error. It stays readable at the end of this page."))
        return redirect(_list(patient_id))
    context = {"head": opened_head(request, patient_id, "chart_history"), "form": form, "line": line}
    return render(request, "staff/chart/mistakes/page.html", context, status=422 if form.is_bound else 200)


@page(Permission.CHART_WRITE)
@require_POST
def undo(request: PageRequest, patient_id: UUID, correction_id: UUID) -> HttpResponse:
    """Take the mark back; the line stands again."""
    access.require(request.actor, Permission.CHART_WRITE, patient_id=patient_id)
    queries.mark(patient_id, correction_id, viewer=request.actor, at=request.actor.at)
    try:
        actions.undo_error(correction_id, by=request.actor, at=request.actor.at)
    except actions.UnknownEntry as error:
        raise Http404 from error
    except actions.NotYourMark:
        messages.warning(request, _("Somebody else marked it. Ask them, or write the line anew."))
    except actions.NotADoctor:
        messages.warning(request, _("This certifies a death. Only a doctor takes the mark back: tell them."))
    except actions.TakenBackBefore:
        messages.info(request, _("The mark was taken back before."))
    except (actions.FlagRaised, actions.AllergiesOnRecord, actions.OrderAnswered) as error:
        messages.warning(request, _("It cannot stand again: {why}.").format(why=error))
    else:
        messages.success(request, _("Taken back: the line stands again."))
    return redirect(_list(patient_id))


def _list(patient_id: UUID) -> str:
    return reverse("chart_history", args=[patient_id]) + "#mistakes"
