"""A set entered in error through the browser: struck through, with who and why, and gone from the curves."""

from datetime import datetime, timedelta

import pytest

from ehospital.monitoring import actions
from ehospital.monitoring.models import MistakenSet
from ehospital.people.access import Role
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import monitoring as wards

pytestmark = pytest.mark.django_db


def link(page: str) -> str:
    """The address of the first offer to mark a set; empty without one."""
    place = page.find("/error/")
    return page[page.rfind('"', 0, place) + 1 : page.find('"', place)] if place > 0 else ""


def test_it_is_marked_with_a_reason_and_stays_struck_through(
    nurse: SignedIn, ward: wards.WardOfTests, chart: str, now: datetime, sign_in: SignIn
) -> None:
    patient = ward.patient_ids[0]
    actions.record_observations(patient, {"hr": 171.0}, by=ward.nurse.actor, at=now - timedelta(minutes=1))
    page = nurse.client.get(f"{chart}observations/").content.decode()
    address = link(page)
    assert "Heart rate 171 /min" in page and address.startswith(f"{chart}observations/")
    assert nurse.client.post(address, {"reason": " "}).status_code == 422
    assert MistakenSet.objects.count() == 0
    assert nurse.client.post(address, {"reason": "<b>next bed</b>"}).status_code == 302
    after = nurse.client.get(f"{chart}observations/").content.decode()
    assert "<s>" in after and "&lt;b&gt;next bed&lt;/b&gt;" in after and link(after) == ""
    assert nurse.client.post(address, {"reason": "again"}).status_code == 302
    assert MistakenSet.objects.count() == 1
    assert sign_in(Role.NURSE, username="elsewhere").client.get(address).status_code == 404
    pharmacist = sign_in(Role.PHARMACIST, unit_id=ward.unit_id).client
    assert pharmacist.get(address).status_code == 403
    assert "next bed" in pharmacist.get(f"{chart}observations/").content.decode()
