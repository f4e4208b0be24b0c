"""Orders: signed at once, held, taken back, done; by whom, and what is refused."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from ehospital.clinical import actions, orderables
from ehospital.clinical.models import Order
from ehospital.clinical.order_details import OrderDetails
from ehospital.foundation.models import AuditEvent
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.models import CareRelationship
from tests.factories import clinical, orders, people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def unit(name: str = "Cardiology") -> object:
    return people_actions.add_unit(name=name, by=people.machinery(), at=NOON)


def test_several_are_signed_at_once() -> None:
    patient = people.patient()
    doctor = clinical.carer(patient)
    keys = orders.placed(patient, "potassium", "chest_xray", by=doctor.actor, priority="stat", reason="Palpitations")
    found = [Order.objects.get(pk=key) for key in keys]
    assert [(one.kind, one.code, one.status, one.priority) for one in found] == [
        ("laboratory", "2823-3", "active", "stat"),
        ("imaging", "36643-5", "active", "stat"),
    ]
    assert {one.recipient_id for one in found} == {one.recorded_by_id for one in found} == {doctor.id}
    assert AuditEvent.objects.filter(action="order.placed", patient_id=patient).count() == 2


def test_a_form_that_is_sent_twice_orders_once() -> None:
    patient = people.patient()
    doctor = clinical.carer(patient).actor
    wanted = [OrderDetails(item="potassium")]
    assert actions.place_orders(patient, wanted, by=doctor, at=NOON) == [wanted[0].id]
    assert actions.place_orders(patient, wanted, by=doctor, at=NOON) == [wanted[0].id]
    assert Order.objects.count() == 1
    assert AuditEvent.objects.filter(action="order.placed").count() == 1


def test_the_asking_unit_is_the_one_that_cares_for_the_patient() -> None:
    patient, by = people.patient(), people.machinery()
    ward, other = unit("Ward 1"), unit("Ward 2")
    doctor = people.staff("doctor", unit_id=other)
    people_actions.join_unit(staff_id=doctor.id, unit_id=ward, by=by, at=NOON)
    kind = CareRelationship.Kind.WARD
    people_actions.begin_care(patient_id=patient, unit_id=ward, kind=kind, source="t", by=by, at=NOON)
    assert orders.one(patient, by=doctor.actor).unit_id == ward


@pytest.mark.parametrize(
    ("role", "item", "allowed"),
    [
        ("doctor", "potassium", True),
        ("doctor", "ecg", True),
        ("nurse", "ecg", True),
        ("nurse", "potassium", False),
        ("nurse", "chest_xray", False),
    ],
)
def test_who_orders_what(role: str, item: str, allowed: bool) -> None:
    patient = people.patient()
    by = clinical.carer(patient, role).actor
    if allowed:
        assert orders.one(patient, item, by=by).item == item
        return
    with pytest.raises(actions.NotYoursToOrder):
        orders.placed(patient, "daily_weight", item, by=by)
    assert Order.objects.count() == 0


@pytest.mark.parametrize("role", ["pharmacist", "receptionist", "lab_technician", "radiographer", "privacy_officer"])
def test_nobody_else_orders(role: str) -> None:
    patient = people.patient()
    with pytest.raises(access.NotPermitted):
        orders.placed(patient, "ecg", by=clinical.carer(patient, role).actor)
    assert Order.objects.count() == 0


def test_a_doctor_who_does_not_care_for_the_patient_orders_nothing() -> None:
    patient = people.patient()
    with pytest.raises(access.NotPermitted):
        orders.placed(patient, "ecg", by=people.staff("doctor").actor)
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("details", "error"),
    [
        ({"item": "magic"}, orderables.UnknownOrderable),
        ({"item": "potassium", "occurs_at": NOON - timedelta(hours=1)}, actions.InThePast),
        ({"item": "referral"}, actions.NobodyAsked),
        ({"item": "referral", "performer_id": uuid4()}, actions.NobodyAsked),
        ({"item": "potassium", "encounter_id": uuid4()}, actions.ForeignEncounter),
    ],
)
def test_one_that_is_wrong_stops_all(details: dict, error: type[Exception]) -> None:
    patient = people.patient()
    doctor = clinical.carer(patient).actor
    with pytest.raises(error):
        actions.place_orders(patient, [OrderDetails(item="ecg"), OrderDetails(**details)], by=doctor, at=NOON)
    assert Order.objects.count() == 0


def test_nothing_is_no_order() -> None:
    patient = people.patient()
    with pytest.raises(actions.NothingOrdered):
        actions.place_orders(patient, [], by=clinical.carer(patient).actor, at=NOON)


def test_cancelled_with_a_reason_and_only_as_it_was_seen() -> None:
    patient = people.patient()
    doctor = clinical.carer(patient).actor
    order = orders.one(patient, by=doctor)
    cancel = lambda **more: actions.cancel_order(order.pk, by=doctor, at=NOON + MINUTE, **more)  # noqa: E731
    with pytest.raises(actions.ReasonMissing):
        cancel(reason=" ", seen_version=1)
    with pytest.raises(actions.EntryChanged):
        cancel(reason="No need", seen_version=7)
    order.refresh_from_db()
    assert (order.status, order.version) == ("active", 1)
    cancel(reason="No need", seen_version=1)
    order.refresh_from_db()
    assert (order.status, order.end_reason, order.ended_at) == ("revoked", "No need", NOON + MINUTE)
    with pytest.raises(actions.NoSuchOrderStep):
        cancel(reason="Again", seen_version=2)
    with pytest.raises(actions.NoSuchOrderStep):
        actions.move_order(order.pk, "active", seen_version=2, by=doctor, at=NOON)


def test_held_and_gone_on_with() -> None:
    patient = people.patient()
    doctor = clinical.carer(patient).actor
    order = orders.one(patient, by=doctor)
    actions.move_order(order.pk, "on-hold", seen_version=1, by=doctor, at=NOON)
    with pytest.raises(actions.OrderNotOpen):
        orders.answered(order.pk, potassium="4.1")
    actions.move_order(order.pk, "active", seen_version=2, by=doctor, at=NOON)
    order.refresh_from_db()
    assert (order.status, order.version) == ("active", 3)


def test_care_is_done_by_a_word_and_a_test_only_by_its_result() -> None:
    patient = people.patient()
    nurse, doctor = clinical.carer(patient, "nurse").actor, clinical.carer(patient).actor
    care, test = orders.one(patient, "fluid_balance", by=doctor), orders.one(patient, by=doctor)
    actions.move_order(care.pk, "completed", seen_version=1, by=nurse, at=NOON)
    care.refresh_from_db()
    assert (care.status, care.ended_by) == ("completed", nurse.name)
    actions.move_order(care.pk, "active", seen_version=2, by=nurse, at=NOON)
    care.refresh_from_db()
    assert (care.status, care.ended_at) == ("active", None)
    with pytest.raises(actions.NoSuchOrderStep):
        actions.move_order(test.pk, "completed", seen_version=1, by=doctor, at=NOON)


def test_a_referral_lets_the_unit_in_from_taking_on_to_the_answer() -> None:
    patient, asked = people.patient(), unit()
    doctor = clinical.carer(patient).actor
    cardiologist = people.staff("doctor", unit_id=asked).actor
    stranger = people.staff("doctor", unit_id=unit("Elsewhere")).actor
    order = orders.one(patient, "referral", by=doctor, performer_id=asked, reason="Murmur")

    def may() -> bool:
        return access.may(access.later(cardiologist, NOON + MINUTE), access.Permission.CHART_READ, patient_id=patient)

    assert not may()
    for by in (stranger, doctor):
        with pytest.raises(actions.UnknownEntry):
            actions.take_on_referral(order.pk, by=by, at=NOON)
    actions.take_on_referral(order.pk, by=cardiologist, at=NOON)
    with pytest.raises(actions.TakenOn):
        actions.take_on_referral(order.pk, by=cardiologist, at=NOON)
    care = CareRelationship.objects.get(source=f"order:{order.pk}")
    assert (care.kind, care.unit_id, care.during.upper) == ("referral", asked, None)
    cardiologist = access.later(cardiologist, NOON + MINUTE)
    assert may()
    reply = orders.ResultDetails(conclusion="An innocent murmur.", weight="normal")
    actions.enter_result(order.pk, reply, seen=None, by=cardiologist, at=NOON + 2 * MINUTE)
    care.refresh_from_db()
    assert care.during.upper == NOON + 2 * MINUTE
    assert not access.may(
        access.later(cardiologist, NOON + 3 * MINUTE), access.Permission.CHART_READ, patient_id=patient
    )


def test_a_referral_that_is_cancelled_lets_nobody_in_any_more() -> None:
    patient, asked = people.patient(), unit()
    doctor = clinical.carer(patient).actor
    order = orders.one(patient, "referral", by=doctor, performer_id=asked)
    actions.take_on_referral(order.pk, by=people.staff("doctor", unit_id=asked).actor, at=NOON)
    actions.cancel_order(order.pk, reason="Seen elsewhere", seen_version=2, by=doctor, at=NOON + MINUTE)
    assert CareRelationship.objects.get(source=f"order:{order.pk}").during.upper == NOON + MINUTE


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "revoked"}, {"status": "done"}, {"priority": "soon"}, {"kind": "magic"}, {"display": ""},
        {"ended_at": NOON}, {"accepted_at": NOON}, {"status": "revoked", "ended_at": NOON, "end_reason": " "},
    ],
)  # fmt: skip
def test_the_database_refuses_what_makes_no_sense(wrong: dict) -> None:
    patient = people.patient()
    order = orders.one(patient, by=clinical.carer(patient).actor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**wrong)
    order.refresh_from_db()
    assert (order.status, order.version) == ("active", 1)
