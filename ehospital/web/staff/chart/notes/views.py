"""The notes of a chart: read, begin, write, sign, add to."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.clinical import actions, queries
from ehospital.clinical.models import Note
from ehospital.clinical.policies.sharing import SHARED
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.head import opened_head

NOTES_A_PAGE = 15


@page(Permission.CHART_READ)
def notes(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show the signed notes, and to whoever may write their own drafts and how to begin."""
    actor = request.actor
    head = opened_head(request, patient_id, "chart_notes")
    found = queries.notes(patient_id, viewer=actor, at=actor.at)
    context = {
        "head": head,
        "notes": Paginator(found, NOTES_A_PAGE).get_page(request.GET.get("page")),
        "drafts": queries.drafts(patient_id, viewer=actor, at=actor.at) if head.may_write else (),
        "kinds": Note.Kind.choices,
        "shared": SHARED,
    }
    return render(request, "staff/chart/notes/page.html", context)


@page(Permission.CHART_READ)
def note(request: PageRequest, patient_id: UUID, note_id: UUID) -> HttpResponse:
    """Show one note with what was added to it, ready for paper."""
    found = queries.note(patient_id, note_id, viewer=request.actor, at=request.actor.at)
    context = {"head": opened_head(request, patient_id, "chart_notes"), "note": found, "shared": SHARED}
    return render(request, "staff/chart/notes/one.html", context)


@page(Permission.CHART_WRITE)
@require_POST
def begin(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Begin a note from the template of its kind, or go on with one's own draft."""
    access.require(request.actor, Permission.CHART_WRITE, patient_id=patient_id)
    kind = request.POST.get("kind", "")
    if kind not in Note.Kind.values:
        return HttpResponseBadRequest()
    key = actions.start_note(patient_id, kind, template=template(kind), by=request.actor, at=request.actor.at)
    return redirect("chart_note_draft", patient_id, key)


@page(Permission.CHART_WRITE)
@require_POST
def add(request: PageRequest, patient_id: UUID, note_id: UUID) -> HttpResponse:
    """Begin an addendum to a signed note, or go on with one's own."""
    access.require(request.actor, Permission.CHART_WRITE, patient_id=patient_id)
    queries.note(patient_id, note_id, viewer=request.actor, at=request.actor.at)
    try:
        key = actions.start_addendum(note_id, by=request.actor, at=request.actor.at)
    except actions.UnknownEntry as error:
        raise Http404 from error
    except actions.NoteInError:
        messages.warning(request, _("That note was entered in error meanwhile."))
        return redirect("chart_notes", patient_id)
    return redirect("chart_note_draft", patient_id, key)


def template(kind: str) -> str:
    """Return what a note of a kind says at first, in the language of whoever writes it."""
    if kind == Note.Kind.OTHER:
        return ""
    return render_to_string(f"staff/chart/notes/{kind}.txt").strip() + "\n"
