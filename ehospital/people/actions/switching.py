"""Changing places on a shared computer: the computers, the short codes, and using one."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from ehospital.foundation import audit, locks
from ehospital.people import access, signing_in
from ehospital.people.models import Account, QuickPin, SharedComputer

DIGITS: Final = 6
SHIFT: Final = timedelta(hours=12)
"""How long a short code is good after a sign-in with password and second factor."""
TRIES: Final = 5


class UnusablePin(ValueError):
    """Not six digits, or too easy to guess; nothing was written."""


class UnusableComputer(ValueError):
    """A computer needs a name and a time after which it locks; nothing was written."""


@transaction.atomic
def add_shared_computer(*, name: str, idle_minutes: int, by: access.Actor, at: datetime) -> UUID:
    """Add a computer that several people share, and return its id; the door marks the browser with it.

    Raises:
        NotPermitted: `by` may not manage accounts.
        UnusableComputer: no name, or no time from 1 to 60 minutes.
    """
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    if not name.strip() or not 1 <= idle_minutes <= 60:
        raise UnusableComputer("give it a name, and 1 to 60 minutes after which it locks")
    made = SharedComputer.objects.create(name=name.strip(), idle_minutes=idle_minutes, added_at=at)
    audit.record("computer.created", by=by, at=at, subject=f"computer:{made.id}")
    return made.id


@transaction.atomic
def retire_shared_computer(computer_id: UUID, *, by: access.Actor, at: datetime) -> None:
    """Take a computer off: no short code works on it any more. Repeating changes nothing.

    Raises:
        NotPermitted: `by` may not manage accounts, or there is no such computer.
    """
    found = locks.rows(SharedComputer.objects.all(), [computer_id])
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    if not found:
        raise access.NotPermitted(f"{by.name} may not {access.Permission.ACCOUNT_MANAGE.value}")
    if found[0].active:
        SharedComputer.objects.filter(pk=computer_id).update(active=False)
        audit.record("computer.retired", by=by, at=at, subject=f"computer:{computer_id}")


@transaction.atomic
def set_pin(account: Account, pin: str, *, by: access.Actor, at: datetime) -> None:
    """Give one's own account a short code, good for this shift.

    Raises:
        NotPermitted: it is not the actor's own account, or no account of staff.
        UnusablePin: not six digits, all the same, or in a row.
    """
    access.require(by, access.Permission.PLACES_CHANGE)
    if by.staff_id is None or account.staff_id != by.staff_id:
        raise access.NotPermitted(f"{by.name} may not {access.Permission.PLACES_CHANGE.value}")
    if trouble(pin):
        raise UnusablePin("choose six digits that are neither all the same nor in a row")
    locks.rows(Account.objects.all(), [account.pk])
    told = {"pin_hash": make_password(pin), "set_at": at, "good_until": at + SHIFT, "failed": 0}
    QuickPin.objects.update_or_create(account=account, defaults=told)
    audit.record("account.pin_set", by=by, at=at, subject=f"account:{account.pk}")


def trouble(pin: str) -> bool:
    """Return whether a short code is none, or one of the first that anybody would try."""
    if len(pin) != DIGITS or not (pin.isascii() and pin.isdigit()):
        return True
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, -1}


@transaction.atomic
def wake_pin(account: Account, *, at: datetime) -> None:
    """Let a short code work again after its owner has signed in with everything."""
    QuickPin.objects.filter(account=account).update(good_until=at + SHIFT, failed=0)


@transaction.atomic
def use_pin(username: str, pin: str, *, computer_id: UUID, at: datetime) -> Account | None:
    """Return the account whose short code this is; None for every kind of refusal, and a wrong try is counted.

    A short code sleeps after five wrong tries and at the end of the shift: until its owner signs in with everything.
    """
    computer = SharedComputer.objects.filter(pk=computer_id, active=True).first()
    known = QuickPin.objects.filter(account__username__iexact=username, account__is_active=True)
    held = locks.rows(QuickPin.objects.all(), known.values_list("pk", flat=True)) if computer else []
    if not held:
        make_password(pin)  # takes as long as a comparison: who is known here is not told by time
        return None
    quick = held[0]
    account = Account.objects.select_related("staff").get(pk=quick.account_id)
    by = signing_in.actor_of(account, at=at)
    right = check_password(pin, quick.pin_hash)
    if right and quick.failed < TRIES and at < quick.good_until and access.holds(by, access.Permission.PLACES_CHANGE):
        QuickPin.objects.filter(pk=quick.pk).update(failed=0)
        audit.record(
            "account.signed_in", by=by, at=at, subject=f"account:{account.pk}",
            details={"by": "short code", "computer": str(computer_id)},
        )  # fmt: skip
        return account
    QuickPin.objects.filter(pk=quick.pk).update(failed=min(quick.failed + 1, TRIES))
    audit.record("account.pin.failed", by=by, at=at, subject=f"account:{account.pk}")
    return None
