"""Reads of the systems that come through the FHIR door."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ehospital.people import access, smart
from ehospital.people.models import ClientApplication


@dataclass(frozen=True)
class Client:
    """A system as a list shows it."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    units: tuple[str, ...]
    registered_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class Bearer:
    """Who shows a token, as an actor of that moment, and what the token allows."""

    actor: access.Actor
    scopes: tuple[str, ...]


def bearer(token: str, *, at: datetime) -> Bearer:
    """Return who shows a token; it is looked up each time, so that a revocation holds from the next request on.

    Raises:
        NoToken: not made here, too old, or the credentials behind it were renewed or revoked: all alike.
    """
    told = smart.read(token, at=at)
    client = ClientApplication.objects.filter(pk=told.client_id, edition=told.edition, revoked_at=None).first()
    if client is None:
        raise smart.NoToken("the credentials behind the token are no longer good")
    # A scope that was taken away since is gone from the token too.
    still = tuple(scope for scope in told.scopes if smart.within([scope], client.scopes))
    return Bearer(access.of_client(client.pk, name=client.name, at=at), still)


def clients(*, viewer: access.Actor) -> list[Client]:
    """Return every system by name, the revoked ones too.

    Raises:
        NotPermitted: the viewer may not manage accounts.
    """
    access.require(viewer, access.Permission.ACCOUNT_MANAGE)
    rows = ClientApplication.objects.prefetch_related("memberships__unit").order_by("name", "id")
    return [
        Client(
            one.pk,
            one.name,
            tuple(one.scopes),
            tuple(sorted(member.unit.name for member in one.memberships.all())),
            one.registered_at,
            one.revoked_at,
        )
        for one in rows
    ]
