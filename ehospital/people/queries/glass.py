"""Reads of broken glass: what waits for review, what was judged, and what was looked at meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from ehospital.foundation import audit
from ehospital.foundation.models import AuditEvent
from ehospital.people import access
from ehospital.people.models import BrokenGlass, CareRelationship

LOOKS = 200


@dataclass(frozen=True)
class GlassOpened:
    """One opening with what a reviewer needs: what was done under it, and whether care followed."""

    glass: BrokenGlass
    looks: list[AuditEvent]
    care_since: datetime | None


def glass_to_review(*, viewer: access.Actor) -> "QuerySet[BrokenGlass]":
    """Return the openings that nobody has judged yet, the oldest first; list them with `glass_listed`.

    Raises:
        NotPermitted: `viewer` is no privacy officer.
    """
    access.require(viewer, access.Permission.GLASS_REVIEW)
    return _lines().filter(verdict="").order_by("opened_at", "id")


def glass_reviewed(*, viewer: access.Actor) -> "QuerySet[BrokenGlass]":
    """Return the openings that were judged, the newest first.

    Raises:
        NotPermitted: `viewer` is no privacy officer.
    """
    access.require(viewer, access.Permission.GLASS_REVIEW)
    return _lines().exclude(verdict="").order_by("-opened_at", "-id")


def glass_listed(lines: list[BrokenGlass], *, viewer: access.Actor, at: datetime) -> None:
    """Write down that the worklist showed these patients."""
    audit.record_listed("glass.read", [one.patient_id for one in lines], by=viewer, at=at)


def glass_opened(glass_id: UUID, *, viewer: access.Actor, at: datetime) -> GlassOpened:
    """Return one opening, with what was done under it; audited.

    Raises:
        NotPermitted: `viewer` is no privacy officer, or there is no such opening.
    """
    access.open_trail(viewer, access.Permission.GLASS_REVIEW)
    found = _lines().filter(pk=glass_id).first()
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.GLASS_REVIEW.value}")
    done = AuditEvent.objects.filter(
        patient_id=found.patient_id, actor_id=str(found.staff_id), at__gte=found.opened_at, purpose__startswith="glass-"
    )
    with transaction.atomic():
        audit.record("glass.read", by=viewer, at=at, patient_id=found.patient_id, subject=f"glass:{glass_id}")
    looks = [one for one in done.order_by("id")[:LOOKS] if one.details.get("glass") == str(found.id)]
    return GlassOpened(glass=found, looks=looks, care_since=_care_since(found))


def _lines() -> "QuerySet[BrokenGlass]":
    return BrokenGlass.objects.select_related("staff", "patient", "reviewed_by").prefetch_related("staff__roles")


def _care_since(broken: BrokenGlass) -> datetime | None:
    """Return when care by this clinician or one of their units began, if it did after the opening."""
    units = broken.staff.memberships.filter(during__contains=broken.opened_at).values_list("unit_id", flat=True)
    care = CareRelationship.objects.filter(patient_id=broken.patient_id, during__startswith__gte=broken.opened_at)
    mine = care.filter(staff_id=broken.staff_id) | care.filter(unit_id__in=list(units))
    first = mine.order_by("during", "id").first()
    return first.during.lower if first else None
