"""A person's own choices: language, theme, density. Each is a form, works without a script, and needs no account."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import i18n

from ehospital.people.access import Permission
from ehospital.web.kit.context import DENSITIES, DENSITY_COOKIE, THEME_COOKIE, THEMES
from ehospital.web.kit.page import PageRequest, page

_YEAR = 365 * 24 * 60 * 60


@page(Permission.NONE_NEEDED)
def language(request: PageRequest) -> HttpResponseBase:
    """Set the language of this browser (Django's own view: posts `language` and `next`)."""
    return i18n.set_language(request)


@page(Permission.NONE_NEEDED)
def theme(request: PageRequest) -> HttpResponseBase:
    """Set light, dark or, with `auto`, what the system says."""
    return _keep(request, name=THEME_COOKIE, allowed=(*THEMES, "auto"))


@page(Permission.NONE_NEEDED)
def density(request: PageRequest) -> HttpResponseBase:
    """Set how dense staff pages are."""
    return _keep(request, name=DENSITY_COOKIE, allowed=DENSITIES)


def _keep(request: PageRequest, *, name: str, allowed: tuple[str, ...]) -> HttpResponse:
    if request.method != "POST":
        return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
    value = request.POST.get(name, "")
    if value not in allowed:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    if request.headers.get("X-Quiet") is None:
        response = HttpResponseRedirect(_back(request))
    response.set_cookie(
        name, value, max_age=_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def _back(request: PageRequest) -> str:
    """Return the page to go back to: one of ours, or the first page."""
    wanted = request.POST.get("next") or request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else "/"
