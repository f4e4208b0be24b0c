"""The three pages that machines ask: alive, ready, figures."""

from django.db import Error, connection
from django.http import Http404, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page


@page(Permission.NONE_NEEDED)
def healthz(request: PageRequest) -> HttpResponse:
    """Say that the process lives; asks nothing of anything else."""
    return JsonResponse({"alive": True})


@page(Permission.NONE_NEEDED)
def readyz(request: PageRequest) -> HttpResponse:
    """Say whether the database answers; without it no page can."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"ready": False, "needs": {"database": "does not answer"}}, status=503)
    return JsonResponse({"ready": True, "needs": {"database": "ok"}})


@page(Permission.NONE_NEEDED)
def metrics(request: PageRequest) -> HttpResponse:
    """Give Prometheus its figures, on this machine only: they tell how busy the hospital is."""
    near = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and "HTTP_X_FORWARDED_FOR" not in request.META
    if not near:
        raise Http404
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
