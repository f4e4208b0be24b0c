"""Reads of who may open a record: restrictions, staff as patients, proxies, and openings that wait for a second."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from ehospital.foundation import audit
from ehospital.people import access
from ehospital.people.models import Account, BrokenGlass, Patient, Proxy, Restriction, StaffAsPatient, StaffMember


@dataclass(frozen=True)
class Kept:
    """How a record is kept: its patient, running restrictions, and the member of staff who is this patient."""

    patient: Patient
    restrictions: list[Restriction]
    as_staff: StaffMember | None


@dataclass(frozen=True)
class SecondWaits:
    """An opening of one's own; with a code while it waits for a second clinician."""

    patient_id: UUID
    code: str
    until: datetime


def kept_record(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> Kept:
    """Return how a record is kept; its restrictions only to who may restrict. Audited.

    Raises:
        NotPermitted: `viewer` manages neither proxies nor restrictions, or there is no such patient.
    """
    found = access.patient(viewer, access.Permission.PROXY_MANAGE, patient_id, "identifiers")
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.PROXY_MANAGE.value}")
    with transaction.atomic():
        audit.record("patient.read", by=viewer, at=at, patient_id=patient_id, details={"part": "access"})
    if not access.may(viewer, access.Permission.RECORD_RESTRICT, patient_id=patient_id):
        return Kept(found, [], None)
    running = Restriction.objects.filter(patient_id=patient_id, during__contains=at).select_related("made_by")
    link = StaffAsPatient.objects.select_related("staff").filter(patient_id=patient_id).first()
    return Kept(found, list(running.order_by("during", "id")), link.staff if link else None)


def proxies_of(patient_id: UUID, *, viewer: access.Actor) -> "QuerySet[Proxy]":
    """Return every proxy over a record, running and ended, the newest first.

    Raises:
        NotPermitted: `viewer` may not manage proxies, or there is no such patient.
    """
    access.require(viewer, access.Permission.PROXY_MANAGE, patient_id=patient_id)
    return _proxies().filter(patient_id=patient_id).order_by("-during", "-id")


def over_me(*, viewer: access.Actor, patient_id: UUID, at: datetime) -> "QuerySet[Proxy]":
    """Return who acts for the patient now, for the patient's own page.

    Raises:
        NotPermitted: it is not the viewer's own record.
    """
    access.require(viewer, access.Permission.OWN_RECORD_READ, patient_id=patient_id)
    return _proxies().filter(patient_id=patient_id, during__contains=at).order_by("during", "id")


def my_proxies(account: Account, *, at: datetime) -> "QuerySet[Proxy]":
    """Return for whom the holder of an account acts now: their own facts, so the account itself is the permission."""
    return _proxies().filter(holder=account, during__contains=at).order_by("patient__name_text", "id")


def running_proxy(proxy_id: str | UUID, *, account: Account, at: datetime) -> Proxy | None:
    """Return that proxy of this account while it runs, else None."""
    try:
        return my_proxies(account, at=at).filter(pk=proxy_id).first()
    except ValidationError:
        return None


def colleague(username: str) -> UUID | None:
    """Return the member of staff who works here under that user name, whatever its case."""
    found = Account.objects.filter(username__iexact=username, staff__active=True, is_active=True)
    return found.values_list("staff_id", flat=True).first()


def waits_for_second(glass_id: UUID, *, viewer: access.Actor, at: datetime) -> SecondWaits:
    """Return an opening of the viewer's own that runs or waits.

    Raises:
        NotPermitted: it is somebody else's, over, or there is none.
    """
    found = BrokenGlass.objects.filter(pk=glass_id, staff_id=viewer.staff_id, during__contains=at).first()
    if found is None or viewer.staff_id is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.GLASS_BREAK.value}")
    waits = found.needs_second and found.second_id is None
    return SecondWaits(found.patient_id, found.code if waits else "", found.ends_at)


def _proxies() -> "QuerySet[Proxy]":
    return Proxy.objects.select_related("patient", "holder__patient")
