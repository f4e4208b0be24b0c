"""A register on its way into use: one page that shows where it stands, and what may be done next."""

import csv
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.foundation.files import InfectedFile, StoreAway, TooLarge
from ehospital.foundation.scanning import ScannerAway
from ehospital.foundation.sheets.kinds import MOST_BYTES, UnusableSheet
from ehospital.people.access import Permission
from ehospital.people.actions import registers as actions
from ehospital.people.models import RegisterImport
from ehospital.people.policies.register_settings import RegisterSettings
from ehospital.people.queries import registers as queries
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.register_import.described import read_anew, settings_from
from ehospital.web.staff.register_import.showing import describing, rows_shown, standing
from ehospital.web.staff.register_import.wording import REFUSALS, said, unsaid

State = RegisterImport.State
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@page(Permission.RECORD_IMPORT)
def registers(request: PageRequest) -> HttpResponse:
    """Show the registers that came, and take a new one."""
    error = ""
    if request.method == "POST":
        try:
            return _brought(request)
        except UnusableSheet as refused:
            error = str(REFUSALS[refused.why.value])
        except InfectedFile as found:
            error = _("The virus scanner found {name} in this file. Nothing was kept.").format(name=found.name)
        except TooLarge:
            error = _("The virus scanner takes no file of this size. Nothing was kept; send it in parts.")
        except (ScannerAway, StoreAway):
            error = _("The file cannot be checked or stored right now. Nothing was kept; try again soon.")
    context = {"registers": queries.latest_registers(viewer=request.actor), "error": error, "most_bytes": MOST_BYTES}
    return render(request, "staff/register_import/page.html", context, status=422 if error else 200)


def _brought(request: PageRequest) -> HttpResponse:
    """Keep what was sent, and go to its page."""
    sent = request.FILES.get("file")
    content = sent.read(MOST_BYTES + 1) if sent else b""
    name = (sent.name if sent else "") or "register"
    return redirect("register", actions.bring_register(content, file_name=name, by=request.actor, at=request.actor.at))


@page(Permission.RECORD_IMPORT)
def register(request: PageRequest, register_id: UUID) -> HttpResponse:
    """Show where a register stands; whoever watches is brought on when a step is done."""
    held = queries.register(register_id, viewer=request.actor)
    working = held.state in RegisterImport.WORKING
    if request.headers.get("HX-Request") and not working:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context = standing(held)
    if held.state == State.READ:
        context |= describing(held, RegisterSettings.from_json(held.settings), viewer=request.actor)
    elif not working:
        context |= rows_shown(held, request)
    return render(request, f"staff/register_import/{context['template']}.html", context)


@page(Permission.RECORD_IMPORT)
@require_POST
def describe(request: PageRequest, register_id: UUID) -> HttpResponse:
    """Keep what was said of the columns and have every row checked; or have the file read otherwise."""
    held = queries.register(register_id, viewer=request.actor)
    by, at, seen = request.actor, request.actor.at, _version(request)
    anew = request.POST.get("do") == "read"
    settings = (read_anew if anew else settings_from)(request.POST, held)
    try:
        actions.describe_register(register_id, settings, seen_version=seen, by=by, at=at)
        if request.POST.get("do") == "check":
            actions.check_register(register_id, seen_version=seen + 1, by=by, at=at)
    except actions.RegisterMoved:
        messages.warning(request, _("Somebody else has gone on with this register meanwhile. Here is where it stands."))
    except actions.Unsaid as missing:
        held.refresh_from_db()
        context = standing(held) | describing(held, settings, viewer=by) | {"missing": unsaid(missing.what)}
        return render(request, "staff/register_import/describe.html", context, status=422)
    return redirect("register", register_id)


@page(Permission.RECORD_IMPORT)
@require_POST
def decide(request: PageRequest, register_id: UUID, row_number: int) -> HttpResponse:
    """Decide about one row instead of the check."""
    decision = request.POST.get("decision", "")
    try:
        if decision not in ("", "new", "same", "out") or row_number > 2**31 - 1:
            raise actions.RegisterMoved(decision)
        actions.decide_row(register_id, row_number, decision, by=request.actor, at=request.actor.at)
    except actions.RegisterMoved:
        messages.warning(request, _("This row cannot be decided about now. Here is where the register stands."))
    back = redirect("register", register_id)
    back["Location"] += f"?show={request.POST.get('show', '')[:10]}&page={request.POST.get('page', '1')[:6]}"
    return back


@page(Permission.RECORD_IMPORT)
@require_POST
def move(request: PageRequest, register_id: UUID, step: str) -> HttpResponse:
    """Take the next step, or the way back: take in, undo, describe again, discard."""
    doing = {
        "take": actions.take_register,
        "undo": actions.undo_register,
        "discard": actions.discard_register,
        "again": actions.describe_again,
    }.get(step)
    if doing is None:
        raise Http404
    try:
        doing(register_id, seen_version=_version(request), by=request.actor, at=request.actor.at)
    except actions.RegisterMoved:
        messages.warning(request, _("Somebody else has gone on with this register meanwhile. Here is where it stands."))
    return redirect("registers") if step == "discard" else redirect("register", register_id)


@page(Permission.RECORD_IMPORT)
def left_out(request: PageRequest, register_id: UUID) -> HttpResponse:
    """Give the rows that were left out as a file, with why, to be corrected and brought again."""
    held = queries.register(register_id, viewer=request.actor)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="left-out.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer)
    names = queries.headings(held, viewer=request.actor)
    writer.writerow([_("Row"), _("Why it was left out"), *map(_harmless, names)])
    for row in queries.register_rows(held, viewer=request.actor, verdict="bad"):
        why = " ".join(str(one.words) for one in said(row) if one.stops)
        writer.writerow([row.number, why, *map(_harmless, row.cells)])
    return answer


def _harmless(text: str) -> str:
    """A cell that a spreadsheet would run as a formula is text."""
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text


def _version(request: PageRequest) -> int:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
