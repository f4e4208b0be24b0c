"""The first page: one opening of the chart, and of it what matters now."""

from collections.abc import Sequence

from django.http import HttpResponse

from ehospital.algorithms import encounter_course
from ehospital.clinical import queries
from ehospital.clinical.models import Encounter
from ehospital.clinical.queries import Chart, Trend
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.portal import lines
from ehospital.web.portal.allergies import known_allergies
from ehospital.web.portal.answering import mine, shown
from ehospital.web.portal.plain_results import PlainResult, plain, plain_words

NEWEST_RESULTS = 5
FIRST_MEDICINES = 6
FIRST_PLANS = 3
# What somebody measured or found; questionnaires and habits are in the record.
_NEWS = {"laboratory", "vital-signs", "imaging", "exam", "procedure"}
_LYING = {Encounter.Setting.INPATIENT, Encounter.Setting.EMERGENCY, Encounter.Setting.DAY_CASE}


@page(Permission.OWN_RECORD_READ)
def home(request: PageRequest) -> HttpResponse:
    """Show what matters now."""
    chart = queries.open_chart(mine(request), viewer=request.actor, at=request.actor.at)
    return shown(
        request,
        "portal/home/page.html",
        results=newest(chart.results),
        medicines=[lines.medicine(one) for one in lines.taken_first(chart.medicines)[:FIRST_MEDICINES]],
        more_medicines=max(0, len(chart.medicines) - FIRST_MEDICINES),
        allergies=known_allergies(chart.allergies),
        stays=[
            lines.visit(one)
            for one in chart.encounters
            if one.status in encounter_course.HERE and one.setting in _LYING
        ],
        planned=[lines.visit(one) for one in _planned(chart)],
        plans=[(plain_words(one.display), one.started_at) for one in chart.care_plans[:FIRST_PLANS]],
    )


def newest(trends: Sequence[Trend], most: int = NEWEST_RESULTS) -> list[PlainResult]:
    """Return the newest results that say something, the newest first."""
    found = sorted(
        (trend.latest for trend in trends if trend.latest.category in _NEWS),
        key=lambda one: (one.effective_at, one.id),
        reverse=True,
    )
    return [told for told in map(plain, found) if told.known][:most]


def _planned(chart: Chart) -> list[Encounter]:
    """Return what is planned, the soonest first."""
    ahead = [one for one in chart.encounters if one.status == Encounter.Status.PLANNED]
    return sorted(ahead, key=lambda one: (one.started_at is None, one.started_at))
