"""The one event stream of a staff page: what it is about, and always what waits for whoever is signed in."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from ehospital.web.kit.page import PageRequest
from ehospital.wire import subjects, tickets


def stream(request: PageRequest, *about: str, renew: str, key: UUID | None = None) -> dict[str, str]:
    """Return where the events are, with a ticket, and where the next ticket comes from.

    Args:
        about: subjects of the page beside one's own notices.
        renew: the name of the address that gives a new ticket; `key` is its parameter.
    """
    actor = request.actor
    mine = (subjects.live_staff(actor.staff_id),) if actor.staff_id is not None else ()
    signed = tickets.issue((*about, *mine), who=actor.id, now=actor.at, secret=settings.SECRET_KEY)
    return {"url": f"/live/?ticket={signed}", "renew": reverse(renew, args=[key] if key else [])}
