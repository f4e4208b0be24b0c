"""Who is overdue, why, and where they live; and the letter that asks them to come."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from ehospital.algorithms.recall import Register
from ehospital.foundation.printing.sheets import Cell, Section, Table
from ehospital.foundation.printing.typesetting import PressBusy, TooMuchToPrint
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.people.queries import hospital_number
from ehospital.reporting import recalls as queries
from ehospital.web.kit.dates import day
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.kit.paper import file_stem, paper, pdf
from ehospital.web.staff.recalls.wording import REGISTERS, Told, told

Line = tuple[queries.Recalled, str, list[Told]]


@page(Permission.CHART_READ)
def recalls(request: PageRequest) -> HttpResponse:
    """Show who of those in my care is overdue; by place, the list for whoever visits them."""
    asked = request.GET.get("of", "")
    register = Register(asked) if asked in set(Register) else Register.DIABETES
    found = queries.recall_list(register, viewer=request.actor, at=request.actor.at)
    lines = [(one, hospital_number(one.patient), [told(reason) for reason in one.reasons]) for one in found.lines]
    by_place = request.GET.get("by") == "place"
    context = {
        "register": register,
        "title": REGISTERS[register],
        "tabs": [(str(one), words, one is register) for one, words in REGISTERS.items()],
        "places": _by_place(lines) if by_place else [("", _("Overdue"), lines)] if lines else [],
        "by_place": by_place,
        "more": found.more,
        "may_write": access.holds(request.actor, Permission.CHART_TAKE_OUT),
    }
    return render(request, "staff/recalls/page.html", context)


def _by_place(lines: Sequence[Line]) -> list[tuple[str, str, list[Line]]]:
    """Return the lines by where people live, each place with the words above its table; unknown places come last."""
    places: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        places[line[0].place].append(line)
    ordered = sorted(places.items(), key=lambda one: (not one[0], one[0]))
    return [
        (place, _("Overdue in {place}").format(place=place) if place else _("Overdue, place not known"), held)
        for place, held in ordered
    ]


@page(Permission.CHART_TAKE_OUT)
def letter(request: PageRequest, recall: str, patient_id: UUID) -> HttpResponse:
    """Give the letter that asks one patient to come."""
    actor, at = request.actor, request.actor.at
    access.require(actor, Permission.CHART_TAKE_OUT, patient_id=patient_id)
    if recall not in set(Register):
        raise Http404
    one = queries.recalled(Register(recall), patient_id, viewer=actor, at=at)
    made = paper(
        _("Please come to us"),
        one.patient,
        [_due(one)],
        by=actor.name,
        at=at,
        preface=(
            _("By our records you were not here for some time for what stands below."),
            _("Please come, or call us for an appointment. If it was done elsewhere, bring the paper with you."),
        ),
        end=_("End of the letter"),
    )
    try:
        return pdf(made, at=at, name=file_stem(one.patient, "recall", at), inline=True)
    except (PressBusy, TooMuchToPrint):
        messages.warning(request, _("The paper was not ready in time. Try again in a minute."))
        return redirect(f"{reverse('recalls')}?of={recall}")


def _due(one: queries.Recalled) -> Section:
    """Return what the letter asks for, and since when."""
    rows = [(Cell(reason.words, strong=True), Cell(day(reason.due_on))) for reason in map(told, one.reasons)]
    return Section(_("What is due"), tables=[Table(head=(_("What for"), _("Due since")), widths=(3, 1), rows=rows)])
