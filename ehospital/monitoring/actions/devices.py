"""The registry of devices: letting them in, giving them to patients, taking both back."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from ehospital.estate.models import Occupancy
from ehospital.foundation import audit, outbox
from ehospital.monitoring import events, locks
from ehospital.monitoring.actions.states import locked_states
from ehospital.monitoring.actions.telling_doors import tell_doors
from ehospital.monitoring.models import Device, DeviceAssociation, DeviceState, PatientState
from ehospital.people import access
from ehospital.wire import devices_directory, subjects

LONGEST_WAIT = timedelta(minutes=1)


class DeviceKnown(ValueError):
    """A device with this id is registered already; nothing was written."""


class DevicePaired(RuntimeError):
    """The device watches another patient; unpair it there first. Nothing was written."""


class NotInBed(ValueError):
    """The patient does not lie in the bed where the device is to stand, or has just left it; nothing was written."""


class DeviceUnusable(RuntimeError):
    """The device is unknown, revoked, in repair or retired; nothing was written."""


@transaction.atomic
def register_device(
    device_id: str,
    *,
    type: Device.Type = Device.Type.MONITOR,
    model: str = "",
    serial: str = "",
    metrics: Iterable[str] = (),
    kinds: Iterable[str] = devices_directory.KINDS,
    ward_id: UUID | None = None,
    by: access.Actor,
    at: datetime,
) -> str:
    """Register a device and return its secret, 43 characters, which is shown now and kept nowhere.

    The doors let it in as soon as a worker has told them, normally within a second.

    Args:
        device_id: its user name and client id, `[A-Za-z0-9_-]{1,64}`.
        metrics: aliases that it measures, for people.
        kinds: what it may publish.
    Raises:
        NotPermitted: `by` may not manage devices.
        BadName: the id or a kind is not a name.
        DeviceKnown: it is registered already.
    """
    access.require(by, access.Permission.DEVICE_MANAGE)
    secret = devices_directory.new_secret()
    try:
        with transaction.atomic():
            Device.objects.create(
                id=subjects.checked(device_id),
                type=type,
                model=model,
                serial=serial,
                metrics=list(metrics),
                kinds=[subjects.checked(kind) for kind in kinds],
                ward_id=ward_id,
                secret_hash=devices_directory.hash_secret(secret, settings.SECRET_KEY),
                registered_at=at,
            )
    except IntegrityError as error:
        raise DeviceKnown(f"{device_id} is registered already") from error
    audit.record("device.registered", by=by, at=at, subject=f"device:{device_id}")
    tell_doors(device_id)
    return secret


@transaction.atomic
def renew_secret(device_id: str, *, by: access.Actor, at: datetime) -> str:
    """Give a device a new secret and return it; the old one no longer opens any door, and a revocation ends.

    Raises:
        NotPermitted: `by` may not manage devices.
        DeviceUnusable: there is no such device.
    """
    access.require(by, access.Permission.DEVICE_MANAGE)
    device = _locked(device_id)
    secret = devices_directory.new_secret()
    device.secret_hash = devices_directory.hash_secret(secret, settings.SECRET_KEY)
    device.revoked = False
    device.save(update_fields=["secret_hash", "revoked"])
    audit.record("device.secret_renewed", by=by, at=at, subject=f"device:{device_id}")
    tell_doors(device_id)
    return secret


@transaction.atomic
def revoke_device(device_id: str, *, by: access.Actor, at: datetime) -> None:
    """Take a device's credentials back: no door lets it in, and one that is in is put out. Repeating changes nothing.

    Raises:
        NotPermitted: `by` may not manage devices.
        DeviceUnusable: there is no such device.
    """
    access.require(by, access.Permission.DEVICE_MANAGE)
    device = _locked(device_id)
    if not device.revoked:
        device.revoked = True
        device.save(update_fields=["revoked"])
        audit.record("device.revoked", by=by, at=at, subject=f"device:{device_id}")
    tell_doors(device_id)


@transaction.atomic
def pair_device(
    device_id: str, *, patient_id: UUID, bed_id: UUID | None = None, by: access.Actor, at: datetime
) -> UUID:
    """Let a device watch a patient from now on, and return the association's id.

    A patient may have several devices; a device has one patient, which the database itself enforces.

    Args:
        bed_id: where it stands; the patient's bed unless given.
    Raises:
        NotPermitted: `by` manages no devices and records no observations of this patient.
        DeviceUnusable: there is no such device, or it is revoked, in repair or retired.
        DevicePaired: it watches somebody already.
        NotInBed: the patient does not lie in that bed.
    """
    _require_pairing(by, patient_id)
    device = _locked(device_id)
    since = forget_body(device_id, at)
    if device.revoked or device.state != Device.State.IN_USE:
        raise DeviceUnusable(f"{device_id} is {'revoked' if device.revoked else device.state}")
    stands_at = bed_id or _bed_of(patient_id)
    (state,) = locked_states([patient_id])
    if stands_at != _bed_of(patient_id):  # asked again: whoever leaves a bed holds the state meanwhile
        raise NotInBed("the patient does not lie in that bed")
    try:
        with transaction.atomic():
            made = DeviceAssociation.objects.create(
                device=device,
                patient_id=patient_id,
                bed_id=stands_at,
                during=DateTimeTZRange(since, None),
            )
    except IntegrityError as error:
        if "device_watches_one_patient" not in str(error):
            raise
        raise DevicePaired(f"{device_id} watches another patient; unpair it there first") from error
    look_again(state, at)
    audit.record("device.paired", by=by, at=at, patient_id=patient_id, subject=f"device:{device_id}")
    outbox.publish(events.DeviceWasPaired(device_id=device_id, patient_id=patient_id, at=at))
    return made.id


@transaction.atomic
def unpair_device(device_id: str, *, by: access.Actor, at: datetime) -> UUID | None:
    """End a device's watch and return whom it watched, None when nobody. What it measured stays that patient's.

    Raises:
        NotPermitted: `by` manages no devices and records no observations of this patient.
    """
    _locked(device_id)
    until = forget_body(device_id, at)
    held = DeviceAssociation.objects.filter(device_id=device_id, during__contains=until).order_by("id").first()
    if held is None:
        access.require(by, access.Permission.DEVICE_READ)
        return None
    _require_pairing(by, held.patient_id)
    end_watch(held, until=until, by=by, at=at)
    (state,) = locked_states([held.patient_id])
    look_again(state, at)  # the next sweep ends the device's technical alerts
    return held.patient_id


def end_watch(held: DeviceAssociation, *, until: datetime, by: access.Actor, at: datetime) -> None:
    """End one watch of a device that the caller holds locked; `forget_body` says until when it lasted."""
    held.during = DateTimeTZRange(held.during.lower, max(until, held.during.lower))
    held.save(update_fields=["during"])
    audit.record("device.unpaired", by=by, at=at, patient_id=held.patient_id, subject=f"device:{held.device_id}")
    outbox.publish(events.DeviceWasUnpaired(device_id=held.device_id, patient_id=held.patient_id, at=at))


def look_again(state: PatientState, at: datetime) -> None:
    """Have the next sweep look at a patient whose devices changed; the caller holds the state."""
    state.monitored, state.check_at = True, at
    state.version += 1
    state.save(update_fields=["monitored", "check_at", "version"])


def forget_body(device_id: str, at: datetime) -> datetime:
    """Hold what a device last said, forget what it remembers of whoever wore it, and return when that ended.

    Nothing of the device is filed while the row is held; what was filed before went to whom it watched then. So the
    watch changes hands at the request's time, or with the last frame that came while the request waited for its turn.
    """
    said = locks.device_states([device_id])
    if not said:
        return at  # it never spoke
    DeviceState.objects.filter(pk=device_id).update(memory={})
    frame_at = said[0].frame_at
    return max(at, min(frame_at, at + LONGEST_WAIT)) if frame_at else at


def _bed_of(patient_id: UUID) -> UUID | None:
    held = Occupancy.objects.filter(patient_id=patient_id, during__upper_inf=True)
    return held.order_by("id").values_list("bed_id", flat=True).first()


def _require_pairing(by: access.Actor, patient_id: UUID) -> None:
    """Pairing is bedside work: whoever may record this patient's observations, and whoever manages devices."""
    if not access.may(by, access.Permission.DEVICE_MANAGE):
        access.require(by, access.Permission.OBSERVATION_RECORD, patient_id=patient_id)


def _locked(device_id: str) -> Device:
    found = locks.devices([device_id])
    if not found:
        raise DeviceUnusable(f"there is no device {device_id[:64]!r}")
    return found[0]
