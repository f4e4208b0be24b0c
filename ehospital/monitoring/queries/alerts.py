"""Open alerts, and what happened to them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from ehospital.estate.models import Occupancy
from ehospital.foundation import audit
from ehospital.monitoring.models import Alert, AlertEvent
from ehospital.monitoring.queries.views import AlertView
from ehospital.people import access

_URGENCY: dict[str, int] = {Alert.Priority.HIGH: 0, Alert.Priority.MEDIUM: 1, Alert.Priority.LOW: 2}


def open_alerts(
    *, viewer: access.Actor, at: datetime, ward_id: UUID | None = None, patient_id: UUID | None = None
) -> list[AlertView]:
    """Return the open alerts of the patients whom the viewer may see, the most urgent and then the oldest first.

    Acknowledged ones come after those that nobody has taken yet. Audited for every patient shown; of one patient alone
    it is a part of the chart, whose opening is.
    """
    chosen = Alert.objects.filter(closed_at=None)
    if ward_id is not None:
        chosen = chosen.filter(ward_id=ward_id)
    if patient_id is not None:
        permitted = access.may(viewer, access.Permission.CHART_READ, patient_id=patient_id)
        return views(chosen.filter(patient_id=patient_id), at=at) if permitted else []
    visible = access.visible_patients(viewer, access.Permission.CHART_READ, with_charts=False)
    found = views(chosen.filter(patient__in=visible.values("pk")), at=at)
    audit.record_listed("alerts.read", [one.patient_id for one in found], by=viewer, at=at)
    return found


def alert(alert_id: UUID, *, viewer: access.Actor, at: datetime) -> AlertView:
    """Return one alert, open or closed.

    Raises:
        NotPermitted: the viewer may not see the patient, or there is no such alert.
    """
    visible = access.visible_patients(viewer, access.Permission.CHART_READ, with_charts=False)
    found = views(Alert.objects.filter(pk=alert_id, patient__in=visible.values("pk")), at=at)
    if not found:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.CHART_READ.value}")
    return found[0]


def alert_events(alert_id: UUID, *, viewer: access.Actor) -> "QuerySet[AlertEvent]":
    """Return what happened to an alert, oldest first; nothing when the viewer may not see the patient."""
    visible = access.visible_patients(viewer, access.Permission.CHART_READ, with_charts=False)
    return AlertEvent.objects.filter(alert_id=alert_id, alert__patient__in=visible.values("pk")).order_by("at", "id")


def views(chosen: "QuerySet[Alert]", *, at: datetime) -> list[AlertView]:
    """Return alerts as screens show them, in one query, without asking who looks: the caller has."""
    lies = Occupancy.objects.filter(patient_id=OuterRef("patient_id"), during__contains=at)
    rows = chosen.select_related("patient", "owner_staff", "owner_unit").annotate(
        bed_now=Subquery(lies.values("bed_id")[:1]), code_now=Subquery(lies.values("bed__code")[:1])
    )
    return _sorted(_view(row) for row in rows.order_by(F("opened_at"), "id"))


def _sorted(found: Iterable[AlertView]) -> list[AlertView]:
    return sorted(
        found, key=lambda one: (one.state != Alert.State.OPEN, _URGENCY.get(one.priority, 9), one.opened_at, one.id)
    )


def _view(row: Alert) -> AlertView:
    bed_id, code = getattr(row, "bed_now", None), getattr(row, "code_now", None)
    return AlertView(
        id=row.id,
        patient_id=row.patient_id,
        patient_name=row.patient.name_text,
        bed_id=bed_id,
        bed_code=code or "",
        ward_id=row.ward_id,
        cause=row.cause,
        kind=row.kind,
        priority=row.priority,
        state=row.state,
        facts=row.facts,
        device_id=row.device_id or "",
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        acknowledged_at=row.acknowledged_at,
        owner=owner(row),
        owner_is_person=row.owner_staff_id is not None,
    )


def owner(row: Alert) -> str:
    """Return who owns an alert, in words."""
    if row.owner_staff is not None:
        return row.owner_staff.name_text
    return row.owner_unit.name if row.owner_unit is not None else _("No ward: whoever sees it")
