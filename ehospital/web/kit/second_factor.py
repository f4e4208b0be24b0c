"""Asking for the second factor: once more before something grave, and at all from outside and for what is privileged.

Whoever signs in with a password shows it then. Whoever took a place at a shared computer with a short code or a badge
has not: inside the hospital that is enough for the ward, and for nothing else.
"""

from datetime import timedelta
from ipaddress import ip_address
from typing import Final

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from ehospital.people.access import Permission

RECENT = timedelta(minutes=5)
PRIVILEGED: Final = frozenset({
    Permission.ACCOUNT_MANAGE, Permission.AUDIT_READ, Permission.DEVICE_MANAGE, Permission.FORM_DEFINE,
    Permission.GLASS_REVIEW, Permission.LOOK_ANSWER, Permission.PATIENT_MERGE, Permission.PROXY_MANAGE,
    Permission.RECORD_IMPORT, Permission.RECORD_RESTRICT,
})  # fmt: skip
"""What nobody does on a short code or a badge alone: it reaches beyond the patients whom one cares for at that bed.

Opening a chart with a reason asks for a recent one besides. What a ward needs at once does not: ordering, prescribing
and certifying a death are acts of whoever cares for the patient.
"""


def recent(request: HttpRequest) -> bool:
    """Return whether a second factor was shown in the last five minutes; a demo on loopback goes without."""
    since = (request.asked_at - RECENT).timestamp()  # type: ignore[attr-defined]
    return bool(settings.DEMO) or any(at >= since for at in _shown_at(request))


def shown(request: HttpRequest) -> bool:
    """Return whether a second factor was shown in this session; a demo on loopback goes without."""
    return bool(settings.DEMO) or bool(_shown_at(request))


def remote(request: HttpRequest) -> bool:
    """Return whether a request comes from outside the hospital's networks (`EHOSPITAL_INSIDE_NETWORKS`)."""
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return True
    return not any(address in network for network in settings.INSIDE_NETWORKS)


def ask(request: HttpRequest) -> HttpResponseBase:
    """Lead to the second factor and back here; what was sent with a form is kept and sent again after it."""
    return suspend_request(request, reverse("mfa_reauthenticate"))


def _shown_at(request: HttpRequest) -> list[float]:
    records = get_authentication_records(request, request.user)
    return [one.get("at", 0) for one in records if one.get("method") == "mfa"]
