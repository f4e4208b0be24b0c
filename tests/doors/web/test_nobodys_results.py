"""Nobody's results: found by somebody although everybody who knew of them has left, and taken over."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ehospital.clinical.models import Order
from ehospital.foundation.models import AuditEvent
from ehospital.people import actions
from ehospital.people.access import Role
from ehospital.people.models import CareRelationship
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import orders, people

pytestmark = pytest.mark.django_db
PAGE = "/staff/results/"


@pytest.fixture
def left(now) -> tuple[UUID, UUID]:
    """An unread answer: who asked has left two days ago, the patient three days ago."""
    by, at = people.machinery(now), now - timedelta(days=5)
    patient = people.patient("Fatou", "Diallo", at=at)
    unit = actions.add_unit(name="Ward 12", by=by, at=at)
    actions.begin_care(
        patient_id=patient, unit_id=unit, kind=CareRelationship.Kind.WARD, source="bed", by=by, at=at,
        until=now - timedelta(days=3),
    )  # fmt: skip
    orderer = people.staff("doctor", unit_id=unit, family="Gone", at=at)
    order = orders.one(patient, by=orderer.actor, at=at)
    actions.end_employment(staff_id=orderer.id, by=by, at=now - timedelta(days=2))
    orders.answered(order.pk, potassium="5.6", at=now - timedelta(days=1))
    return patient, order.pk


@pytest.fixture
def doctor(sign_in: SignIn) -> SignedIn:
    return sign_in(Role.DOCTOR)


def test_every_doctor_sees_it_in_words_that_tell_nothing_of_the_record(left, doctor: SignedIn) -> None:
    patient, _ = left
    page = doctor.client.get(PAGE).content.decode()
    assert "Nobody&#x27;s results" in page or "Nobody's results" in page
    assert "Ordered by Tove Gone, who left on" in page
    assert "<bdi>DIALLO, Fatou</bdi>" in page
    assert "24 h ago" in page
    assert "Potassium" not in page
    assert "5.6" not in re.sub(r"<[^>]+>", " ", page)
    assert doctor.client.get(f"/staff/patients/{patient}/").status_code == 404
    assert "1" in doctor.client.get(f"{PAGE}bell/").content.decode()


def test_the_page_works_out_once_who_reads_for_others(left, doctor: SignedIn) -> None:
    with CaptureQueriesContext(connection) as asked:
        doctor.client.get(PAGE)
    assert sum("clinical_unread_answers" in one["sql"] for one in asked.captured_queries) == 1


def test_taken_over_it_is_among_mine_and_the_chart_is_open(left, doctor: SignedIn) -> None:
    patient, order = left
    answer = doctor.client.post(f"{PAGE}take-over/{order}/")
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}#p-{patient}")
    page = doctor.client.get(PAGE).content.decode()
    assert "5.6" in page
    assert 'id="nobodys"' not in page
    assert doctor.client.get(f"/staff/patients/{patient}/").status_code == 200
    assert Order.objects.get().recipient_id == doctor.member.id
    assert AuditEvent.objects.filter(action="order.taken_over", patient_id=patient).count() == 1


def test_a_restricted_record_is_nameless_until_it_was_opened_with_a_reason(left, doctor: SignedIn, now) -> None:
    patient, order = left
    nurse, officer = people.staff("nurse", at=now), people.staff("privacy_officer", at=now)
    actions.restrict_record(patient, level="restricted", kind="wish", named=[nurse.id], by=officer.actor, at=now)
    page = doctor.client.get(PAGE).content.decode()
    assert "A patient whose record is restricted" in page
    for told in ("DIALLO", "Fatou", "Ward 12", str(patient), "take-over/"):
        assert told not in page
    refused = doctor.client.post(f"{PAGE}take-over/{order}/")
    assert refused["Location"] == f"{PAGE}with-reason/{order}/"
    assert Order.objects.get().recipient_id != doctor.member.id
    door = doctor.client.get(refused["Location"])["Location"]
    asked = doctor.client.get(door).content.decode()
    assert "A patient whose record is restricted" in asked
    assert "DIALLO" not in asked
    assert "DIALLO" not in doctor.client.post(door, {"kind": "covering", "reason": "short"}).content.decode()
    said = {"kind": "covering", "reason": "Nobody reads this answer."}
    opened = doctor.client.post(door, said, follow=True)
    assert opened.redirect_chain[-1][0] == f"{PAGE}#nobodys"
    assert "DIALLO, Fatou" in opened.content.decode()
    answer = doctor.client.post(f"{PAGE}take-over/{order}/", follow=True)
    assert "Read it while the chart is open" in answer.content.decode()
    assert "5.6" in answer.content.decode()
    assert Order.objects.get().recipient_id == doctor.member.id


def test_the_way_to_the_reason_leads_only_those_to_whom_it_is_shown(left, sign_in: SignIn) -> None:
    _, order = left
    for role, status in ((Role.NURSE, 403), (Role.DOCTOR, 302)):
        assert sign_in(role).client.get(f"{PAGE}with-reason/{order}/").status_code == status
    people.staff("doctor", unit_id=Order.objects.get().unit_id, account=True)
    other = sign_in(Role.DOCTOR, username="other")
    assert other.client.get(f"{PAGE}with-reason/{order}/").status_code == 404


def test_who_comes_second_reads_who_was_first(left, doctor: SignedIn, sign_in: SignIn) -> None:
    _, order = left
    second = sign_in(Role.DOCTOR, username="second")
    doctor.client.post(f"{PAGE}take-over/{order}/")
    answer = second.client.post(f"{PAGE}take-over/{order}/", follow=True)
    assert "Tove Berg-doctor answers for it already" in answer.content.decode()
    assert 'id="nobodys"' not in second.client.get(PAGE).content.decode()


@pytest.mark.parametrize("role", [Role.NURSE, Role.LAB_TECHNICIAN, Role.RECEPTIONIST])
def test_no_other_role_takes_over(left, sign_in: SignIn, role: Role) -> None:
    _, order = left
    other = sign_in(role)
    assert other.client.post(f"{PAGE}take-over/{order}/").status_code in (403, 404)
    assert Order.objects.get().recipient_id != other.member.id


def test_a_doctor_to_whom_it_is_not_shown_learns_nothing(left, doctor: SignedIn) -> None:
    _, order = left
    unit = Order.objects.get().unit_id
    people.staff("doctor", unit_id=unit, account=True)
    assert 'id="nobodys"' not in doctor.client.get(PAGE).content.decode()
    assert doctor.client.post(f"{PAGE}take-over/{order}/").status_code == 404
