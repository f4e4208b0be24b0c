"""What a person reads when something went wrong: words, what to do next, and the request's number.

These pages ask neither the database nor the session, because those may be what is missing.
"""

import sys
from http import HTTPStatus

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from ehospital.people.access import Permission
from ehospital.web.kit.context import THEME_COOKIE, THEMES


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent cannot be understood."""
    return _page(
        request,
        HTTPStatus.BAD_REQUEST,
        title=_("This request could not be understood"),
        words=_("Something in it was damaged or out of date. Go back, load the page again and repeat the step."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the role never opens this kind of page."""
    return _page(
        request,
        HTTPStatus.FORBIDDEN,
        title=_("Your role does not open this page"),
        words=_("If your work needs it, ask the person who manages accounts, and tell them the number below."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was too old, or came from elsewhere. Nothing was saved."""
    return _page(
        request,
        HTTPStatus.FORBIDDEN,
        title=_("This form is no longer valid, so nothing was saved"),
        words=_(
            "It was open too long, or you signed in again meanwhile. Go back, load the page again and send it anew."
        ),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or nothing that this person may know of: the answer is the same."""
    return _page(
        request,
        HTTPStatus.NOT_FOUND,
        title=_("There is nothing here"),
        words=_("The address may be mistyped, the record may have moved, or it is not open to you."),
    )


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: slower, please."""
    return _page(
        request,
        HTTPStatus.TOO_MANY_REQUESTS,
        title=_("Too many tries"),
        words=_("To protect accounts, this is paused for some minutes. Wait a little, then try once more."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; 503 when the database went away under whatever was asked for.

    Django calls this inside its `except`, whichever middleware or view the failure came from, and logs the answer.
    """
    if _is_outage(sys.exc_info()[1]):
        return unavailable(request)
    return _page(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        title=_("Something went wrong on our side"),
        words=_(
            "The failure is written down under the number below. "
            "Check whether your last step was saved before you repeat it."
        ),
    )


def unavailable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """503: a part that this page needs does not answer, or the hospital's system is being renewed."""
    response = _page(
        request,
        HTTPStatus.SERVICE_UNAVAILABLE,
        title=_("The hospital's system does not answer just now"),
        words=_(
            "It is being renewed, or a part of it has failed and is starting again. Monitors at the bedside go on "
            "by themselves. On a ward, use the paper charts until this page is back."
        ),
    )
    response["Retry-After"] = "15"
    return response


def _is_outage(error: BaseException | None) -> bool:
    """Return whether the database does not answer; a question that it refused or gave up is a failure of ours.

    A connection that was refused, lost or not to be had from the pool carries no SQLSTATE; a server that is shutting
    down, starting or out of connections says so (PostgreSQL, appendix A: classes 08 and 53, and 57P01 to 57P05).
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(("08", "53", "57P"))


def _page(request: HttpRequest, status: HTTPStatus, *, title: str, words: str) -> HttpResponse:
    number = getattr(request, "number", "")
    if request.headers.get("Accept", "").startswith("application/json"):
        return HttpResponse(status=status, content_type="application/json", content=f'{{"number":"{number}"}}')
    theme = request.COOKIES.get(THEME_COOKIE, "")
    shell = {"theme": theme if theme in THEMES else "", "hospital": settings.HOSPITAL_NAME}
    html = render_to_string(
        "errors/page.html", {"title": title, "words": words, "status": status.value, "number": number, "shell": shell}
    )
    return HttpResponse(html, status=status)


for _view in (bad_request, forbidden, csrf_failure, not_found, too_many, server_error, unavailable):
    _view.permission = Permission.NONE_NEEDED  # type: ignore[attr-defined]
