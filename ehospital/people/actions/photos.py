"""The photo of a patient: taken, replaced, removed; those before are kept with their end."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.foundation import audit, files, locks, portraits, reasons
from ehospital.people import access
from ehospital.people.models import Patient, PatientPhoto


class NoPhoto(LookupError):
    """The patient has no photo now."""


class PhotoChanged(RuntimeError):
    """Somebody has replaced or removed the photo since it was seen; nothing was written."""


def take_photo(
    patient_id: UUID,
    content: bytes,
    *,
    consent: str,
    seen: UUID | None = None,
    by: access.Actor,
    at: datetime,
) -> UUID:
    """Keep a photo of a patient, in the place of the one that stands, and return its id.

    Args:
        content: a JPEG, PNG or WebP as the camera gave it.
        consent: a word of `PatientPhoto.Consent`.
        seen: the photo that stood when `by` looked; None for none.
    Raises:
        NotPermitted: `by` may not correct this patient's details.
        UnusablePicture, PhotoChanged: nothing is written.
    """
    access.require(by, access.Permission.PATIENT_EDIT, patient_id=patient_id)
    made = portraits.portrait(content)
    # The files before the row: a file without a row is only space, a row without its file is a lost photo.
    large, small = files.store(made.large), files.store(made.small)
    with transaction.atomic():
        _end(patient_id, seen, reason="", by=by, at=at)
        photo = PatientPhoto(
            patient_id=patient_id,
            large_key=large,
            small_key=small,
            consent=PatientPhoto.Consent(consent),
            taken_at=at,
            taken_by_id=by.staff_id,
            taken_by_name=by.name[:200],
        )
        photo.save(force_insert=True)
        audit.record("photo.taken", by=by, at=at, patient_id=patient_id, subject=f"photo:{photo.pk}")
    return photo.pk


@transaction.atomic
def remove_photo(patient_id: UUID, *, seen: UUID, reason: str, by: access.Actor, at: datetime) -> None:
    """Let no photo stand; what stood is kept for whoever must know later.

    Raises:
        NotPermitted: `by` may not correct this patient's details.
        ReasonMissing, NoPhoto, PhotoChanged: nothing is written.
    """
    access.require(by, access.Permission.PATIENT_EDIT, patient_id=patient_id)
    why = reasons.given(reason, reasons.About.REMOVED_PHOTO, most=300)
    if _end(patient_id, seen, reason=why, by=by, at=at) is None:
        raise NoPhoto("there is none")
    audit.record("photo.removed", by=by, at=at, patient_id=patient_id, subject=f"photo:{seen}")


def _end(patient_id: UUID, seen: UUID | None, *, reason: str, by: access.Actor, at: datetime) -> PatientPhoto | None:
    """End the photo that stands, under the lock of the patient."""
    locks.rows(Patient.objects.all(), [patient_id])
    standing = PatientPhoto.objects.filter(patient_id=patient_id, ended_at=None).first()
    if (standing.pk if standing else None) != seen:
        raise PhotoChanged("another photo stands by now")
    if standing is not None:
        standing.ended_at, standing.ended_by_name, standing.ended_reason = at, by.name[:200], reason
        standing.save(update_fields=["ended_at", "ended_by_name", "ended_reason"])
    return standing
