"""The frame of every interaction: who asks, with which scope, and an OperationOutcome whatever goes wrong.

The session of a browser opens nothing here: only a token does. So no other site can make a signed-in browser read or
write, and no CSRF token is needed.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import quote

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from ehospital.fhir.serving import negotiation
from ehospital.fhir.serving.outcomes import Answer, Problem, not_found, of_problem, response
from ehospital.foundation import audit
from ehospital.people import access, queries, smart
from ehospital.people.row_security import granting

REALM: Final = "E-Hospital FHIR"
READING, WRITING = smart.DEEDS
log = logging.getLogger(__name__)

Arguments = ParamSpec("Arguments")


@dataclass(frozen=True)
class Visit:
    """One interaction: who asks, at which moment, and what they sent."""

    request: HttpRequest
    bearer: queries.Bearer
    at: datetime

    @property
    def actor(self) -> access.Actor:
        """The system as an actor."""
        return self.bearer.actor

    @property
    def base_url(self) -> str:
        """The address of the door, without a slash at its end."""
        return self.request.build_absolute_uri("/fhir")

    def needs(self, kind: str, deed: str) -> None:
        """Return when the token has the scope.

        Raises:
            Problem: 403, naming the scope that is missing. It says nothing about any patient.
        """
        if not smart.allows(self.bearer.scopes, kind, deed):
            scope = f"system/{kind}.{deed}"
            raise Problem(HTTPStatus.FORBIDDEN, "forbidden", f"The token lacks the scope {scope}.")

    def refused(self, problem: Problem) -> None:
        """Write a refusal down."""
        path = quote(self.request.path, errors="replace")[:200]  # no odd letter of a guess may keep it out of the trail
        asked = {"asked": f"{self.request.method} {path}", "status": problem.status.value}
        with transaction.atomic():
            audit.record("fhir.refused", by=self.actor, at=self.at, details=asked)


View = Callable[Concatenate[Visit, Arguments], Answer]


def interaction(
    permission: access.Permission, *, allow: tuple[str, ...] = ("GET", "HEAD")
) -> Callable[[View[Arguments]], Callable[..., HttpResponse]]:
    """Declare what an interaction needs in the table of `people.access`; without a good token nobody comes further."""

    def declare(view: View[Arguments]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: Any, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
            with translation.override("en"):  # machines read this, and what is stored must not depend on who asks
                try:
                    return response(_answered(request, args, kwargs))
                except Problem as problem:
                    return of_problem(problem)
                except Exception as error:
                    return of_problem(_failure(request, error))

        def _answered(request: Any, args: Any, kwargs: Any) -> Answer:
            _check_method(request, allow)
            negotiation.check_wanted(request)
            visit = Visit(request, _bearer(request), request.asked_at)
            try:
                _no_nul(request)
                with granting.request_transaction(only_reads=request.method in ("GET", "HEAD")):
                    try:
                        return view(visit, *args, **kwargs)
                    except Problem as raised:  # what was written down of the refusal stays written
                        problem = raised
            except access.NotPermitted:
                problem = not_found()
            except Problem as raised:
                problem = raised
            if problem.refused:
                visit.refused(problem)
            raise problem

        answer.permission = permission  # type: ignore[attr-defined]
        return csrf_exempt(answer)

    return declare


def _check_method(request: HttpRequest, allow: tuple[str, ...]) -> None:
    if request.method not in allow:
        raise Problem(
            HTTPStatus.METHOD_NOT_ALLOWED,
            "not-supported",
            f"Here you may {', '.join(allow)}.",
            headers={"Allow": ", ".join(allow)},
        )


def _bearer(request: HttpRequest) -> queries.Bearer:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    shown = scheme.lower() == "bearer" and bool(token)
    try:
        if not shown:
            raise smart.NoToken("none was shown")
        return queries.bearer(token.strip(), at=request.asked_at)  # type: ignore[attr-defined]
    except smart.NoToken:
        challenge = f'Bearer realm="{REALM}"' + (', error="invalid_token"' if shown else "")
        raise Problem(
            HTTPStatus.UNAUTHORIZED,
            "login",
            "Show a token of this hospital that is still good; they are given at /fhir/token.",
            headers={"WWW-Authenticate": challenge},
        ) from None


def _no_nul(request: HttpRequest) -> None:
    if any("\0" in text for name, values in request.GET.lists() for text in (name, *values)):
        raise Problem(HTTPStatus.BAD_REQUEST, "invalid", "A NUL character was sent; no text holds one.")


def _failure(request: HttpRequest, error: Exception) -> Problem:
    if isinstance(error, RequestDataTooBig):
        return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-costly", "That is more than this door takes at once.")
    if isinstance(error, BadRequest | SuspiciousOperation | UnreadablePostError):
        return Problem(HTTPStatus.BAD_REQUEST, "invalid", "The request is damaged.")
    number = getattr(request, "number", "")
    log.error("FHIR request %s failed", number, exc_info=error)
    if isinstance(error, OperationalError | InterfaceError):
        words = f"The hospital's database does not answer just now; try again. Number {number}."
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "transient", words, headers={"Retry-After": "15"})
    words = f"A failure on our side, written down under number {number}. Check whether it was stored before repeating."
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "exception", words)
