"""Ask for a correction, see what became of it, take it back, or disagree on record."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.clinical import actions
from ehospital.clinical.queries import rectifications
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.portal.answering import mine, shown, told
from ehospital.web.portal.corrections.forms import DisagreeForm, WrongForm
from ehospital.web.portal.plain_results import plain_words

LINES = 20


@page(Permission.OWN_RECORD_READ)
def corrections(request: PageRequest) -> HttpResponse:
    """Show what was asked for, and what became of it."""
    found = rectifications.of_mine(mine(request), viewer=request.actor)
    shown_page = Paginator(found, LINES).get_page(request.GET.get("page"))
    may_act = access.may(request.actor, Permission.OWN_RECORD_ACT, patient_id=mine(request))
    context = {"asked": shown_page, "may_act": may_act, "form": DisagreeForm()}
    return shown(request, "portal/corrections/page.html", **context)


@page(Permission.OWN_RECORD_ACT)
def ask_about_details(request: PageRequest) -> HttpResponse:
    """Say that one's name, birth date or address is wrong."""
    return _ask(request, "", None)


@page(Permission.OWN_RECORD_ACT)
def ask(request: PageRequest, kind: str, entry_id: UUID) -> HttpResponse:
    """Say that one line of the record is wrong."""
    return _ask(request, kind, entry_id)


def _ask(request: PageRequest, kind: str, entry_id: UUID | None) -> HttpResponse:
    actor = request.actor
    access.require(actor, Permission.OWN_RECORD_ACT, patient_id=mine(request))
    about = rectifications.about(mine(request), kind, entry_id, viewer=actor)
    form = WrongForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        told(
            request,
            lambda: actions.ask_for_correction(
                mine(request), kind=kind, entry_id=entry_id, **said, by=actor, at=actor.at
            ),
            done=_("Sent. Your care team answers within a month, and the answer appears here."),
            but={
                actions.AskedAlready: _("You have asked about this already. The answer appears here."),
                actions.TooManyOpen: _("Many of your requests wait already. Wait for an answer, or take one back."),
            },
        )
        return redirect("portal_corrections")
    response = shown(request, "portal/corrections/ask.html", about=plain_words(about), form=form)
    response.status_code = 422 if form.is_bound else 200
    return response


@page(Permission.OWN_RECORD_ACT)
@require_POST
def withdraw(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Take a request back."""
    told(
        request,
        lambda: actions.withdraw_correction(request_id, by=request.actor, at=request.actor.at),
        done=_("Taken back."),
        but={actions.NotWaiting: _("It was answered meanwhile.")},
    )
    return redirect("portal_corrections")


@page(Permission.OWN_RECORD_ACT)
@require_POST
def disagree(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Put a statement of disagreement on record."""
    form = DisagreeForm(request.POST)
    said = form.cleaned_data["statement"] if form.is_valid() else ""
    told(
        request,
        lambda: actions.disagree(request_id, said, by=request.actor, at=request.actor.at),
        done=_("Written down. Everybody who reads this part of your record reads it too."),
        but={
            actions.WordsNeeded: _("Write why you disagree; at most 2000 letters."),
            actions.NotDeclined: _("Your statement stands already, or there is nothing to disagree with."),
        },
    )
    return redirect("portal_corrections")
