"""My record, whole, by its lists, over time and for paper."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse

from ehospital.clinical import queries
from ehospital.clinical.queries import histories, whole_record
from ehospital.people.access import Permission
from ehospital.web.kit import vaccinations
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.portal.allergies import known_allergies
from ehospital.web.portal.answering import mine, shown
from ehospital.web.portal.curves import LARGE, curve
from ehospital.web.portal.plain_results import concept_of, plain
from ehospital.web.portal.record import overview
from ehospital.web.portal.record.sections import SECTIONS, excerpts

NEWEST_LINES = 5
NEWEST_RESULTS = 8
PRINTED_LINES = 500
LINES_A_PAGE = 25
RESULTS_A_PAGE = 20


@page(Permission.OWN_RECORD_READ)
def record(request: PageRequest) -> HttpResponse:
    """Show everything at a glance: the newest of each list, and where the rest is."""
    found = whole_record.open_record(mine(request), viewer=request.actor, at=request.actor.at, most=NEWEST_LINES)
    results = overview.told(found.results)
    return shown(
        request,
        "portal/record/page.html",
        allergies=known_allergies(found.allergies),
        results=results[:NEWEST_RESULTS],
        more_results=len(results) > NEWEST_RESULTS,
        sections=excerpts(found),
    )


@page(Permission.OWN_RECORD_READ)
def printed(request: PageRequest) -> HttpResponse:
    """Show everything on one page for paper."""
    found = whole_record.open_record(mine(request), viewer=request.actor, at=request.actor.at, most=PRINTED_LINES)
    return shown(
        request,
        "portal/record/print.html",
        patient=found.patient,
        allergies=known_allergies(found.allergies),
        groups=overview.groups(overview.told(found.results)),
        sections=excerpts(found),
        most=PRINTED_LINES,
        asked_at=request.actor.at,
    )


@page(Permission.OWN_RECORD_READ)
def section(request: PageRequest, slug: str) -> HttpResponse:
    """Show all of one list, page by page."""
    asked = SECTIONS.get(slug)
    if asked is None:
        raise Http404
    found = asked.read(mine(request), viewer=request.actor, at=request.actor.at)
    shown_page = Paginator(found, LINES_A_PAGE).get_page(request.GET.get("page"))
    lines = [asked.line(one) for one in shown_page]
    due = _due(request) if slug == "vaccinations" else []
    return shown(request, "portal/record/section.html", section=asked, lines=lines, page_obj=shown_page, due=due)


def _due(request: PageRequest) -> list[vaccinations.DoseTold]:
    """Return the vaccinations of the schedule that are not given yet, or of which that is not known."""
    found = histories.schedule_of(mine(request), at=request.actor.at)  # the list itself was a look already
    return [one for one in vaccinations.told(found) if one.state not in ("given", "too_late")]


@page(Permission.OWN_RECORD_READ)
def results(request: PageRequest) -> HttpResponse:
    """Show the latest result of every test, the newest first."""
    found = overview.told(queries.results(mine(request), viewer=request.actor, at=request.actor.at))
    shown_page = Paginator(found, RESULTS_A_PAGE).get_page(request.GET.get("page"))
    return shown(request, "portal/record/results.html", results=list(shown_page), page_obj=shown_page)


@page(Permission.OWN_RECORD_READ)
def series(request: PageRequest, key: str) -> HttpResponse:
    """Show one test over time: a picture, and every value in a table."""
    found = queries.series(mine(request), concept_of(key), viewer=request.actor, at=request.actor.at)
    # A panel (a blood pressure) has no course of its own: its parts have.
    if not any(plain(one).known for one in found):
        raise Http404
    newest_first = Paginator(found[::-1], LINES_A_PAGE).get_page(request.GET.get("page"))
    return shown(
        request,
        "portal/record/series.html",
        latest=plain(found[-1]),
        curve=curve(found, box=LARGE),
        lines=[plain(one) for one in newest_first],
        page_obj=newest_first,
    )
