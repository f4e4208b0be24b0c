"""Nobody's results: why somebody is shown an answer that was meant for another, and taking it over."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.algorithms.result_readers import Away
from ehospital.algorithms.waiting_tone import Tone
from ehospital.clinical import actions, queries
from ehospital.clinical.models import DiagnosticReport, Order
from ehospital.people import access
from ehospital.people.access import Actor, NotPermitted, Permission
from ehospital.people.models import StaffMember
from ehospital.web.kit import result_counts
from ehospital.web.kit.dates import longday
from ehospital.web.kit.durations import ago
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.broken_glass import offers

_TONES: Final = {Tone.NEW: "", Tone.LATE: "warn", Tone.OVERDUE: "bad"}


@dataclass(frozen=True, slots=True)
class NobodysLine:
    """One line of the list: what the page says of an answer without opening the chart."""

    one: queries.NobodysResult
    kind: str
    weight: str
    tone: str
    age: str
    why: str


def lines(found: list[queries.NobodysResult], *, at: datetime) -> list[NobodysLine]:
    """Return the lines of the list, in words, as they stand at that moment."""
    return [
        NobodysLine(
            one=each,
            kind=str(Order.Kind(each.waits.kind).label),
            weight=str(DiagnosticReport.Weight(each.waits.weight).label) if each.waits.weight else "",
            tone=_TONES[each.tone],
            age=ago(each.waits.since, at),
            why=why(each.waits.shown.away, each.of, each.left, handed=each.handed),
        )
        for each in found
    ]


def why_here(one: queries.Waiting, viewer: Actor) -> str:
    """Return why the viewer is shown a result that was meant for somebody else; empty when it is theirs."""
    own = one.of is not None and one.of.pk == viewer.staff_id
    handed = one.of is not None and one.of.pk != one.line.order.recorded_by_id
    return "" if own else why(one.away, one.of, one.since, handed=handed)


def why(away: Away | None, of: StaffMember | None, left: date | None, *, handed: bool = False) -> str:
    """Return why an answer is not read by whom it was meant for, in words; empty when it is."""
    if away is None:
        return ""
    if of is None or away is Away.UNNAMED:
        return _("Nobody is named who gets it.")
    asked = _("Handed over to {name}") if handed else _("Ordered by {name}")
    told = {
        Away.LEFT: _("who left on {day}") if left else _("who does not work here, or cannot sign in, any more"),
        Away.NO_UNIT: _("who works in no unit since {day}") if left else _("who works in no unit any more"),
        Away.OUT_OF_REACH: _("who may not open the chart any more"),
        Away.MOVED: _("who has moved to another unit"),
    }[away]
    said = asked.format(name=of.name_text), told.format(day=longday(left) if left else "")
    return _("{asked}, {away}.").format(asked=said[0], away=said[1])


@page(Permission.RESULT_TAKE)
@require_POST
def take_over(request: PageRequest, order_id: UUID) -> HttpResponse:
    """Get an answer that nobody reads: from then on it is among one's own."""
    result_counts.forget()
    try:
        patient_id = actions.take_over_result(order_id, by=request.actor, at=request.actor.at)
    except actions.UnknownEntry as error:
        raise NotPermitted(str(error)) from error
    except actions.RecordKept:
        messages.info(request, _("This record is restricted. Say why you open it, then take the result over."))
        return redirect("result_with_reason", order_id)
    except actions.TakenBefore as error:
        messages.info(request, _("{name} answers for it already. Nothing was changed.").format(name=error.name))
    except actions.ReadBefore:
        messages.info(request, _("Somebody has read it meanwhile. Nothing was changed."))
    else:
        messages.success(request, _words(access.glass_of(request.actor, patient_id)))
        return redirect(f"{reverse('results')}#p-{patient_id}")
    return redirect("results")


def _words(glass: access.Glass | None) -> str:
    if glass is None:
        return _("It waits for you now, and its chart is open to you until you have read it.")
    return _("It waits for you now. Read it while the chart is open: afterwards others are shown it again.")


@page(Permission.RESULT_TAKE)
def with_reason(request: PageRequest, order_id: UUID) -> HttpResponse:
    """Lead on to where a restricted record is opened with a reason; whose it is, is not said before."""
    patient_id = queries.behind_a_reason(order_id, viewer=request.actor, at=request.actor.at)
    return redirect(offers.address(patient_id, request.actor, named=False))
