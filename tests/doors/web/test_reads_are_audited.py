"""No patient is shown without a row in the audit trail, and a list that refreshes itself floods nothing."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from ehospital.foundation import audit
from ehospital.foundation.models import AuditEvent
from ehospital.people.access import Role
from tests.doors.web.conftest import SignIn
from tests.factories import monitoring as make
from tests.factories import people

pytestmark = pytest.mark.django_db


def rows(action: str) -> Counter[UUID | None]:
    """How often each patient stands in the trail with that action."""
    return Counter(AuditEvent.objects.filter(action=action).values_list("patient_id", flat=True))


def test_my_patients_and_the_tickets_of_live_values_are_audited_once_a_look(sign_in: SignIn, now: datetime) -> None:
    ward = make.ward(now, patients=2, beds=2)
    patients = Counter(ward.patient_ids)
    nurse = sign_in(Role.NURSE, unit_id=ward.unit_id)
    for _ in range(2):
        assert nurse.client.get("/staff/mine/").status_code == 200
        assert nurse.client.get(f"/staff/wards/{ward.id}/ticket/").status_code == 200
    assert rows("care.read") == patients
    assert rows("vitals.read") == patients
    assert nurse.client.get(f"/staff/patients/{ward.patient_ids[0]}/ticket/").status_code == 200
    assert rows("vitals.read")[ward.patient_ids[0]] == 2


def test_who_comes_into_a_list_meanwhile_is_written_down_and_the_next_look_is_another(now: datetime) -> None:
    first, second = people.patient(), people.patient("Hamid", "Karimi")
    nurse = people.staff(Role.NURSE).actor
    for shown, minutes in (([first], 0), ([first, second], 1), ([first, second], 9), ([first], 11)):
        audit.record_listed("alerts.read", shown, by=nurse, at=now + timedelta(minutes=minutes))
    assert rows("alerts.read") == {first: 2, second: 1}


def test_the_form_of_a_patient_is_a_look_at_the_patient(sign_in: SignIn) -> None:
    key = people.patient()
    desk = sign_in(Role.RECEPTIONIST)
    assert desk.client.get(f"/staff/patients/{key}/edit/").status_code == 200
    event = AuditEvent.objects.get(action="patient.read")
    assert (event.patient_id, event.actor_id, event.category) == (key, str(desk.member.id), "R")
