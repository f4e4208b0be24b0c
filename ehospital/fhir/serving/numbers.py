"""Guessing whether a patient's number is known here: few guesses an hour, each of them in the trail."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from django.db import transaction

from ehospital.fhir.serving.door import Visit
from ehospital.fhir.serving.outcomes import Problem
from ehospital.foundation import audit
from ehospital.foundation.models import AuditEvent

GUESSES: Final = 10
WITHIN: Final = timedelta(hours=1)
_NOTED: Final = "client.number_taken"


class Taken(Exception):
    """A number that was sent with a new patient belongs to another one; nothing was stored."""


def may_try(visit: Visit) -> None:
    """Return while a system has not met too many numbers that are taken.

    Raises:
        Problem: 429, before anything is looked up: for numbers that are known and for those that are not.
    """
    noted = AuditEvent.objects.filter(
        actor_id=visit.actor.id, actor_kind="client", action=_NOTED, at__gt=visit.at - WITHIN
    )
    if noted.count() >= GUESSES:
        words = "Too many numbers of this hour were taken. Register without numbers, or talk to the hospital."
        headers = {"Retry-After": str(int(WITHIN.total_seconds()))}
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "throttled", words, headers=headers)


def note(visit: Visit) -> None:
    """Write down that a number was taken, not which."""
    with transaction.atomic():
        audit.record(_NOTED, by=visit.actor, at=visit.at, details={"type": "Patient"})
