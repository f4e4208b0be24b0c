"""How somebody wants to be told."""

from uuid import UUID

from ehospital.messaging.models import PushSubscription, Wishes
from ehospital.people import access


def wishes(*, viewer: access.Actor) -> Wishes:
    """Return what the viewer wants; the defaults when they never said.

    Raises:
        NotPermitted: the viewer is no member of staff.
    """
    staff_id = _staff(viewer)
    return Wishes.objects.filter(staff_id=staff_id).first() or Wishes(staff_id=staff_id)


def browsers(*, viewer: access.Actor) -> list[PushSubscription]:
    """Return the browsers that the viewer chose for push messages, the newest first.

    Raises:
        NotPermitted: the viewer is no member of staff.
    """
    return list(PushSubscription.objects.filter(staff_id=_staff(viewer)).order_by("-agreed_at", "-id"))


def _staff(viewer: access.Actor) -> UUID:
    access.require(viewer, access.Permission.NOTICES_READ)
    if viewer.staff_id is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.NOTICES_READ.value}")
    return viewer.staff_id
