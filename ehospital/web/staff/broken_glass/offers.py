"""The way from a search result to the form: an address that only this search can have made, for this person alone.

An address that held the patient's id would let anybody ask, id by id, who is known here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse

from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.people.queries import Found

_PURPOSE = "ehospital.broken_glass.offer.v1"
GOOD_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Offer:
    """Whose chart an address opens, and whether the person who has it knows whose: a list may not have said it."""

    patient_id: UUID
    named: bool


def offers(found: Sequence[Found], actor: access.Actor) -> list[tuple[Found, str]]:
    """Return each line of a search with the address of "Open with a reason", empty where there is nothing to offer."""
    may_break = access.holds(actor, Permission.GLASS_BREAK)
    return [(one, address(one.id, actor) if may_break and not one.openable else "") for one in found]


def address(patient_id: UUID, actor: access.Actor, *, named: bool = True) -> str:
    """Return where this person may open this chart with a reason, within the hour.

    Args:
        named: the page says whose chart it is; else it does not before the reason was given.
    """
    token = signing.dumps([str(actor.staff_id), str(patient_id), named], salt=_PURPOSE)
    return reverse("glass_break", args=[token])


def offer_of(token: str, actor: access.Actor) -> Offer:
    """Return whose chart an address opens.

    Raises:
        NotPermitted: made up, made for somebody else, or too old.
    """
    try:
        staff_id, patient_id, named = signing.loads(token, salt=_PURPOSE, max_age=GOOD_FOR)
    except signing.BadSignature as error:
        raise access.NotPermitted(f"{actor.name} may not {Permission.GLASS_BREAK.value}") from error
    if staff_id != str(actor.staff_id):
        raise access.NotPermitted(f"{actor.name} may not {Permission.GLASS_BREAK.value}")
    return Offer(UUID(patient_id), named)
