"""Where systems get their tokens: OAuth 2.0 client credentials (RFC 6749, section 4.4)."""

import base64
import binascii
import hashlib
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote_plus

from django.core.cache import cache
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from ehospital.fhir.serving.door import REALM
from ehospital.people import actions, smart
from ehospital.people.access import Permission

FAILURES, PAUSE_S = 10, 300
"""So many wrong secrets of one client from one address, and it has to wait so long."""

NOISY: Final = 60
"""So many failures from one address fill no more of the audit trail; a right secret is still let in."""

LONGEST: Final = 300


class _Refused(Exception):
    """An error of RFC 6749, section 5.2."""

    def __init__(self, error: str, words: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(words)
        self.error, self.words, self.status = error, words, status


@csrf_exempt
def give_token(request: HttpRequest) -> HttpResponse:
    """Give a token for some minutes to a system that shows its id and secret, by Basic or in the form."""
    try:
        told = _token(request)
    except (OperationalError, InterfaceError):
        words = "The hospital's database does not answer just now; try again."
        answer = JsonResponse({"error": "temporarily_unavailable", "error_description": words}, status=503)
        answer["Retry-After"] = "15"
    except _Refused as refusal:
        answer = JsonResponse({"error": refusal.error, "error_description": refusal.words}, status=refusal.status.value)
        if refusal.status is HTTPStatus.UNAUTHORIZED:
            answer["WWW-Authenticate"] = f'Basic realm="{REALM}"'
        elif refusal.status is HTTPStatus.TOO_MANY_REQUESTS:
            answer["Retry-After"] = str(PAUSE_S)
        elif refusal.status is HTTPStatus.METHOD_NOT_ALLOWED:
            answer["Allow"] = "POST"
    else:
        answer = JsonResponse(told)
    answer["Cache-Control"], answer["Pragma"] = "no-store", "no-cache"
    return answer


give_token.permission = Permission.NONE_NEEDED  # type: ignore[attr-defined]


def _token(request: HttpRequest) -> dict[str, Any]:
    if request.method != "POST":
        raise _Refused("invalid_request", "Tokens are given to POST.", HTTPStatus.METHOD_NOT_ALLOWED)
    form = _form(request)
    client_id, secret = _credentials(request, form)
    if form.get("grant_type") != "client_credentials":
        raise _Refused("unsupported_grant_type", "Send grant_type=client_credentials.")
    address = str(request.META.get("REMOTE_ADDR", ""))
    pair, place = _key(f"{address} {client_id}"), _key(address)
    if (cache.get(pair) or 0) >= FAILURES:
        words = f"Too many wrong secrets; wait {PAUSE_S // 60} minutes."
        raise _Refused("invalid_client", words, HTTPStatus.TOO_MANY_REQUESTS)
    noisy = (cache.get(place) or 0) >= NOISY
    at, scopes = request.asked_at, form.get("scope", "").split()  # type: ignore[attr-defined]
    try:
        text, token = actions.admit(client_id, secret, scopes=scopes, address=address, noisy=noisy, at=at)
    except actions.NotAdmitted as error:
        for key in (pair, place):
            cache.set(key, (cache.get(key) or 0) + 1, PAUSE_S)
        raise _Refused("invalid_client", str(error), HTTPStatus.UNAUTHORIZED) from None
    except (actions.ScopeNotGiven, smart.UnknownScope) as error:
        raise _Refused("invalid_scope", str(error)) from None
    lasts = int(smart.LASTS.total_seconds())
    return {"access_token": text, "token_type": "Bearer", "expires_in": lasts, "scope": " ".join(token.scopes)}


def _key(text: str) -> str:
    return "fhir.token." + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _form(request: HttpRequest) -> dict[str, str]:
    if request.content_type != "application/x-www-form-urlencoded":
        raise _Refused("invalid_request", "Send a form: application/x-www-form-urlencoded.")
    try:
        sent = request.POST
    except (BadRequest, SuspiciousOperation, UnreadablePostError):
        raise _Refused("invalid_request", "The form is too large or damaged.") from None
    if any(len(values) > 1 or "\0" in values[0] for _, values in sent.lists()):
        raise _Refused("invalid_request", "A field came twice, or holds a NUL character.")
    return {name: values[0] for name, values in sent.lists()}


def _credentials(request: HttpRequest, form: dict[str, str]) -> tuple[str, str]:
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(sent, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            raise _Refused("invalid_request", "The Basic credentials are damaged.") from None
        name, secret = unquote_plus(name), unquote_plus(secret)
    else:
        name, secret = form.get("client_id", ""), form.get("client_secret", "")
    if not name or not secret or len(name) > LONGEST or len(secret) > LONGEST or "\0" in name + secret:
        words = "Show the client id and the secret, by Basic or as client_id and client_secret."
        raise _Refused("invalid_client", words, HTTPStatus.UNAUTHORIZED)
    return name, secret
