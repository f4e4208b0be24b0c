"""Web push: an encrypted message to each browser that a person has chosen, signed with the hospital's VAPID key.

The address of a push service comes from a browser, that is, from outside: it must be https, and is called only where
its name leads to public machines alone (`public_web`), so that nobody can make the hospital call itself.
"""

import base64
import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from django.conf import settings
from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException
from requests import RequestException, Response

from ehospital.messaging.channels import public_web
from ehospital.messaging.channels.outcome import Outcome
from ehospital.messaging.channels.wording import words
from ehospital.messaging.models import Delivery, PushSubscription
from ehospital.messaging.policies.urgency import RULES, Urgency
from ehospital.messaging.queries.recipients import Recipient

TIMEOUT_S = 10
KEPT_FOR = timedelta(hours=12)
"""So long a push service keeps a message for a browser that is away."""
SIGNED_FOR = timedelta(hours=12)
GONE = (404, 410)
REFUSED = (400, 401, 403, 413)
_URGENCY = {Urgency.CRITICAL: "high", Urgency.URGENT: "high", Urgency.ROUTINE: "normal"}


def public_key() -> str:
    """Return the hospital's key as browsers want it to subscribe; empty when push is not configured."""
    if not settings.VAPID_KEY:
        return ""
    key = _vapid().public_key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode()


def obstacle(person: Recipient) -> str:
    """Return why no push message can go to the person."""
    if not settings.VAPID_KEY:
        return Delivery.Why.NO_PUSH
    return "" if person.browsers else Delivery.Why.NO_BROWSER


def send(message: Delivery, person: Recipient, *, at: datetime) -> Outcome:
    """Send to every browser of the person; one that took it is enough, those that are gone are named."""
    said = words(message, person)
    payload = json.dumps(
        {"title": said.title, "body": said.body, "url": "/staff/notices/", "tag": str(message.notice_id)}
    )
    gone, problems, sent = [], [], False
    for browser in PushSubscription.objects.filter(staff_id=person.staff_id).order_by("pk"):
        status, why = _post(browser, payload, RULES[message.notice.kind].urgency, at)
        if status in GONE:
            gone.append(browser.pk)
        sent |= not why
        problems += [(status, why)] if why else []
    final = all(status in (*GONE, *REFUSED) for status, _ in problems)
    why = "" if sent else "; ".join(why for _, why in problems) or Delivery.Why.NO_BROWSER
    return Outcome(sent=sent, why=why, final=final, gone=tuple(gone))


def _post(browser: PushSubscription, payload: str, urgency: Urgency, at: datetime) -> tuple[int, str]:
    """Send to one browser; return the status, 0 without an answer, and why it was not taken."""
    url = urlsplit(browser.endpoint)
    claims = {
        "aud": f"{url.scheme}://{url.netloc}",
        "sub": settings.VAPID_CONTACT,
        "exp": int((at + SIGNED_FOR).timestamp()),
    }
    headers = {**_vapid().sign(claims), "Urgency": _URGENCY[urgency]}
    subscription = {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}}
    try:
        with public_web.session(loopback=settings.PUSH_LOOPBACK) as web:
            answer = WebPusher(subscription, requests_session=web).send(
                payload, headers, ttl=int(KEPT_FOR.total_seconds()), timeout=TIMEOUT_S
            )
    except (RequestException, WebPushException, ValueError) as error:
        return 0, f"{type(error).__name__}: {error}"
    assert isinstance(answer, Response)
    return answer.status_code, "" if answer.ok else f"{answer.status_code} {answer.text[:100]}".strip()


def _vapid() -> Vapid02:
    return Vapid02.from_string(settings.VAPID_KEY)
