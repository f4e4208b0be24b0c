"""The worklist of records that may be of one person, the merge with its preview, and undoing it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.journeys import merging
from ehospital.people import actions, queries
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.duplicates.comparing import CANNOT, choices, rows
from ehospital.web.staff.duplicates.wording import LIKELY_PERCENT, pair_reasons, percent


@page(Permission.PATIENT_MERGE)
def worklist(request: PageRequest) -> HttpResponse:
    """Show the pairs that somebody has to look at, the likeliest first."""
    pairs = queries.duplicate_pairs(viewer=request.actor, at=request.actor.at)
    lines = [(pair, percent(pair.probability), pair_reasons(pair)) for pair in pairs]
    context = {
        "lines": lines,
        "likely": LIKELY_PERCENT,
        "full": len(pairs) == queries.PAIRS_AT_MOST,
        "merges": queries.latest_merges(viewer=request.actor),
    }
    return render(request, "staff/duplicates/page.html", context)


@page(Permission.PATIENT_MERGE)
@require_POST
def different(request: PageRequest, pair_id: UUID) -> HttpResponse:
    """Take a pair off the list for good: they are two people."""
    try:
        actions.tell_apart(pair_id, seen_version=_number(request, "version"), by=request.actor, at=request.actor.at)
    except actions.PairDecided:
        messages.warning(request, _("Somebody else has decided about these two meanwhile. Look at the list again."))
    else:
        messages.success(request, _("Noted: two people. They will not be shown as duplicates again."))
    return redirect("duplicates")


@page(Permission.PATIENT_MERGE)
def compare(request: PageRequest) -> HttpResponse:
    """Show two records beside each other and what a merge would keep; posted, merge them as chosen."""
    sent = request.POST if request.method == "POST" else request.GET
    found = [_record(request, sent.get(name, "")) for name in ("one", "other")]
    if None in found or found[0] == found[1]:
        return render(request, "staff/duplicates/find.html", {"sent": sent, "found": found}, status=_status(sent))
    survivor, absorbed = (key for key in found if key is not None)
    preview = queries.merge_preview(survivor, absorbed, viewer=request.actor)
    error = ""
    if request.method == "POST":
        try:
            return _merged(request, preview)
        except actions.CannotMerge as refused:
            error = str(CANNOT[refused.why])
            preview = queries.merge_preview(survivor, absorbed, viewer=request.actor)
    context = {"preview": preview, "rows": rows(preview, request.POST), "error": error, "sent": sent}
    return render(request, "staff/duplicates/compare.html", context, status=422 if error else 200)


def _record(request: PageRequest, typed: str) -> UUID | None:
    """Return the record that somebody means by its id or its hospital number."""
    return queries.record_called(typed, viewer=request.actor)


def _status(sent: QueryDict) -> int:
    return 422 if sent.get("one") or sent.get("other") else 200


def _merged(request: PageRequest, preview: queries.Preview) -> HttpResponse:
    merge_id = merging.merge(
        survivor_id=preview.survivor.id,
        absorbed_id=preview.absorbed.id,
        choices=choices(preview, request.POST),
        reason=request.POST.get("reason", ""),
        seen_versions=(_number(request, "survivor_version"), _number(request, "absorbed_version")),
        by=request.actor,
        at=request.actor.at,
    )
    messages.success(request, _("Merged. Nothing was deleted; the merge can be undone here."))
    return redirect("merge", merge_id)


def _number(request: PageRequest, name: str) -> int:
    typed = request.POST.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


@page(Permission.PATIENT_MERGE)
def merge(request: PageRequest, merge_id: UUID) -> HttpResponse:
    """Show a merge; posted, undo it."""
    shown, error = queries.merge(merge_id, viewer=request.actor), ""
    if request.method == "POST":
        try:
            merging.unmerge(merge_id, reason=request.POST.get("reason", ""), by=request.actor, at=request.actor.at)
        except actions.CannotMerge as refused:
            error = str(CANNOT[refused.why])
        else:
            messages.success(request, _("Undone: they are two records again."))
            return redirect("merge", merge_id)
    context = {"merge": shown, "error": error, "reason": request.POST.get("reason", "")}
    return render(request, "staff/duplicates/merge.html", context, status=422 if error else 200)
