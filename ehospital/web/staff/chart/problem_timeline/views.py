"""Choose a problem, and see what belongs to it; a lane may be opened by itself, and a period chosen."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ehospital.clinical import queries
from ehospital.clinical.queries import lists
from ehospital.clinical.queries import problem_timelines as timelines
from ehospital.clinical.queries.problem_timelines import How, Lane, Period
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.head import opened_head

TITLES: dict[Lane, Promise] = {
    Lane.ENCOUNTERS: _("Encounters"),
    Lane.NOTES: _("Notes"),
    Lane.RESULTS: _("Results"),
    Lane.MEDICINES: _("Medicines"),
    Lane.PROCEDURES: _("Procedures"),
    Lane.PLANS: _("Care plans"),
}
HOW: dict[How, Promise] = {
    How.NAMED: _("names it as the reason"),
    How.RECORDED_IN: _("recorded there"),
    How.SAME_ENCOUNTER: _("inferred: same encounter"),
    How.WATCHED: _("inferred: a test that is watched with it"),
}
PROBLEMS = 200


class PeriodForm(forms.Form):
    """From which day to which day; both may stay open."""

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, date | None]:
        told = super().clean() or self.cleaned_data
        since, until = told.get("since"), told.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day lies before the first. Turn them around."))
        return told

    def period(self) -> Period:
        """Return what was chosen; the last day belongs to it."""
        if not self.is_valid():
            return Period()
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return Period(_start(since), _start(until + timedelta(days=1)) if until else None)


def _start(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


@page(Permission.CHART_READ)
def problem_timeline(request: PageRequest, patient_id: UUID, problem_id: UUID) -> HttpResponse:
    """Show the lanes of one problem."""
    problem = timelines.problem_of(patient_id, problem_id, viewer=request.actor, at=request.actor.at)
    form, lane = PeriodForm(request.GET or None), request.GET.get("lane", "")
    only = Lane(lane) if lane in set(map(str, Lane)) else None
    more = {"most": timelines.MOST_LINES, "before": request.GET.get("before", "")} if only else {}
    try:
        found = timelines.lanes(problem, viewer=request.actor, period=form.period(), only=only, **more)  # type: ignore[arg-type]
    except queries.BadCursor as error:
        raise Http404 from error
    context = {
        "head": opened_head(request, patient_id, "chart_timeline", part="problem timeline"),
        "problem": problem,
        "problems": lists.problems_of(patient_id)[:PROBLEMS],
        "lanes": [(TITLES[one.lane], one, [(line, HOW[line.how]) for line in one.lines]) for one in found],
        "only": only,
        "form": form,
        "asked": {name: request.GET.get(name, "") for name in ("since", "until")} if form.is_valid() else {},
    }
    return render(request, "staff/chart/problem_timeline/page.html", context)
