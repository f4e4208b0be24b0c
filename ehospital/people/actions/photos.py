"""The photo of a patient: taken, replaced, removed; those before are kept with their end."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from ehospital.foundation import audit, files, locks, portraits, reasons
from ehospital.foundation.models import FileState
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

    What the camera gave is shown to the virus scanner and then drawn anew; only what was drawn is kept. While the
    scanner is away the photo is kept and shown all the same: nothing of the bytes that came is in it.

    Args:
        content: a JPEG, PNG or WebP as the camera gave it.
        consent: a word of `PatientPhoto.Consent`.
        seen: the photo that stood when `by` looked; None for none.
    Raises:
        NotPermitted: `by` may not correct this patient's details.
        UnusablePicture, PhotoChanged, StoreAway: nothing is written.
        InfectedFile: nothing is kept; the attempt is audited.
        TooLarge: the virus scanner takes no file of this size; nothing is kept.
    """
    access.require(by, access.Permission.PATIENT_EDIT, patient_id=patient_id)
    looked = _looked_at(patient_id, content, by=by, at=at)
    made = portraits.portrait(content)
    # The files before the row: a file without a row is only space, a row without its file is a lost photo.
    stored = files.keep([made.large, made.small])
    with transaction.atomic():
        large, small = files.name(stored, at=at, state=looked)
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
    why = reasons.given(reason, most=300)
    if _end(patient_id, seen, reason=why, by=by, at=at) is None:
        raise NoPhoto("there is none")
    audit.record("photo.removed", by=by, at=at, patient_id=patient_id, subject=f"photo:{seen}")


def end_infected(key: str, found: str, *, by: access.Actor, at: datetime) -> int:
    """Let no photo with an infected file stand, and return how many stood; repeating changes nothing.

    Args:
        key: of the file.
        found: what the virus scanner found in it.
    Raises:
        NotPermitted: `by` is not the machinery.
    """
    access.require(by, access.Permission.FILES_TAKE_AWAY)
    standing = PatientPhoto.objects.filter(Q(large_key=key) | Q(small_key=key), ended_at=None)
    done = 0
    for photo in standing.order_by("patient_id"):
        with transaction.atomic(), suppress(PhotoChanged):
            if not files.still_infected(key):
                return done
            _end(photo.patient_id, photo.pk, reason=f"infected: {found}", by=by, at=at)
            _infected(photo.patient_id, found, key, by=by, at=at)
            done += 1
    return done


def _looked_at(patient_id: UUID, content: bytes, *, by: access.Actor, at: datetime) -> FileState:
    """Return with which state what is drawn from it may be kept: open, whether somebody looked or not."""
    try:
        state = files.look(content, at=at)
    except files.InfectedFile as error:
        with transaction.atomic():
            _infected(patient_id, error.name, files.key_of(content), by=by, at=at)
        raise
    return FileState.CLEAN if state is FileState.CLEAN else FileState.UNCHECKED


def _infected(patient_id: UUID, found: str, key: str, *, by: access.Actor, at: datetime) -> None:
    audit.record("photo.infected", by=by, at=at, patient_id=patient_id, details={"found": found, "sha256": key})


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
