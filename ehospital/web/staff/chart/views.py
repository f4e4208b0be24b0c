"""The pages of a chart. Each is one opening of one part, and says so in the audit trail."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from ehospital.algorithms.result_standing import OUT_OF_RANGE
from ehospital.clinical import queries
from ehospital.clinical.models import Document, Observation
from ehospital.clinical.queries import confidential, lists, rectifications
from ehospital.clinical.schedules import source
from ehospital.foundation import audit
from ehospital.foundation.days import hospital_day
from ehospital.monitoring import queries as monitoring
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit import live, vaccinations
from ehospital.web.kit.board import AlertCard
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.kit.presenting import CHART_SIGNS, alert_card, signal_words, signs
from ehospital.web.staff.chart import curves, mistaken_set
from ehospital.web.staff.chart.encounters import moves
from ehospital.web.staff.chart.head import ChartHead, chart_head, opened_head
from ehospital.wire import subjects

LINES, RESULTS, MOST = 30, 12, 100


@page(Permission.CHART_READ)
def summary(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show the first page: how the patient is, and what to know before doing anything."""
    actor = request.actor
    chart = queries.open_chart(patient_id, viewer=actor, at=actor.at)
    period = curves.range_of(request.GET.get("period", ""))
    plots = curves.monitored(patient_id, period=period, viewer=actor) or curves.charted(chart.results)
    context = {
        "chart": chart,
        "laboratory": _newest_results(chart),
        "plots": plots,
        "period": period,
        "periods": tuple(curves.RANGES),
        "live": _live(request, patient_id),
        "criticals": queries.open_criticals(patient_id, viewer=actor, at=actor.at),
        **_condition(request, chart),
    }
    return render(request, "staff/chart/summary.html", context)


def _newest_results(chart: queries.Chart) -> list[queries.Trend]:
    """Return the newest laboratory results, those outside their range before the others of the same day."""
    found = [one for one in chart.results if one.latest.category == "laboratory"]
    found.sort(key=lambda one: (one.latest.standing not in OUT_OF_RANGE, one.latest.display))
    found.sort(key=lambda one: hospital_day(one.latest.effective_at), reverse=True)
    return found[:RESULTS]


def _condition(request: PageRequest, chart: queries.Chart) -> dict[str, object]:
    """Return how the patient is now: head, vital signs, open alerts."""
    actor, patient = request.actor, chart.patient
    vitals = monitoring.current_vitals(patient.id, viewer=actor, at=actor.at)
    return {
        "head": chart_head(
            patient,
            allergies=chart.allergies,
            flags=chart.flags,
            vitals=vitals,
            tab="chart",
            actor=actor,
            restricted=chart.restricted,
        ),
        "signs": signs(vitals, CHART_SIGNS),
        "monitored": vitals.heard_at is not None,
        "signal_words": signal_words(vitals, actor.at),
        "alerts": _alerts(actor, patient.id),
    }


def _alerts(actor: access.Actor, patient_id: UUID) -> list[AlertCard]:
    """Return the open alerts of the patient; only who may take one on is offered to."""
    found = monitoring.open_alerts(viewer=actor, at=actor.at, patient_id=patient_id)
    may_acknowledge = bool(found) and access.may(actor, Permission.ALERT_ACKNOWLEDGE, patient_id=patient_id)
    return [alert_card(one, at=actor.at, may_acknowledge=may_acknowledge) for one in found]


@page(Permission.CHART_READ)
def alerts(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show the open alerts alone, for a page that is told of one."""
    access.require(request.actor, Permission.CHART_READ, patient_id=patient_id)
    return render(request, "staff/chart/alerts.html", {"alerts": _alerts(request.actor, patient_id)})


@page(Permission.CHART_READ)
def observations(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show every curve of a period."""
    period = curves.range_of(request.GET.get("period", ""))
    head = opened_head(request, patient_id, "chart_observations")
    metrics = ("hr", "sbp", "rr", "spo2", "temp")
    plots = curves.monitored(patient_id, period=period, viewer=request.actor, metrics=metrics)
    sets = monitoring.recorded_sets(patient_id, viewer=request.actor, at=request.actor.at)
    context = {"head": head, "plots": plots, "period": period, "periods": tuple(curves.RANGES)}
    return render(request, "staff/chart/observations.html", {**context, "sets": mistaken_set.lines(sets)})


@page(Permission.CHART_READ)
def results(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show the latest of every result, by kind, with its trend."""
    head = opened_head(request, patient_id, "chart_results")
    trends = queries.results(patient_id, viewer=request.actor, at=request.actor.at)
    kinds = sorted(Observation.Category(kind) for kind in {trend.latest.category for trend in trends})
    return render(
        request,
        "staff/chart/results.html",
        {
            "head": head,
            "groups": [(kind.label, [one for one in trends if one.latest.category == kind]) for kind in kinds],
        },
    )


@page(Permission.CHART_READ)
def series(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show every value of one test, newest first."""
    concept = request.GET.get("concept", "")
    head = opened_head(request, patient_id, "chart_results")
    found = queries.series(patient_id, concept, viewer=request.actor, at=request.actor.at)[::-1]
    if not found:
        raise Http404
    shown = Paginator(found, LINES).get_page(request.GET.get("page"))
    return render(request, "staff/chart/series.html", {"head": head, "values": shown, "latest": found[0]})


@page(Permission.CHART_READ)
def medicines(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show what is taken now, and what was taken before."""
    head = opened_head(request, patient_id, "chart_medicines")
    current = list(queries.current_medicines(patient_id, viewer=request.actor, at=request.actor.at))
    every = queries.medicines(patient_id, viewer=request.actor, at=request.actor.at)
    past = every.exclude(pk__in=[one.pk for one in current])
    shown = Paginator(past, LINES).get_page(request.GET.get("page"))
    return render(request, "staff/chart/medicines.html", {"head": head, "current": current, "past": shown})


@page(Permission.CHART_READ)
def history(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show problems, allergies, encounters, procedures, vaccinations, plans, flags, and what was entered in error."""
    head = opened_head(request, patient_id, "chart_history")
    viewer, at = request.actor, request.actor.at
    context = {
        "head": head,
        "problems": queries.problems(patient_id, viewer=viewer, at=at),
        "ruled_out": queries.ruled_out_problems(patient_id, viewer=viewer, at=at),
        "procedures": queries.procedures(patient_id, viewer=viewer, at=at)[:MOST],
        "immunisations": queries.immunisations(patient_id, viewer=viewer, at=at)[:MOST],
        "encounters": moves.lines(queries.encounters(patient_id, viewer=viewer, at=at)[:MOST], at),
        "plans": queries.care_plans(patient_id, viewer=viewer, at=at)[:MOST],
        "flags": queries.flags(patient_id, viewer=viewer, at=at)[:MOST],
        "allergies": queries.allergies(patient_id, viewer=viewer, at=at),
        "mistakes": queries.entered_in_error(patient_id, viewer=viewer, at=at),
        "rectifications": rectifications.of_chart(patient_id, viewer=viewer)[:MOST],
        "may_rectify": access.may(viewer, Permission.RECORD_RECTIFY, patient_id=patient_id),
        "family": queries.family_history(patient_id, viewer=viewer, at=at)[:MOST],
        "obstetrics": _obstetrics(head, viewer),
        "social": queries.social_history(patient_id, viewer=viewer, at=at),
        **_schedule(patient_id, viewer),
    }
    return render(request, "staff/chart/history.html", context)


def _obstetrics(head: ChartHead, viewer: access.Actor) -> queries.Obstetrics | None:
    """Return the pregnancies; of a man nothing, unless somebody wrote one down."""
    found = queries.obstetric_history(head.patient.id, viewer=viewer, at=viewer.at)
    return found if found.pregnancies or head.patient.sex != "male" else None


def _schedule(patient_id: UUID, viewer: access.Actor) -> dict[str, object]:
    """Return which vaccinations are given and due, of a child."""
    lines = vaccinations.told(queries.vaccination_schedule(patient_id, viewer=viewer, at=viewer.at))
    counts = vaccinations.counts(lines)
    return {"schedule": lines, "schedule_counts": counts, "schedule_open": bool(counts), "schedule_source": source()}


@page(Permission.CHART_READ)
def documents(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show letters, notes and reports."""
    head = opened_head(request, patient_id, "chart_documents")
    found = queries.documents(patient_id, viewer=request.actor, at=request.actor.at)
    shown = Paginator(found, LINES).get_page(request.GET.get("page"))
    reports = queries.reports(patient_id, viewer=request.actor, at=request.actor.at)[:MOST]
    context = {"head": head, "documents": shown, "reports": reports}
    context["infected"] = lists.infected_documents(patient_id, viewer=request.actor, at=request.actor.at)[:LINES]
    return render(request, "staff/chart/documents.html", context)


@page(Permission.CHART_READ)
def document(request: PageRequest, patient_id: UUID, document_id: UUID) -> HttpResponse:
    """Give out one document, in a sandbox: whatever it holds, it runs nothing here."""
    found = queries.document_content(document_id, viewer=request.actor, at=request.actor.at)
    if found.document.patient_id != patient_id or (found.content is None and not _why_shut(found.document)):
        raise Http404
    if found.content is None:
        messages.warning(request, _why_shut(found.document))
        return redirect("chart_documents", patient_id)
    response = HttpResponse(found.content, content_type=found.document.content_type or "application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(False, found.document.file_name) or "inline"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _why_shut(document: Document) -> str:
    """Return why a document does not open, and what to do; empty for one that has no content here, or a virus."""
    if document.waits:
        return _("The virus scanner has not looked into this document yet. It opens once it has.")
    if document.too_large:
        return _("This document is too large for the virus scanner, so nobody opens it. Ask for it in smaller parts.")
    if document.lost:
        return _("The file of this document is missing or damaged. Ask those who look after computers to restore it.")
    return ""


@page(Permission.CHART_READ)
def timeline(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show everything that happened, page by page."""
    head = opened_head(request, patient_id, "chart_timeline")
    try:
        lines = queries.timeline(
            patient_id, viewer=request.actor, at=request.actor.at, before=request.GET.get("before", "")
        )
    except queries.BadCursor as error:
        raise Http404 from error
    problems = confidential.shown(lists.problems_of(patient_id), viewer=request.actor, patient_id=patient_id)[:MOST]
    return render(request, "staff/chart/timeline.html", {"head": head, "lines": lines, "problems": problems})


@page(Permission.CHART_READ)
def ticket(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Give a browser that still may open this chart a new ticket for its live events."""
    access.require(request.actor, Permission.CHART_READ, patient_id=patient_id)
    audit.record_listed("vitals.read", [patient_id], by=request.actor, at=request.actor.at)
    return JsonResponse({"url": _live(request, patient_id)["url"]})


def _live(request: PageRequest, patient_id: UUID) -> dict[str, str]:
    return live.stream(request, subjects.live_patient(patient_id), renew="chart_ticket", key=patient_id)
