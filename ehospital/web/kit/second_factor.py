"""Asking for the second factor once more, before something grave: a screen left open is not its owner."""

from datetime import timedelta

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.http import HttpResponseBase
from django.urls import reverse

from ehospital.web.kit.page import PageRequest

RECENT = timedelta(minutes=5)


def recent(request: PageRequest) -> bool:
    """Return whether a second factor was shown in the last five minutes; a demo on loopback goes without."""
    if settings.DEMO:
        return True
    since = (request.asked_at - RECENT).timestamp()
    records = get_authentication_records(request, request.user)
    return any(one.get("method") == "mfa" and one.get("at", 0) >= since for one in records)


def ask(request: PageRequest) -> HttpResponseBase:
    """Lead to the second factor and back here; what was sent with a form is kept and sent again after it."""
    return suspend_request(request, reverse("mfa_reauthenticate"))
