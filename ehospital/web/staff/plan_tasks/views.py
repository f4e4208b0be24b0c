"""Today's activities of running plans that are mine: by name, by my role, or through a unit of mine."""

from django.http import HttpResponse
from django.shortcuts import render

from ehospital.foundation import audit
from ehospital.people.access import Permission
from ehospital.reporting import plans as reporting
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.kit.plans import doer_words, how_often


@page(Permission.CHART_READ)
def tasks(request: PageRequest) -> HttpResponse:
    """Show what is due, what is open before what was said."""
    actor = request.actor
    found = reporting.due_today(viewer=actor, at=actor.at)
    patients = [one.activity.patient_id for one in found]
    audit.record_listed("plan.tasks_listed", patients, by=actor, at=actor.at)
    lines = [(one, doer_words(one.activity), how_often(one.task.timing, ends_on=one.activity.ends_on)) for one in found]
    open_ones = [line for line in lines if line[0].task.due_today]
    said = [line for line in lines if not line[0].task.due_today]
    return render(request, "staff/plan_tasks/page.html", {"due": open_ones, "said": said})
