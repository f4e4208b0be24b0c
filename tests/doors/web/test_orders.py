"""Orders on the pages: chosen and signed, performed, read and acknowledged; what is refused in words."""

import re
from datetime import datetime
from uuid import UUID

import pytest

from ehospital.clinical.models import Acknowledgement, CriticalCall, DiagnosticReport, Order
from ehospital.messaging.models import Notice
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.access import Role
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import monitoring as wards
from tests.factories import orders, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician(sign_in: SignIn) -> SignedIn:
    return sign_in(Role.LAB_TECHNICIAN)


def acting(one: SignedIn, now: datetime) -> access.Actor:
    return access.later(one.member.actor, now)


def body(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_several_are_ticked_by_a_set_and_by_hand_and_signed_once(doctor: SignedIn, patient: UUID) -> None:
    page = f"/staff/patients/{patient}/orders/add/"
    shown = body(doctor.client.get(page))
    assert "Full blood count" in shown
    assert "Weigh daily" in shown
    batch = re.search(r'name="batch" value="([\w-]+)"', shown)
    assert batch is not None
    typed = {"batch": batch[1], "priority": "urgent", "reason": "Fever"}
    found = body(doctor.client.post(page, {**typed, "step": "find", "q": "potas", "item": ["ecg"]}))
    assert "Full blood count" not in found
    assert 'value="ecg" id="item-ecg" checked' in found
    assert 'value="Fever"' in found
    by_set = body(doctor.client.post(page, {**typed, "step": "set-admission", "item": ["ecg"]}))
    ticked = re.findall(r'value="(\w+)" id="item-\w+" checked', by_set)
    assert ticked == ["ecg", "electrolytes", "blood_count", "crp", "liver"]
    for _ in range(2):  # the second is the same form sent twice: it warns or changes nothing
        doctor.client.post(page, {**typed, "step": "sign", "item": ["ecg", "crp"]})
    assert sorted(Order.objects.values_list("item", "priority", "reason")) == [
        ("crp", "urgent", "Fever"), ("ecg", "urgent", "Fever"),
    ]  # fmt: skip


def test_a_repeat_is_warned_of_and_signed_all_the_same(doctor: SignedIn, patient: UUID) -> None:
    page = f"/staff/patients/{patient}/orders/add/"
    typed = {"step": "sign", "item": ["potassium"], "priority": "routine"}
    assert doctor.client.post(page, typed).status_code == 302
    warned = doctor.client.post(page, typed)
    assert warned.status_code == 422
    assert "Once may be enough" in body(warned)
    assert Order.objects.count() == 1
    assert doctor.client.post(page, {**typed, "warned": ["potassium"]}).status_code == 302
    assert Order.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"priority": "routine"}, "Nothing is ticked yet"),
        ({"item": ["referral"], "priority": "routine"}, "Choose the unit"),
        ({"item": ["ecg"], "priority": "routine", "occurs_at": "2001-01-01T10:00"}, "This time has passed"),
        ({"item": ["ecg"], "priority": "soon"}, "soon"),
    ],
)
def test_what_cannot_be_ordered_is_said_in_words(doctor: SignedIn, patient: UUID, typed: dict, words: str) -> None:
    answer = doctor.client.post(f"/staff/patients/{patient}/orders/add/", {"step": "sign", **typed})
    assert answer.status_code == 422
    assert words in body(answer)
    assert Order.objects.count() == 0


def test_the_way_of_a_critical_result(doctor: SignedIn, technician: SignedIn, patient: UUID, now: datetime) -> None:
    order = orders.one(patient, by=acting(doctor, now), at=now)
    listed = body(technician.client.get("/staff/orders/"))
    assert str(order.pk) in listed
    page = f"/staff/orders/{order.pk}/"
    shown = body(technician.client.get(page))
    assert "Potassium (mmol/L)" in shown
    assert "Usual: 3.5–5.3 mmol/L" in shown
    impossible = technician.client.post(page, {"m-potassium": "69"})
    assert (impossible.status_code, DiagnosticReport.objects.count()) == (422, 0)
    assert "No such value is possible" in body(impossible)
    again = technician.client.post(page, {"m-potassium": "9,5"})
    assert (again.status_code, DiagnosticReport.objects.count()) == (422, 0)
    assert 'name="confirm" value="potassium"' in body(again)
    answer = technician.client.post(page, {"m-potassium": "6.9"}, follow=True)
    assert "Critical: whoever ordered it is being told now" in body(answer)
    technician.client.post(page + "call/", {"called": "Dr Chandra, Ward 4", "read_back": "on"})
    assert CriticalCall.objects.get().read_back
    chart = f"/staff/patients/{patient}/"
    assert f'data-critical="{order.pk}"' in body(doctor.client.get(chart))
    waiting = body(doctor.client.get("/staff/results/"))
    assert "Critically high" in waiting
    report = DiagnosticReport.objects.get()
    acknowledged = doctor.client.post(
        f"{chart}orders/{order.pk}/acknowledge/", {"seen": str(report.pk), "follow_up": "Calcium now"}, follow=True
    )
    assert "Acknowledged." in body(acknowledged)
    assert Acknowledgement.objects.get().follow_up == "Calcium now"
    assert "data-critical" not in body(doctor.client.get(chart))
    assert "Nothing waits for you" in body(doctor.client.get("/staff/results/"))


def test_an_amended_result_is_not_acknowledged_unread(
    doctor: SignedIn, technician: SignedIn, patient: UUID, now: datetime
) -> None:
    order = orders.one(patient, by=acting(doctor, now), at=now)
    first = orders.answered(order.pk, by=acting(technician, now), potassium="4.1", at=now)
    page = f"/staff/orders/{order.pk}/"
    without = technician.client.post(page, {"seen": str(first), "m-potassium": "5.6"})
    assert without.status_code == 422
    technician.client.post(page, {"seen": str(first), "m-potassium": "5.6", "amend_reason": "Wrong tube"})
    stale = technician.client.post(page, {"seen": str(first), "m-potassium": "5.7", "amend_reason": "x"})
    assert "changed meanwhile" in body(stale)
    acknowledge = f"/staff/patients/{patient}/orders/{order.pk}/acknowledge/"
    answer = doctor.client.post(acknowledge, {"seen": str(first)}, follow=True)
    assert "The result was changed meanwhile" in body(answer)
    assert "Wrong tube" in body(answer)
    assert Acknowledgement.objects.count() == 0
    for seen in ("", "nonsense", str(order.pk)):
        assert "Read what stands now" in body(doctor.client.post(acknowledge, {"seen": seen}, follow=True))
    assert Acknowledgement.objects.count() == 0


def test_normal_results_in_one_step(doctor: SignedIn, patient: UUID, now: datetime) -> None:
    by = orders.technician(now)
    keys = [orders.one(patient, by=acting(doctor, now), at=now).pk for _ in range(3)]
    reports = [
        orders.answered(key, by=by, potassium=value, at=now)
        for key, value in zip(keys, ("4.0", "4.1", "5.6"), strict=True)
    ]
    assert "Acknowledge all 2 normal results" in body(doctor.client.get("/staff/results/"))
    refused = doctor.client.post("/staff/results/normal/", {"seen": reports}, follow=True)
    assert "One of them is not normal" in body(refused)
    assert Acknowledgement.objects.count() == 0
    doctor.client.post("/staff/results/normal/", {"seen": reports[:2]})
    assert Acknowledgement.objects.count() == 2
    assert doctor.client.post("/staff/results/normal/", {"seen": ["nonsense"]}).status_code == 404


def test_cancelled_held_and_printed(doctor: SignedIn, patient: UUID, now: datetime) -> None:
    order = orders.one(patient, by=acting(doctor, now), at=now)
    page = f"/staff/patients/{patient}/orders/{order.pk}/"
    assert doctor.client.post(page + "cancel/", {"version": "1", "reason": " "}).status_code == 422
    stale = doctor.client.post(page + "cancel/", {"version": "7", "reason": "No need"})
    assert "Somebody else has changed this order" in body(stale)
    assert "Saved." in body(doctor.client.post(page + "move/", {"version": "1", "to": "on-hold"}, follow=True))
    doctor.client.post(page + "cancel/", {"version": "2", "reason": "No need"})
    order.refresh_from_db()
    assert (order.status, order.end_reason) == ("revoked", "No need")
    assert "No need" in body(doctor.client.get(f"/staff/patients/{patient}/orders/"))
    assert "Request form" in body(doctor.client.get(page + "print/"))


def test_a_referral_is_seen_and_taken_on_by_the_unit_that_is_asked(
    doctor: SignedIn, patient: UUID, sign_in: SignIn, now: datetime
) -> None:
    unit = people_actions.add_unit(name="Cardiology", by=people.machinery(now), at=now)
    order = orders.one(patient, "referral", by=acting(doctor, now), performer_id=unit, reason="Murmur", at=now)
    asked = sign_in(Role.NURSE, unit_id=unit)
    assert asked.client.get(f"/staff/patients/{patient}/").status_code == 404
    assert "Murmur" in body(asked.client.get("/staff/orders/"))
    asked.client.post(f"/staff/orders/{order.pk}/take-on/")
    assert asked.client.get(f"/staff/patients/{patient}/").status_code == 200


def test_handed_over_to_a_colleague_of_the_unit(
    doctor: SignedIn, ward: wards.WardOfTests, patient: UUID, now: datetime
) -> None:
    colleague = people.staff(Role.DOCTOR, unit_id=ward.unit_id, at=now)
    order = orders.one(patient, by=acting(doctor, now), at=now)
    answer = doctor.client.post("/staff/results/hand-over/", {"to": str(colleague.id)}, follow=True)
    assert "1 went to" in body(answer)
    order.refresh_from_db()
    assert order.recipient_id == colleague.id
    stranger = people.staff(Role.DOCTOR, at=now)
    assert doctor.client.post("/staff/results/hand-over/", {"to": str(stranger.id)}).status_code == 422


def test_an_order_with_a_result_is_no_mistake_until_the_result_is(
    doctor: SignedIn, patient: UUID, now: datetime
) -> None:
    order = orders.one(patient, by=acting(doctor, now), at=now)
    report = orders.answered(order.pk, by=orders.technician(now), potassium="4.1", at=now)
    chart = f"/staff/patients/{patient}/"
    answer = doctor.client.post(f"{chart}error/orders/{order.pk}/", {"reason": "Other patient"}, follow=True)
    assert "A result stands on this order" in body(answer)
    doctor.client.post(f"{chart}error/reports/{report}/", {"reason": "Other patient"})
    doctor.client.post(f"{chart}error/orders/{order.pk}/", {"reason": "Other patient"})
    order.refresh_from_db()
    assert order.status == "entered-in-error"
    assert str(order.pk) not in body(doctor.client.get(f"{chart}orders/"))


def test_the_notice_leads_to_the_order(doctor: SignedIn, patient: UUID, now: datetime) -> None:

    order = orders.one(patient, by=acting(doctor, now), at=now)
    orders.answered(order.pk, by=orders.technician(now), potassium="6.9", at=now)
    assert doctor.client.get(Notice.objects.get().url).status_code == 200


def test_care_is_done_by_a_word(ward: wards.WardOfTests, patient: UUID, sign_in: SignIn, now: datetime) -> None:
    nurse = sign_in(Role.NURSE, unit_id=ward.unit_id)
    order = orders.one(patient, "fluid_balance", by=acting(nurse, now), at=now)
    page = f"/staff/patients/{patient}/orders/{order.pk}/"
    assert "Done" in body(nurse.client.get(page))
    nurse.client.post(page + "move/", {"version": "1", "to": "completed"})
    order.refresh_from_db()
    assert order.status == "completed"
