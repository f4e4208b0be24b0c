"""Photos of patients, for those who may see them."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from ehospital.foundation import audit, files
from ehospital.people import access
from ehospital.people.models import PatientPhoto

SIZES = ("large", "small")


def standing_photos(patient_ids: Iterable[UUID], *, viewer: access.Actor) -> dict[UUID, UUID]:
    """Return, in one query, which photo stands for each of these patients; whom the viewer may not see is absent."""
    wanted = list(patient_ids)
    visible = access.visible_patients(viewer, access.Permission.PHOTO_SEE, with_charts=False).filter(pk__in=wanted)
    found = PatientPhoto.objects.filter(patient__in=visible.values("pk"), ended_at=None)
    return dict(found.values_list("patient_id", "pk"))


def standing_photo(patient_id: UUID, *, viewer: access.Actor) -> UUID | None:
    """Return which photo stands for one patient; None when there is none, or the viewer may not see it."""
    if not access.may(viewer, access.Permission.PHOTO_SEE, patient_id=patient_id):
        return None
    return PatientPhoto.objects.filter(patient_id=patient_id, ended_at=None).values_list("pk", flat=True).first()


def photos_of(patient_id: UUID, *, viewer: access.Actor) -> "QuerySet[PatientPhoto]":
    """Return every photo that stands or stood, the newest first.

    Raises:
        NotPermitted: `viewer` may not see this patient's photo.
    """
    access.require(viewer, access.Permission.PHOTO_SEE, patient_id=patient_id)
    return PatientPhoto.objects.filter(patient_id=patient_id).order_by("-taken_at", "-id")


def photo_file(patient_id: UUID, photo_id: UUID, size: str, *, viewer: access.Actor) -> bytes:
    """Return one photo as WebP, once the look is on record: each once in ten minutes.

    Raises:
        NotPermitted: `viewer` may not see this patient's photo, or there is no such photo or size.
        FileWaiting, InfectedFile: nobody opens it, or not yet.
        UnknownFile, DamagedFile: the file is not what was stored; restore it from a backup.
    """
    found = photos_of(patient_id, viewer=viewer).filter(pk=photo_id).first()
    if found is None or size not in SIZES:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.PHOTO_SEE.value}")
    audit.record_listed("photo.read", [patient_id], by=viewer, at=viewer.at)
    return files.load(found.large_key if size == "large" else found.small_key)
