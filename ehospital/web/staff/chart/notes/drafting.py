"""Writing a draft: kept while it is typed by a script, or by a button; signed; thrown away."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ehospital.clinical import actions, queries
from ehospital.clinical.actions import Typed
from ehospital.clinical.actions.notes import MOST_CHARACTERS
from ehospital.clinical.models import NoteDraft
from ehospital.clinical.policies.sharing import SHARED
from ehospital.kernel.identifiers import uuid7
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.dates import clock
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.comparing import seen_version, whole
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart.missing import missing_is_404

_CONFLICTS = {
    actions.DraftChanged: gettext_lazy("You changed this draft in another window. Press Keep draft to see both."),
    actions.TooLong: gettext_lazy("A note holds at most 50,000 characters. Shorten it, then keep it."),
    actions.NoteSigned: gettext_lazy("This note was signed in another window. What you typed since is not in it."),
}


class DraftForm(forms.Form):
    """The words of a note."""

    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "dir": "auto", "spellcheck": "true"}),
    )


@page(Permission.CHART_WRITE)
@missing_is_404()
def draft(request: PageRequest, patient_id: UUID, draft_id: UUID) -> HttpResponse:
    """Show one's own draft, and do with it what its buttons say."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    if request.method == "POST" and (answer := _signed_before(request, patient_id, draft_id)):
        return answer
    found = queries.draft(patient_id, draft_id, viewer=actor, at=actor.at)
    form = DraftForm(request.POST if request.method == "POST" else None, initial={"text": found.text})
    if request.method == "POST" and form.is_valid():
        try:
            return _done(request, found, form.cleaned_data["text"])
        except (actions.DraftChanged, actions.NothingWritten, actions.NoteSigned, actions.NoteInError) as error:
            return _form(request, queries.draft(patient_id, draft_id, viewer=actor, at=actor.at), form, error)
    return _form(request, found, form)


@page(Permission.CHART_WRITE)
@require_POST
def keep(request: PageRequest, patient_id: UUID, draft_id: UUID) -> HttpResponse:
    """Keep what was typed, for the page's script, and say so."""
    access.require(request.actor, Permission.CHART_WRITE, patient_id=patient_id)
    typed = _typed(request, request.POST.get("text", ""))
    try:
        version = actions.keep_draft(draft_id, typed, by=request.actor, at=request.actor.at)
    except actions.UnknownEntry as error:
        raise access.NotPermitted("keep a draft that is gone, or of somebody else") from error
    except tuple(_CONFLICTS) as error:
        return JsonResponse({"said": _CONFLICTS[type(error)]}, status=409)
    return JsonResponse({"version": version, "said": _("Kept {time}").format(time=clock(request.actor.at))})


def _typed(request: PageRequest, text: str) -> Typed:
    return Typed(
        text,
        seen_version(request),
        editor=request.POST.get("editor", "")[:36],
        turn=whole(request.POST.get("turn", "")),
    )


def _done(request: PageRequest, found: NoteDraft, text: str) -> HttpResponse:
    """Sign, throw away or keep.

    Raises:
        DraftChanged, NothingWritten, NoteSigned, NoteInError: nothing was done.
    """
    by, at = request.actor, request.actor.at
    asked = request.POST.get("do", "keep")
    if asked == "sign":
        key = actions.sign_note(found.pk, _typed(request, text), by=by, at=at)
        messages.success(request, _("Signed. Nobody changes it any more; what is missing goes into an addendum."))
        return redirect("chart_note", found.patient_id, found.amends_id or key)
    if asked == "discard":
        actions.discard_draft(found.pk, seen_version=seen_version(request), by=by, at=at)
        messages.info(request, _("The draft was thrown away."))
        return redirect("chart_notes", found.patient_id)
    actions.keep_draft(found.pk, _typed(request, text), by=by, at=at)
    messages.success(request, _("Kept. You find it under Notes until you sign it."))
    return redirect("chart_note_draft", found.patient_id, found.pk)


def _signed_before(request: PageRequest, patient_id: UUID, draft_id: UUID) -> HttpResponse | None:
    """Return the way to the note when the draft has become one: a button was pressed twice."""
    try:
        signed = queries.note(patient_id, draft_id, viewer=request.actor, at=request.actor.at)
    except access.NotPermitted:
        return None
    messages.info(request, _("This note was signed before. What is missing goes into an addendum."))
    return redirect("chart_note", patient_id, signed.pk)


def _form(request: PageRequest, found: NoteDraft, form: DraftForm, error: Exception | None = None) -> HttpResponse:
    words: dict[type[Exception], str] = {
        actions.DraftChanged: _("You changed this draft in another window. Compare, then keep or sign it."),
        actions.NothingWritten: _("Nothing is written here yet. Write the note, then sign it."),
        actions.NoteInError: _("The note that this adds to was entered in error. Write a new note instead."),
    }
    if error is not None:
        form.add_error(None, words.get(type(error), _CONFLICTS[actions.NoteSigned]))
    context = {
        "head": opened_head(request, found.patient_id, "chart_notes", part="note draft"),
        "draft": found,
        "form": form,
        "editor": uuid7(),
        "elsewhere": found.text if isinstance(error, actions.DraftChanged) else None,
        "shared": found.kind in SHARED,
    }
    return render(request, "staff/chart/notes/draft.html", context, status=422 if form.is_bound else 200)
