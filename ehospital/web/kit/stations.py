"""A computer that several people share: how it is known again, whom it knows, and that it locks itself.

The browser carries a signed mark; the database says whether the computer is still shared. What the last person had open
stays with that person: their drafts are in the record, and the page where they were is kept for their return.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from ehospital.people import queries
from ehospital.people.models import Account, SharedComputer

COOKIE, PEOPLE_COOKIE = "station", "station_people"
_PURPOSE = "ehospital.station.v1"
KEPT = timedelta(days=365)
RETURN = timedelta(hours=12)
KNOWN = 8
SEEN = "station_seen"
NOTED_S = 15
"""The session is written so often at most for being used."""


class Station:
    """The shared computer that a request comes from, if it does."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._found: SharedComputer | None = None

    def computer(self) -> SharedComputer | None:
        """Return the computer, or None: no mark, a forged one, or one that is shared no more; asked once a request."""
        if self._found is None and COOKIE in self._request.COOKIES:
            self._found = self._marked()
        return self._found

    def _marked(self) -> SharedComputer | None:
        try:
            return queries.shared_computer(UUID(signing.loads(self._request.COOKIES[COOKIE], salt=_PURPOSE)))
        except (signing.BadSignature, ValueError, TypeError):
            return None

    def people(self) -> list[str]:
        """Return the user names of those who sat here lately, the last one first."""
        try:
            found = signing.loads(self._request.COOKIES.get(PEOPLE_COOKIE, ""), salt=_PURPOSE)
        except signing.BadSignature:
            return []
        return [str(one) for one in found][:KNOWN] if isinstance(found, list) else []


def mark(response: HttpResponse, computer_id: UUID) -> None:
    """Mark this browser as that of a shared computer."""
    _set(response, COOKIE, str(computer_id))


def remember(response: HttpResponse, station: Station, username: str) -> None:
    """Put somebody first among those who sat here lately."""
    _set(response, PEOPLE_COOKIE, [username, *(one for one in station.people() if one != username)][:KNOWN])


def _set(response: HttpResponse, name: str, value: object) -> None:
    response.set_cookie(
        name, signing.dumps(value, salt=_PURPOSE), max_age=KEPT, httponly=True, samesite="Lax", secure=settings.HTTPS
    )


def leave(request: HttpRequest, path: str) -> None:
    """Sign whoever sits here out, and keep where they were for their return."""
    if isinstance(request.user, Account):
        cache.set(f"station.back.{request.user.pk}", path, RETURN.total_seconds())
    logout(request)


def way_back(account: Account) -> str:
    """Return where somebody was when they left a shared computer last, once; empty when nowhere."""
    key = f"station.back.{account.pk}"
    path = str(cache.get(key) or "")
    cache.delete(key)
    return path


class StationMiddleware:
    """Sets `request.station`, and locks a shared computer that nobody has used for its time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        station = request.station = Station(request)  # type: ignore[attr-defined]
        user = request.user if COOKIE in request.COOKIES else None
        if isinstance(user, Account) and user.staff_id is not None and (computer := station.computer()):
            now, seen = request.asked_at.timestamp(), request.session.get(SEEN)  # type: ignore[attr-defined]
            polls = request.method == "GET" and "HX-Request" in request.headers
            if seen is not None and now - seen > computer.idle_minutes * 60:
                leave(request, request.get_full_path() if request.method == "GET" and not polls else "")
                return _to_the_lock(request)
            if seen is None or (now - seen > NOTED_S and not polls):
                request.session[SEEN] = now
        return self.get_response(request)


def _to_the_lock(request: HttpRequest) -> HttpResponse:
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("switch")})
    return HttpResponseRedirect(reverse("switch"))
