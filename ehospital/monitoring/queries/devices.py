"""The list of devices."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch

from ehospital.monitoring.models import Device, DeviceAssociation, Quarantine
from ehospital.monitoring.policies.freshness import SILENT_AFTER
from ehospital.monitoring.queries.views import DeviceView
from ehospital.people import access


def devices(*, viewer: access.Actor, at: datetime, ward_id: UUID | None = None) -> list[DeviceView]:
    """Return the registered devices by id, with what each last said and whom it watches.

    Raises:
        NotPermitted: `viewer` may not see the devices.
    """
    access.require(viewer, access.Permission.DEVICE_READ)
    now = DeviceAssociation.objects.filter(during__contains=at).select_related("patient", "bed").order_by("id")
    chosen = Device.objects.select_related("status", "ward").prefetch_related(
        Prefetch("associations", queryset=now, to_attr="now")
    )
    if ward_id is not None:
        chosen = chosen.filter(ward_id=ward_id)
    rows = list(chosen.order_by("id"))
    watched = {pairing.patient_id for row in rows for pairing in _pairings(row)}
    visible = access.visible_patients(viewer, access.Permission.CHART_READ, with_charts=False).filter(pk__in=watched)
    openable = set(visible.values_list("pk", flat=True))
    aside = Counter(
        dict(
            Quarantine.objects.filter(device_id__in=[row.id for row in rows])
            .values_list("device_id")
            .annotate(Count("id"))
            .order_by("device_id")
        )
    )
    return [_view(row, openable, aside[row.id], at) for row in rows]


def _pairings(row: Device) -> list[DeviceAssociation]:
    return getattr(row, "now", [])


def _view(row: Device, openable: set[UUID], quarantined: int, at: datetime) -> DeviceView:
    pairing = next(iter(_pairings(row)), None)
    status = getattr(row, "status", None)
    shown = pairing is not None and pairing.patient_id in openable
    return DeviceView(
        id=row.id,
        type=row.type,
        model=row.model,
        serial=row.serial,
        metrics=tuple(row.metrics),
        state=row.state,
        revoked=row.revoked,
        ward_id=row.ward_id,
        ward_name=row.ward.name if row.ward else "",
        paired=pairing is not None,
        patient_id=pairing.patient_id if pairing and shown else None,
        patient_name=pairing.patient.name_text if pairing and shown else "",
        bed_code=pairing.bed.code if pairing and pairing.bed else "",
        heard=_heard(status.frame_at if status else None, pairing is not None, at),
        seen_at=status.seen_at if status else None,
        clock_ahead_s=status.clock_ahead_ms / 1000 if status else None,
        skewed=bool(status and status.skewed_since_at),
        battery_percent=status.battery_percent if status else None,
        lead_off=status.lead_off if status else None,
        error=status.error if status else "",
        rejected=status.rejected if status else 0,
        rejection=status.rejection if status else "",
        quarantined=quarantined,
    )


def _heard(frame_at: datetime | None, paired: bool, at: datetime) -> str:
    if frame_at is None:
        return "never"
    if at - frame_at < SILENT_AFTER:
        return "live"
    return "silent" if paired else "idle"
