"""The worklist of corrections that patients ask for, and the answer to one."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.clinical import actions
from ehospital.clinical.models import Rectification
from ehospital.clinical.queries import rectifications
from ehospital.foundation import audit
from ehospital.foundation.days import hospital_day
from ehospital.people.access import Permission
from ehospital.web.kit.dates import moment
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.rectifications.changes import Change, changes, where

LINES = 50


class AnswerForm(forms.Form):
    """What becomes of it, and what the patient reads."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What becomes of it?"),
        choices=[
            ("accepted", gettext_lazy("It was corrected, by the change below")),
            ("declined", gettext_lazy("It stays as it is")),
        ],
        widget=forms.RadioSelect,
    )
    change = forms.TypedChoiceField(
        label=gettext_lazy("The change that was made"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("Correct the record first, on its own page; then the change is listed here."),
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer to the patient"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("In plain words. The patient reads this, with your name."),
    )

    def __init__(self, *args: object, made: list[Change], **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        listed = [(one.number, f"{one.words} · {one.name}, {moment(one.at)}") for one in made]
        self.fields["change"].choices = [("", _("none")), *listed]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        told = super().clean() or self.cleaned_data
        if told.get("decision") == "accepted" and not told.get("change") and not self.errors.get("change"):
            self.add_error("change", _("Choose the change by which it was corrected. Correct the record first."))
        return told


@page(Permission.RECORD_RECTIFY)
def worklist(request: PageRequest) -> HttpResponse:
    """Show what waits, the soonest due first, then what was answered."""
    found = rectifications.worklist(viewer=request.actor)
    shown = Paginator(found, LINES).get_page(request.GET.get("page"))
    keys = [one.patient_id for one in shown]
    audit.record_listed("rectification.read", keys, by=request.actor, at=request.actor.at)
    context = {"requests": shown, "today": hospital_day(request.actor.at)}
    return render(request, "staff/rectifications/worklist.html", context)


@page(Permission.RECORD_RECTIFY)
def answer(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Show one request with where it is corrected, and answer it."""
    actor = request.actor
    asked = rectifications.request(request_id, viewer=actor, at=actor.at)
    made = changes(asked)
    form = AnswerForm(request.POST if request.method == "POST" else None, made=made)
    if request.method == "POST" and form.is_valid() and _decide(request, asked, form):
        return redirect("rectifications")
    stands = rectifications.stands(asked)
    context = {
        "asked": asked,
        "form": form,
        "stands": stands,
        "where": where(asked, stands=stands),
        "made": next((one for one in made if one.number == asked.change), None),
        "overdue": asked.due_on < hospital_day(actor.at),
    }
    return render(request, "staff/rectifications/answer.html", context, status=422 if form.errors else 200)


def _decide(request: PageRequest, asked: Rectification, form: AnswerForm) -> bool:
    """Answer, and return whether there is nothing left to type."""
    told, actor = form.cleaned_data, request.actor
    try:
        if told["decision"] == "accepted":
            said = {"change": told["change"], "answer": told["answer"]}
            actions.accept_correction(asked.id, **said, by=actor, at=actor.at)
        else:
            actions.decline_correction(asked.id, answer=told["answer"], by=actor, at=actor.at)
    except actions.NotWaiting:
        messages.error(
            request, _("A colleague has answered meanwhile, or it was taken back. Nothing of yours was sent.")
        )
    except actions.NoSuchChange:
        form.add_error("change", _("This change is not of this record since the patient asked."))
        return False
    else:
        messages.success(request, _("Answered. The patient reads it in the portal."))
    return True
