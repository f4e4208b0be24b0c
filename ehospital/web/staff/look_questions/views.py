"""The worklist of questions about looks, and the answer to one."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.foundation import audit
from ehospital.people import actions, queries
from ehospital.people.access import Permission
from ehospital.web.kit.grounds import role_words, why
from ehospital.web.kit.page import PageRequest, page

LINES = 50


class AnswerForm(forms.Form):
    """What the patient will read."""

    answer = forms.CharField(
        label=gettext_lazy("Answer to the patient"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


@page(Permission.LOOK_ANSWER)
def worklist(request: PageRequest) -> HttpResponse:
    """Show what waits, then what was answered."""
    shown = Paginator(queries.questions(viewer=request.actor), LINES).get_page(request.GET.get("page"))
    keys = [one.patient_id for one in shown]
    audit.record_listed("look.read", keys, by=request.actor, at=request.actor.at)
    return render(request, "staff/look_questions/worklist.html", {"questions": shown})


@page(Permission.LOOK_ANSWER)
def answer(request: PageRequest, question_id: UUID) -> HttpResponse:
    """Show one question with what is known of the look, and answer it."""
    asked = queries.question(question_id, viewer=request.actor, at=request.actor.at)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_question(question_id, **form.cleaned_data, by=request.actor, at=request.actor.at)
        except actions.AlreadyAnswered:
            messages.error(request, _("A colleague has answered meanwhile. Your answer was not saved."))
            return redirect("look_answer", question_id)
        except actions.OwnLook:
            form.add_error(None, _("The question is about your own look: another privacy officer answers it."))
        else:
            messages.success(request, _("Answered. The patient reads it beside the look."))
            return redirect("look_questions")
    look = queries.look_of(asked, viewer=request.actor)
    known = {"role": role_words(look), "action": look.action, "why": why([look])} if look else {}
    context = {"asked": asked, "look": known, "form": form}
    return render(request, "staff/look_questions/answer.html", context, status=422 if form.is_bound else 200)
