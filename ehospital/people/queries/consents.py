"""Reads of what patients allow and refuse."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from ehospital.foundation import audit
from ehospital.people import access
from ehospital.people.models import CareRelationship, ClientApplication, Consent, Patient, StaffMember, Unit


@dataclass(frozen=True)
class Choices:
    """About whom a patient may say something, in the order of their names."""

    units: tuple[Unit, ...]
    staff: tuple[StaffMember, ...]
    clients: tuple[ClientApplication, ...]


def consents(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "tuple[Patient, list[Consent]]":
    """Return the patient and every word of theirs, standing ones first, then the newest; audited.

    Raises:
        NotPermitted: `viewer` neither records consents of this patient nor is the patient, or there is no such patient.
    """
    own = viewer.kind == "patient"
    asked = access.Permission.OWN_CONSENT if own else access.Permission.CONSENT_RECORD
    patient = access.patient(viewer, asked, patient_id, "identifiers")
    if patient is None:
        raise access.NotPermitted(f"{viewer.name} may not {asked.value}")
    with transaction.atomic():
        audit.record("patient.read", by=viewer, at=at, patient_id=patient_id, details={"part": "consents"})
    found = list(_words().filter(patient_id=patient_id).order_by("-recorded_at", "-id"))
    return patient, sorted(found, key=lambda one: at not in one.during)


def consent(patient_id: UUID, consent_id: UUID, *, viewer: access.Actor, at: datetime) -> "tuple[Patient, Consent]":
    """Return one word of a patient.

    Raises:
        NotPermitted: as `consents`, or the patient has no such word.
    """
    patient, found = consents(patient_id, viewer=viewer, at=at)
    for one in found:
        if one.id == consent_id:
            return patient, one
    raise access.NotPermitted(f"{viewer.name} may not {access.Permission.CONSENT_RECORD.value}")


def may_be_refused(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> Choices:
    """Return whom a patient may refuse in the portal: who cares or cared for them, and every outside system.

    Raises:
        NotPermitted: it is not the viewer's own record.
    """
    access.require(viewer, access.Permission.OWN_CONSENT, patient_id=patient_id)
    care = CareRelationship.objects.filter(patient_id=patient_id)
    lies = care.filter(kind=CareRelationship.Kind.WARD, during__contains=at).values("unit_id")
    units = Unit.objects.filter(pk__in=care.exclude(unit=None).values("unit_id")).exclude(pk__in=lies)
    by_name = StaffMember.objects.filter(pk__in=care.exclude(staff=None).values("staff_id"), active=True)
    mates = StaffMember.objects.filter(
        memberships__unit__in=care.exclude(unit=None).values("unit_id"), memberships__during__contains=at, active=True
    )
    staff = (by_name | StaffMember.objects.filter(pk__in=mates.values("pk"))).distinct()
    clients = ClientApplication.objects.filter(revoked_at=None)
    return Choices(
        tuple(units.order_by("name", "pk")),
        tuple(staff.order_by("name_text", "pk")),
        tuple(clients.order_by("name", "pk")),
    )


def consents_to_research(patients: "QuerySet[Patient]", *, at: datetime) -> "QuerySet[Patient]":
    """Return those who allowed the use of their record for research and did not refuse it since: nothing said is no."""
    words = Consent.objects.filter(scope=Consent.Scope.RESEARCH, during__contains=at)
    said = {one: words.filter(decision=one).values("patient_id") for one in Consent.Decision.values}
    return patients.filter(pk__in=said["permit"]).exclude(pk__in=said["deny"])


def _words() -> "QuerySet[Consent]":
    return Consent.objects.select_related("unit", "staff", "client", "witness")


def named_in_consents() -> "tuple[list[tuple[str, str]], list[tuple[str, str]]]":
    """Return units and outside systems that a consent may name, as (id, name): no patient is concerned."""
    units = [(str(one.pk), one.name) for one in Unit.objects.order_by("name", "pk")]
    clients = ClientApplication.objects.filter(revoked_at=None).order_by("name", "pk")
    return units, [(str(one.pk), one.name) for one in clients]
