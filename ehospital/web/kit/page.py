"""The frame of every page: it declares its permission, knows who asks, and never tells what it may not show."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

from ehospital.foundation import audit
from ehospital.people import access, queries
from ehospital.people.row_security import granting
from ehospital.web.kit import second_factor

Arguments = ParamSpec("Arguments")
_LOOKS = ("GET", "HEAD")


def _opening(request: HttpRequest, permission: access.Permission) -> AbstractContextManager[None]:
    """Return the transaction in which charts may be opened; what is open to everybody shows none and needs none."""
    if permission is access.Permission.NONE_NEEDED:
        return nullcontext()
    return granting.request_transaction(only_reads=request.method in _LOOKS)


def _has_nul(request: HttpRequest) -> bool:
    """Return whether anything that was typed or sent as a parameter holds a NUL character."""
    sent = [*request.GET.lists(), *(request.POST.lists() if request.method == "POST" else ())]
    return any("\0" in text for name, values in sent for text in (name, *values))


def _write_refusal(request: "PageRequest", permission: access.Permission, asked: Mapping[str, Any]) -> None:
    """Write down that a page was refused, and of whom: alike whether there is such a patient or not."""
    if request.actor is None:
        return
    patient_id = asked.get("patient_id")
    with transaction.atomic():
        audit.record(
            "page.refused",
            by=request.actor,
            at=request.asked_at,
            patient_id=patient_id if isinstance(patient_id, UUID) else None,
            subject=request.resolver_match.view_name if request.resolver_match else "",
            details={"permission": permission.name},
        )


class PageRequest(HttpRequest):
    """A request that has passed the door: `actor` is who asks, at the moment of asking."""

    actor: access.Actor
    asked_at: datetime


View = Callable[Concatenate[PageRequest, Arguments], HttpResponseBase]


def _of_merged(request: Any, arguments: Mapping[str, object]) -> str:
    """Return the same page of the record into which the patient of this one was merged, when the actor may see it."""
    asked = arguments.get("patient_id")
    if not isinstance(asked, UUID) or request.method not in ("GET", "HEAD"):
        return ""
    standing = queries.standing_id(asked)
    seen = (access.Permission.CHART_READ, access.Permission.PATIENT_EDIT, access.Permission.OWN_RECORD_READ)
    if standing == asked or not any(access.may(request.actor, one, patient_id=standing) for one in seen):
        return ""
    address: str = request.get_full_path().replace(str(asked), str(standing))
    return address


def page(permission: access.Permission) -> Callable[[View[Arguments]], Callable[..., HttpResponseBase]]:
    """Declare the permission that a page needs and keep everybody else out.

    Without an account: to the sign-in. An account whose roles never hold the permission: 403. A patient or unit that
    the actor may not see: 404, the same as one that does not exist; of one that
    was merged, the page of the record that it points to. A NUL character anywhere in what was sent: 400.
    """

    def declare(view: View[Arguments]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def answer(request: Any, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
            if permission is not access.Permission.NONE_NEEDED:
                if request.actor is None:
                    return redirect_to_login(request.get_full_path())
                if not access.holds(request.actor, permission):
                    _write_refusal(request, permission, kwargs)
                    raise PermissionDenied(permission.value)
                if permission in second_factor.PRIVILEGED and not second_factor.shown(request):
                    return second_factor.ask(request)
            if _has_nul(request):
                raise BadRequest("a NUL character was sent: no text holds one, and the database takes none")
            try:
                with _opening(request, permission):
                    response = view(request, *args, **kwargs)
            except access.NotPermitted as error:
                if standing := _of_merged(request, kwargs):
                    return redirect(standing)
                _write_refusal(request, permission, kwargs)
                raise Http404 from error
            private = isinstance(response, HttpResponse) and permission is not access.Permission.NONE_NEEDED
            if private and not response.has_header("Cache-Control"):
                add_never_cache_headers(response)  # a shared computer keeps no chart in its history
            return response

        answer.permission = permission  # type: ignore[attr-defined]
        return answer

    return declare
