"""The worklist of records that may be of one person."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.people import actions, queries
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.duplicates.wording import LIKELY_PERCENT, pair_reasons, percent


@page(Permission.PATIENT_MERGE)
def worklist(request: PageRequest) -> HttpResponse:
    """Show the pairs that somebody has to look at, the likeliest first."""
    pairs = queries.duplicate_pairs(viewer=request.actor, at=request.actor.at)
    lines = [(pair, percent(pair.probability), pair_reasons(pair)) for pair in pairs]
    context = {"lines": lines, "likely": LIKELY_PERCENT, "full": len(pairs) == queries.PAIRS_AT_MOST}
    return render(request, "staff/duplicates/page.html", context)


@require_POST
@page(Permission.PATIENT_MERGE)
def different(request: PageRequest, pair_id: UUID) -> HttpResponse:
    """Take a pair off the list for good: they are two people."""
    typed = request.POST.get("version", "")
    seen = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    try:
        actions.tell_apart(pair_id, seen_version=seen, by=request.actor, at=request.actor.at)
    except actions.PairDecided:
        messages.warning(request, _("Somebody else has decided about these two meanwhile. Look at the list again."))
    else:
        messages.success(request, _("Noted: two people. They will not be shown as duplicates again."))
    return redirect("duplicates")
