"""Building the estate, and putting patients into beds."""

from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from ehospital.estate import events
from ehospital.estate.models import Bed, Occupancy, Room, Site, Ward
from ehospital.foundation import audit, locks, outbox
from ehospital.people import access
from ehospital.people import actions as people
from ehospital.people.models import CareRelationship


class StaysCollide(RuntimeError):
    """Both lie in a bed, or their stays overlap: one body cannot be in two beds. Nothing was written."""


class BedTaken(RuntimeError):
    """The bed is not free, or the patient lies in another one; nothing was written."""


@transaction.atomic
def add_site(*, name: str, organisation_id: UUID, by: access.Actor, at: datetime) -> UUID:
    """Add a site and return its id."""
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    made = Site.objects.create(name=name, organisation_id=organisation_id)
    audit.record("site.created", by=by, at=at, subject=f"site:{made.id}")
    return made.id


@transaction.atomic
def add_ward(*, name: str, specialty: str, site_id: UUID, by: access.Actor, at: datetime) -> UUID:
    """Add a ward with a unit of its own, and return the ward's id."""
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    site = Site.objects.get(pk=site_id)
    unit_id = people.add_unit(name=name, organisation_id=site.organisation_id, by=by, at=at)
    made = Ward.objects.create(site=site, unit_id=unit_id, name=name, specialty=specialty)
    audit.record("ward.created", by=by, at=at, subject=f"ward:{made.id}")
    return made.id


@transaction.atomic
def add_room(*, ward_id: UUID, name: str, beds: list[str], by: access.Actor, at: datetime) -> list[UUID]:
    """Add a room with beds of these codes, and return the beds' ids in the same order."""
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    room = Room.objects.create(ward_id=ward_id, name=name)
    made = Bed.objects.bulk_create(Bed(room=room, code=code) for code in beds)
    audit.record("room.created", by=by, at=at, subject=f"room:{room.id}", details={"beds": beds})
    return [bed.id for bed in made]


@transaction.atomic
def place_patient(*, patient_id: UUID, bed_id: UUID, by: access.Actor, at: datetime) -> UUID:
    """Put a patient into a free bed; the ward's staff care for the patient from now on. Return the occupancy's id.

    `journeys.stays.take_bed` is how a person does it: it frees the bed's devices too, on which the database insists.

    Raises:
        NotPermitted: `by` may not place this patient.
        BedTaken: somebody lies there, or the patient lies elsewhere; the database itself forbids both.
    """
    access.require(by, access.Permission.PATIENT_PLACE, patient_id=patient_id)
    bed = Bed.objects.select_related("room__ward").get(pk=bed_id)
    try:
        with transaction.atomic():
            made = Occupancy.objects.create(bed=bed, patient_id=patient_id, during=DateTimeTZRange(at, None))
    except IntegrityError as error:
        raise BedTaken(f"bed {bed.code} is taken, or the patient lies in another bed") from error
    people.begin_care(
        patient_id=patient_id,
        unit_id=bed.room.ward.unit_id,
        kind=CareRelationship.Kind.WARD,
        source=f"occupancy:{made.id}",
        by=by,
        at=at,
    )
    audit.record("occupancy.created", by=by, at=at, patient_id=patient_id, subject=f"bed:{bed_id}")
    outbox.publish(events.PatientWasPlaced(patient_id=patient_id, bed_id=bed_id, ward_id=bed.room.ward_id, at=at))
    return made.id


@transaction.atomic
def vacate(*, patient_id: UUID, by: access.Actor, at: datetime) -> None:
    """Let a patient leave the bed; the ward's care relationship ends with it. Nothing happens when there is no bed.

    `journeys.stays` is how a person does it: the bed's devices let go in the same transaction, or the database refuses.

    Raises:
        NotPermitted: `by` may not place this patient.
    """
    access.require(by, access.Permission.PATIENT_PLACE, patient_id=patient_id)
    keys = Occupancy.objects.filter(patient_id=patient_id, during__contains=at).values_list("pk", flat=True)
    for held in locks.rows(Occupancy.objects.select_related("bed__room"), keys):
        held.during = DateTimeTZRange(held.during.lower, at)
        held.save(update_fields=["during"])
        people.end_care(source=f"occupancy:{held.id}", by=by, at=at)
        audit.record("occupancy.ended", by=by, at=at, patient_id=patient_id, subject=f"bed:{held.bed_id}")
        outbox.publish(
            events.PatientLeftBed(patient_id=patient_id, bed_id=held.bed_id, ward_id=held.bed.room.ward_id, at=at)
        )


@transaction.atomic
def hand_over(merge_id: UUID, *, of: UUID, into: UUID, by: access.Actor, at: datetime) -> None:
    """Give every stay of one patient to the other, as part of a merge; `journeys.merging` is how a person does it.

    Raises:
        NotPermitted: `by` may not merge patients.
        StaysCollide: both lie in a bed, or did at the same time.
    """
    access.require(by, access.Permission.PATIENT_MERGE)
    stays = Occupancy.objects.filter(patient_id__in=[of, into])
    held = locks.rows(Occupancy.objects.select_related("bed__room"), stays.values_list("pk", flat=True))
    running = [one for one in held if one.during.upper is None]
    if len({one.patient_id for one in running}) > 1:
        raise StaysCollide("both lie in a bed now; let one leave its bed first")
    try:
        with transaction.atomic():
            people.move(apps.get_app_config("estate").get_models(), merge_id, of=of, into=into)
    except IntegrityError as error:
        raise StaysCollide(
            "their stays in beds overlap; they were in two beds at once, so look who lay where"
        ) from error
    _tell_boards(running, into, at)


@transaction.atomic
def take_back(merge_id: UUID, *, of: UUID, into: UUID, by: access.Actor, at: datetime) -> None:
    """Undo `hand_over`: the stays that were given go back; those since the merge remain.

    Raises:
        NotPermitted: `by` may not merge patients.
        StaysCollide: the patient came to a bed since, at a time of a stay that would go back.
    """
    access.require(by, access.Permission.PATIENT_MERGE)
    people.move_back(apps.get_app_config("estate").get_models(), merge_id, of=of, into=into)
    running = Occupancy.objects.select_related("bed__room").filter(patient_id=of, during__upper_inf=True)
    _tell_boards(list(running.order_by("id")), of, at)


def _tell_boards(running: list[Occupancy], patient_id: UUID, at: datetime) -> None:
    for one in running:
        ward_id = one.bed.room.ward_id
        outbox.publish(events.PatientWasPlaced(patient_id=patient_id, bed_id=one.bed_id, ward_id=ward_id, at=at))
