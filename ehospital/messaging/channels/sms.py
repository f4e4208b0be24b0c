"""Text messages through whichever gateway the hospital has: a class of its own behind `SMS_GATEWAY`, or HTTP.

A gateway is a class with `obstacle()` (why it cannot be used, one of `Delivery.Why`, or empty) and
`send(number, text)` → `Outcome`.
"""

import json
import urllib.error
import urllib.request
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from ehospital.messaging.channels.outcome import Outcome
from ehospital.messaging.channels.wording import words
from ehospital.messaging.models import Delivery
from ehospital.messaging.queries.recipients import Recipient

TIMEOUT_S = 10
LONGEST_ANSWER = 200
LONGEST_TEXT = 300


class Gateway(Protocol):
    """What brings a text message to a telephone."""

    def obstacle(self) -> str: ...
    def send(self, number: str, text: str) -> Outcome: ...


class NoGateway:
    """Writes nothing, and says so."""

    def obstacle(self) -> str:
        """Return that nothing is configured."""
        return Delivery.Why.NO_SMS

    def send(self, number: str, text: str) -> Outcome:
        """Write nothing."""
        return Outcome(why=Delivery.Why.NO_SMS, final=True)


class HttpGateway:
    """Posts {"to", "from", "text"} as JSON to EHOSPITAL_SMS_URL with the token as bearer; any 2xx is taken as accepted.

    Answers 400 to 499 are final but for 408, 425 and 429: the same message would be refused again.
    """

    def obstacle(self) -> str:
        """Return why it cannot be used: it has no address."""
        return "" if settings.SMS_URL else Delivery.Why.NO_SMS

    def send(self, number: str, text: str) -> Outcome:
        """Hand one text to the gateway."""
        body = {"to": number, "text": text} | ({"from": settings.SMS_FROM} if settings.SMS_FROM else {})
        headers = {"Content-Type": "application/json"}
        if settings.SMS_TOKEN:
            headers["Authorization"] = f"Bearer {settings.SMS_TOKEN}"
        request = urllib.request.Request(  # noqa: S310  the address is the administrator's, http or https only
            settings.SMS_URL, data=json.dumps(body).encode(), headers=headers, method="POST"
        )
        try:
            with _opener().open(request, timeout=TIMEOUT_S) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            return Outcome(why=f"{error.code} {_said(error)}".strip(), final=_final(error.code))
        except (OSError, ValueError) as error:
            return Outcome(why=f"the gateway does not answer: {error}")
        return Outcome(sent=True) if 200 <= status < 300 else Outcome(why=str(status), final=True)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A gateway that sends elsewhere would have the token sent there too."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirects)


def _said(error: urllib.error.HTTPError) -> str:
    try:
        return error.read(LONGEST_ANSWER).decode(errors="replace").strip()
    except OSError:
        return ""


def _final(status: int) -> bool:
    return 300 <= status < 500 and status not in (408, 425, 429)


def gateway() -> Gateway:
    """Return the gateway that the settings choose."""
    chosen: Gateway = import_string(settings.SMS_GATEWAY)()
    return chosen


def obstacle(person: Recipient) -> str:
    """Return why no text can go to the person."""
    return gateway().obstacle() or ("" if person.mobile else Delivery.Why.NO_NUMBER)


def send(message: Delivery, person: Recipient, *, at: datetime) -> Outcome:
    """Hand one text to the gateway."""
    said = words(message, person)
    return gateway().send(person.mobile, f"{said.title}. {said.body}"[:LONGEST_TEXT])
