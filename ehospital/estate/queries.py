"""Reads of the estate: wards, beds and who lies where."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from ehospital.estate.models import Bed, Occupancy, Site, Ward
from ehospital.people import access


def wards(*, viewer: access.Actor) -> "QuerySet[Ward]":
    """Return the wards whose board the viewer may see, by name."""
    allowed = access.scopes(viewer, access.Permission.WARD_READ)
    every = Ward.objects.select_related("site").order_by("name", "id")
    if access.Scope.ALL in allowed:
        return every
    return every.filter(unit_id__in=access.unit_ids(viewer)) if allowed else every.none()


def ward(ward_id: UUID, *, viewer: access.Actor) -> Ward:
    """Return one ward.

    Raises:
        NotPermitted: the viewer may not see its board, or there is no such ward.
    """
    found = wards(viewer=viewer).filter(pk=ward_id).first()
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.WARD_READ.value} there")
    return found


def site_called(name: str, *, viewer: access.Actor) -> UUID | None:
    """Return the id of the site of that name, whatever its case; the oldest when there are several."""
    access.require(viewer, access.Permission.ACCOUNT_MANAGE)
    return Site.objects.filter(name__iexact=name.strip()).order_by("id").values_list("pk", flat=True).first()


def beds(ward_id: UUID) -> "QuerySet[Bed]":
    """Return the beds of a ward, by room and code."""
    return Bed.objects.filter(room__ward_id=ward_id).select_related("room").order_by("room__name", "code", "id")


def occupancies(ward_id: UUID, *, at: datetime) -> "QuerySet[Occupancy]":
    """Return who lies in the beds of a ward at that moment."""
    return (
        Occupancy.objects.filter(bed__room__ward_id=ward_id, during__contains=at)
        .select_related("bed__room", "patient")
        .order_by("bed__room__name", "bed__code", "id")
    )


def place_of(patient_id: UUID, *, at: datetime) -> Occupancy | None:
    """Return where a patient lies at that moment, with bed, room and ward loaded."""
    held = Occupancy.objects.filter(patient_id=patient_id, during__contains=at).select_related("bed__room__ward")
    return held.order_by("id").first()


def lies_in_bed(patient_id: UUID) -> bool:
    """Return whether a patient lies in a bed now; the caller permits."""
    return Occupancy.objects.filter(patient_id=patient_id, during__upper_inf=True).exists()
