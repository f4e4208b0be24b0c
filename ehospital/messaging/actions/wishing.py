"""Saying how one wants to be told, and which browsers may show push messages."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime, time
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction

from ehospital.foundation import audit, locks
from ehospital.messaging.models import PushSubscription, Threshold, Wishes
from ehospital.messaging.models.wishes import E164
from ehospital.people import access
from ehospital.people.models import StaffMember

MOST_BROWSERS = 10


class UnusableWishes(ValueError):
    """A number or the quiet hours make no sense; nothing was written. The message says which, `field` names it."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


class ChangedMeanwhile(RuntimeError):
    """The wishes were changed in another window after they were read; nothing was written."""


class UnusableBrowser(ValueError):
    """What the browser sent is no push subscription of a public service; nothing was written."""


@dataclass(frozen=True)
class WishDetails:
    """How somebody wants to be told; thresholds of `models.Threshold`, the mobile number in E.164."""

    email: str
    sms: str
    push: str
    mobile: str = ""
    quiet_from: time | None = None
    quiet_to: time | None = None


@transaction.atomic
def wish(wishes: WishDetails, *, edition: int, by: access.Actor, at: datetime) -> None:
    """Keep how `by` wants to be told.

    Args:
        edition: of the wishes that were read before; 1 when there were none.
    Raises:
        NotPermitted: `by` is no member of staff.
        UnusableWishes: no E.164 number, half of a period, or a threshold that there is not.
        ChangedMeanwhile: another window was faster.
    """
    staff_id = _staff(by)
    mobile = re.sub(r"[\s()./-]", "", wishes.mobile)
    if mobile and not re.fullmatch(E164, mobile):
        raise UnusableWishes("mobile", "write the number with + and the country, such as +47 412 34 567")
    if (wishes.quiet_from is None) != (wishes.quiet_to is None):
        missing = "quiet_from" if wishes.quiet_from is None else "quiet_to"
        raise UnusableWishes(missing, "quiet hours need a beginning and an end")
    if wishes.quiet_from is not None and wishes.quiet_from == wishes.quiet_to:
        raise UnusableWishes("quiet_to", "quiet hours that begin and end together are none")
    for channel in ("email", "sms", "push"):
        if getattr(wishes, channel) not in Threshold.values:
            raise UnusableWishes(channel, "choose one of the list")
    Wishes.objects.get_or_create(staff_id=staff_id)
    (kept,) = locks.rows(Wishes.objects.all(), Wishes.objects.filter(staff_id=staff_id).values_list("pk", flat=True))
    if kept.edition != edition:
        raise ChangedMeanwhile("changed in another window; look at it again")
    kept.email, kept.sms, kept.push, kept.mobile = wishes.email, wishes.sms, wishes.push, mobile
    kept.quiet_from, kept.quiet_to, kept.edition = wishes.quiet_from, wishes.quiet_to, edition + 1
    kept.save()
    audit.record("wishes.changed", by=by, at=at, subject=f"staff:{staff_id}")


@transaction.atomic
def choose_browser(
    *, endpoint: str, p256dh: str, auth: str, name: str, by: access.Actor, at: datetime
) -> PushSubscription:
    """Let a browser show push messages for `by`, who has agreed; a browser that somebody else chose changes hands.

    Args:
        endpoint, p256dh, auth: as the browser's PushSubscription says them.
    Raises:
        NotPermitted: `by` is no member of staff.
        UnusableBrowser: no https address, or keys of another shape; or there are ten browsers already.
    """
    staff_id = _staff(by)
    if not _usable(endpoint) or _length(p256dh) != 65 or _length(auth) != 16:
        raise UnusableBrowser("this browser offers no push service that can be used")
    locks.rows(StaffMember.objects.all(), [staff_id])
    others = PushSubscription.objects.filter(staff_id=staff_id).exclude(endpoint=endpoint)
    if others.count() >= MOST_BROWSERS:
        raise UnusableBrowser("ten browsers are chosen already; take one off first")
    kept, _ = PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "staff_id": staff_id, "p256dh": p256dh, "auth": auth, "name": name.strip()[:120] or "?", "agreed_at": at,
        },
    )  # fmt: skip
    audit.record("browser.chosen", by=by, at=at, subject=f"browser:{kept.id}")
    return kept


@transaction.atomic
def drop_browser(subscription_id: UUID, *, by: access.Actor, at: datetime) -> None:
    """Show no more push messages in a browser of `by`.

    Raises:
        NotPermitted: it is not theirs, or there is none.
    """
    staff_id = _staff(by)
    gone, _ = PushSubscription.objects.filter(pk=subscription_id, staff_id=staff_id).delete()
    if not gone:
        raise access.NotPermitted(f"{by.name} may not {access.Permission.NOTICES_READ.value}")
    audit.record("browser.dropped", by=by, at=at, subject=f"browser:{subscription_id}")


def _staff(by: access.Actor) -> UUID:
    access.require(by, access.Permission.NOTICES_READ)
    if by.staff_id is None:
        raise access.NotPermitted(f"{by.name} may not {access.Permission.NOTICES_READ.value}")
    return by.staff_id


def _usable(endpoint: str) -> bool:
    try:
        url = urlsplit(endpoint)
        port = url.port
    except ValueError:
        return False
    allowed = {"https", "http"} if settings.PUSH_LOOPBACK else {"https"}
    plain = not url.username and not url.password and not url.fragment
    return len(endpoint) <= 1000 and url.scheme in allowed and bool(url.hostname) and plain and port != 0


def _length(text: str) -> int:
    try:
        return len(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        return -1
