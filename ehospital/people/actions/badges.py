"""Badges at shared computers: enrolling one, taking one back, and showing one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from ehospital.foundation import audit, locks
from ehospital.foundation.models import AuditEvent
from ehospital.people import access, signing_in
from ehospital.people.actions.switching import TRIES
from ehospital.people.models import Account, Badge, QuickPin, SharedComputer

SHORTEST: Final = 6
ALONE: Final = timedelta(hours=4)
"""How long a badge takes a place by itself after it was shown together with the short code."""
STRANGE: Final = 10
WITHIN: Final = timedelta(minutes=5)
"""So many unknown badges at one computer, and it takes none for so long."""
_FAILED: Final = "badge.failed"


class UnusableBadge(ValueError):
    """The number is too short, or the badge is somebody's already; nothing was written."""


@dataclass(frozen=True)
class Shown:
    """A badge that is known: whose it is, and whether it takes the place without the short code."""

    badge_id: UUID
    account: Account
    alone: bool


@transaction.atomic
def enrol_badge(account: Account, number: str, *, by: access.Actor, at: datetime) -> UUID:
    """Let a badge name an account of staff: one's own, or anybody's for an administrator.

    Raises:
        NotPermitted: it is neither one's own account, nor may `by` manage accounts.
        UnusableBadge: too short, no account of staff, or the badge is somebody's already.
    """
    own = by.staff_id is not None and account.staff_id == by.staff_id
    access.require(by, access.Permission.PLACES_CHANGE if own else access.Permission.ACCOUNT_MANAGE)
    typed = number.strip()
    if len(typed) < SHORTEST or account.staff_id is None:
        raise UnusableBadge(f"hold the badge to the reader: its number has {SHORTEST} characters or more")
    try:
        with transaction.atomic():
            made = Badge.objects.create(
                account=account, number_hash=_hashed(typed), ends_in=typed[-2:], enrolled_at=at, enrolled_by=by.name
            )
    except IntegrityError as error:
        raise UnusableBadge("this badge is somebody's already: take it back there first") from error
    audit.record("badge.created", by=by, at=at, subject=f"account:{account.pk}", details={"badge": str(made.id)})
    return made.id


@transaction.atomic
def revoke_badge(badge_id: UUID, *, by: access.Actor, at: datetime) -> None:
    """Take a badge back at once: one's own, or anybody's for an administrator. Repeating changes nothing.

    Raises:
        NotPermitted: neither, or there is no such badge.
    """
    found = locks.rows(Badge.objects.select_related("account"), [badge_id])
    own = bool(found) and by.staff_id is not None and found[0].account.staff_id == by.staff_id
    access.require(by, access.Permission.PLACES_CHANGE if own else access.Permission.ACCOUNT_MANAGE)
    if not found:
        raise access.NotPermitted(f"{by.name} may not {access.Permission.ACCOUNT_MANAGE.value}")
    if found[0].revoked_at is None:
        Badge.objects.filter(pk=badge_id).update(revoked_at=at)
        said = {"badge": str(badge_id)}
        audit.record("badge.revoked", by=by, at=at, subject=f"account:{found[0].account_id}", details=said)


@transaction.atomic
def show_badge(number: str, *, computer_id: UUID, at: datetime) -> Shown | None:
    """Return whose badge was held to the reader of a shared computer; None for every kind of refusal, which is noted.

    It takes the place alone for some hours after it was shown together with the short code, and only while that code
    is awake: so a badge that was found opens nothing after a shift, and nothing at all without the code before.
    """
    computer = SharedComputer.objects.filter(pk=computer_id, active=True).first()
    if computer is None or _too_many(computer_id, at):
        return None
    known = Badge.objects.filter(number_hash=_hashed(number.strip()), revoked_at=None, account__is_active=True)
    badge = known.select_related("account__staff").first()
    by = signing_in.actor_of(badge.account, at=at) if badge else None
    if badge is None or not access.holds(by, access.Permission.PLACES_CHANGE):
        nobody = access.Actor(kind="nobody", id=str(computer_id), name="", roles=frozenset(), at=at)
        audit.record(_FAILED, by=nobody, at=at, subject=f"computer:{computer_id}")
        return None
    awake = QuickPin.objects.filter(account=badge.account, failed__lt=TRIES, good_until__gt=at).exists()
    alone = awake and badge.proved_at is not None and badge.proved_at <= at < badge.proved_at + ALONE
    if alone and by is not None:
        _entered(badge, by, computer_id, at)
    return Shown(badge.id, badge.account, alone)


@transaction.atomic
def prove_badge(badge_id: UUID, account: Account, *, at: datetime) -> None:
    """Note that a badge was shown together with the short code of its owner, which `use_pin` has just accepted."""
    Badge.objects.filter(pk=badge_id, account=account, revoked_at=None).update(proved_at=at)


def _entered(badge: Badge, by: access.Actor, computer_id: UUID, at: datetime) -> None:
    said = {"by": "badge", "computer": str(computer_id), "badge": str(badge.id)}
    audit.record("account.signed_in", by=by, at=at, subject=f"account:{badge.account_id}", details=said)


def _too_many(computer_id: UUID, at: datetime) -> bool:
    noted = AuditEvent.objects.filter(actor_id=str(computer_id), actor_kind="nobody", action=_FAILED)
    return noted.filter(at__gt=at - WITHIN).count() >= STRANGE


def _hashed(number: str) -> str:
    return salted_hmac("people.badge", number, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()
