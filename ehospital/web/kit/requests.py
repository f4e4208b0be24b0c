"""What every request gets on its way in: a number to quote, and who asks."""

import contextlib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from ehospital.foundation import audit
from ehospital.people import signing_in
from ehospital.people.models import Account
from ehospital.web.kit import second_factor

Answer = Callable[[HttpRequest], HttpResponse]

_OPEN_WITHOUT_SECOND_FACTOR = ("/accounts/", "/static/", "/language/", "/healthz", "/readyz", "/metrics", "/fhir/")


class RequestNumberMiddleware:
    """Numbers each request; error pages print the number, audit rows and the log carry it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = uuid.uuid4().hex[:12]
        request.number = number  # type: ignore[attr-defined]
        request.asked_at = datetime.now(UTC)  # type: ignore[attr-defined]
        token = audit.request_number.set(number)
        try:
            response = self.get_response(request)
        finally:
            with contextlib.suppress(ValueError):  # a streamed answer may end in another context
                audit.request_number.reset(token)
        response["X-Request-Number"] = number
        return response


class ActorMiddleware:
    """Sets `request.actor`, None for whoever has not signed in, and asks staff for their second factor."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            request.actor = None  # type: ignore[attr-defined]
            return self.get_response(request)
        chosen, at = request.session.get(signing_in.ACTING_FOR, ""), request.asked_at  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: signing_in.actor_of(user, at=at, acting_for=chosen))  # type: ignore[attr-defined]
        if user.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        if self._needs_second_factor(user):
            request.second_factor_wanted = True  # type: ignore[attr-defined]
            if not request.path.startswith(_OPEN_WITHOUT_SECOND_FACTOR):
                return HttpResponseRedirect(reverse("mfa_index"))
        elif self._from_outside(request, user) and not request.path.startswith(_OPEN_WITHOUT_SECOND_FACTOR):
            return second_factor.ask(request)  # type: ignore[return-value]
        return self.get_response(request)

    def _from_outside(self, request: HttpRequest, user: Account) -> bool:
        """Whoever took a place with a short code or a badge has shown no second factor: that is for inside alone."""
        return user.staff_id is not None and second_factor.remote(request) and not second_factor.shown(request)

    def _needs_second_factor(self, user: Account) -> bool:
        """Staff of a real hospital work with a second factor; a demo on loopback may go without."""
        return not settings.DEMO and user.staff_id is not None and not is_mfa_enabled(user)
