"""The fluid chart of a day, and charting one amount."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.algorithms.fluid_balance import KINDS, Sum, Way, day_of
from ehospital.clinical import actions, queries
from ehospital.kernel.identifiers import uuid7
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.fluids.form import NAMES, REFUSED, WAYS, FluidForm
from ehospital.web.staff.chart.head import opened_head


@page(Permission.CHART_READ)
def fluids(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show a day of the fluid chart."""
    now = timezone.localtime(request.actor.at)
    form = FluidForm(initial={"entry": uuid7(), "at": now.replace(second=0, microsecond=0), "kind": "oral"})
    return _page(request, patient_id, form)


@page(Permission.OBSERVATION_RECORD)
@require_POST
def chart_fluid(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Chart one amount."""
    access.require(request.actor, Permission.OBSERVATION_RECORD, patient_id=patient_id)
    form = FluidForm(request.POST)
    if form.is_valid():
        try:
            actions.record_fluid(patient_id, form.fluid(), by=request.actor, at=request.actor.at)
        except actions.FluidRefused as error:
            field, words = REFUSED[error.why]
            form.add_error(field, str(words))
        else:
            messages.success(request, _("Charted: {ml} ml.").format(ml=form.cleaned_data["ml"]))
            return redirect("chart_fluids", patient_id)
    return _page(request, patient_id, form)


def _page(request: PageRequest, patient_id: UUID, form: FluidForm) -> HttpResponse:
    actor, zone = request.actor, timezone.get_default_timezone()
    today = day_of(actor.at, zone)
    on = _asked(request.GET.get("on", ""), today)
    head = opened_head(request, patient_id, "chart_observations", part="fluids")
    found = queries.fluid_day(patient_id, on, zone=zone, viewer=actor, at=actor.at)
    parts = [*found.shifts, found.whole]
    context = {
        "head": head,
        "form": form,
        "on": on,
        "today": today,
        "running": on == today,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1) if on < today else None,
        "parts": parts,
        "ways": [_way(way, parts) for way in Way],
        "amounts": [(one, NAMES[one.kind], WAYS[KINDS[one.kind]]) for one in found.amounts],
        "may_record": access.may(actor, Permission.OBSERVATION_RECORD, patient_id=patient_id),
    }
    return render(request, "staff/chart/fluids/page.html", context, status=422 if form.is_bound else 200)


def _way(way: Way, parts: Sequence[Sum]) -> dict[str, object]:
    """Return the rows of intake or of output that hold something, and their sum; None where nothing was charted."""
    kinds = [kind for kind, one in KINDS.items() if one == way and kind in parts[-1].by_kind]
    rows = [(NAMES[kind], [part.by_kind.get(kind) for part in parts]) for kind in kinds]
    return {"name": WAYS[way], "rows": rows, "sums": [part.way(way) if part.charted(way) else None for part in parts]}


def _asked(text: str, today: date) -> date:
    try:
        return min(date.fromisoformat(text), today)
    except ValueError:
        return today
