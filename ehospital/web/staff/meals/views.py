"""Who of a ward eats what: by bed, with allergies and who is kept fasting, and how many trays of each kind."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from ehospital.algorithms.questionnaires import settle
from ehospital.clinical import queries
from ehospital.clinical.models import FilledForm
from ehospital.clinical.queries import Meal
from ehospital.estate import queries as estate
from ehospital.estate.models import Occupancy
from ehospital.foundation import audit
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.forms.showing import Drawing, flat

_FOOD: Final = ("diet", "texture")
_ASKED: Final = ("eats", *_FOOD, "drinks", "limit", "help", "wishes", "why", "sips")


@dataclass(frozen=True, slots=True)
class Line:
    """One bed: what is said of each question of the order, in words; `state` is fasting, none or eats."""

    held: Occupancy
    meal: Meal
    state: str
    said: Mapping[str, str]
    substances: str


@page(Permission.WARD_READ)
def meals(request: PageRequest, ward_id: UUID) -> HttpResponse:
    """Show the list, ready for paper."""
    actor = request.actor
    ward = estate.ward(ward_id, viewer=actor)
    lying = list(estate.occupancies(ward_id, at=actor.at))
    found = queries.meals([held.patient_id for held in lying], viewer=actor, at=actor.at)
    audit.record_listed("ward.meals_listed", list(found), by=actor, at=actor.at, subject=f"ward:{ward_id}")
    lines = [_line(held, found[held.patient_id]) for held in lying if held.patient_id in found]
    context = {
        "ward": ward,
        "lines": lines,
        "at": actor.at,
        "trays": _trays(lines),
        "fasting": sum(one.state == "fasting" for one in lines),
        "unknown": sum(one.state == "none" for one in lines),
    }
    return render(request, "staff/meals/page.html", context)


def _line(held: Occupancy, meal: Meal) -> Line:
    said = _said(meal.diet)
    state = "fasting" if meal.fasting else "eats" if meal.diet else "none"
    substances = ", ".join(one.display for one in meal.allergies.active)
    return Line(held, meal, state, said, substances)


def _said(order: FilledForm | None) -> dict[str, str]:
    """Return what a diet order says, in the language of the page, by the ids of its questions."""
    if order is None:
        return {}
    asked = queries.definition_of(order)
    nodes = flat(Drawing(asked, settle(asked, order.answers)).nodes())
    return {one.item.link_id: ", ".join(one.said) for one in nodes if one.open and one.item.link_id in _ASKED}


def _trays(lines: Iterable[Line]) -> list[tuple[str, int]]:
    """Return how many trays of each kind the kitchen makes, the most frequent first."""
    kinds = Counter(
        " · ".join(filter(None, (one.said.get(key, "") for key in _FOOD))) or one.said.get("eats", "") or _("no order")
        for one in lines
        if one.state == "eats"
    )
    return sorted(kinds.items(), key=lambda one: (-one[1], one[0]))
