"""Reads of shared computers and short codes."""

from uuid import UUID

from django.db.models import QuerySet

from ehospital.people import access
from ehospital.people.models import Account, Badge, QuickPin, SharedComputer


def shared_computer(computer_id: UUID) -> SharedComputer | None:
    """Return the computer while it is shared: its browser's mark is the permission."""
    return SharedComputer.objects.filter(pk=computer_id, active=True).first()


def shared_computers(*, viewer: access.Actor) -> "QuerySet[SharedComputer]":
    """Return the computers that are shared, by name.

    Raises:
        NotPermitted: `viewer` may not manage accounts.
    """
    access.require(viewer, access.Permission.ACCOUNT_MANAGE)
    return SharedComputer.objects.filter(active=True).order_by("name", "id")


def has_pin(account: Account) -> bool:
    """Return whether the account has a short code."""
    return QuickPin.objects.filter(account=account).exists()


def names_of(usernames: list[str]) -> list[tuple[str, str]]:
    """Return user name and name of those who sat at a computer lately and have a short code, in the order given."""
    found = Account.objects.filter(username__in=usernames, is_active=True, quick_pin__isnull=False, staff__active=True)
    names = dict(found.values_list("username", "staff__name_text"))
    return [(one, names[one]) for one in usernames if one in names]


def badges_of(account: Account) -> "QuerySet[Badge]":
    """Return the badges of an account, for its owner."""
    return Badge.objects.filter(account=account, revoked_at=None).order_by("enrolled_at", "id")


def badges(*, viewer: access.Actor) -> "QuerySet[Badge]":
    """Return every badge that is good, by the name of its owner.

    Raises:
        NotPermitted: `viewer` may not manage accounts.
    """
    access.require(viewer, access.Permission.ACCOUNT_MANAGE)
    found = Badge.objects.filter(revoked_at=None).select_related("account__staff")
    return found.order_by("account__staff__name_text", "id")


def account_called(username: str, *, viewer: access.Actor) -> Account | None:
    """Return the account of staff with that user name.

    Raises:
        NotPermitted: `viewer` may not manage accounts.
    """
    access.require(viewer, access.Permission.ACCOUNT_MANAGE)
    return Account.objects.filter(username__iexact=username.strip(), is_active=True, staff__isnull=False).first()
