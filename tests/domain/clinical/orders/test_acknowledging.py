"""Acknowledging: the version that was read, abnormal ones one by one; amended ones again; handed over."""

from datetime import timedelta
from uuid import uuid4

import pytest

from ehospital.clinical import actions
from ehospital.clinical.models import Acknowledgement, Order
from ehospital.clinical.order_details import Measured, ResultDetails
from ehospital.people import access
from ehospital.people import actions as people_actions
from tests.factories import clinical, orders, people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> object:
    return people.patient()


@pytest.fixture
def doctor(patient: object) -> access.Actor:
    return clinical.carer(patient).actor


def amended(order_id: object, seen: object, value: str) -> object:
    details = ResultDetails(measured=(Measured("potassium", orders.Decimal(value)),), amend_reason="Wrong tube")
    return actions.enter_result(order_id, details, seen=seen, by=orders.technician(), at=NOON)


def test_with_a_comment_and_what_follows(patient: object, doctor: access.Actor) -> None:
    key = orders.answered(orders.one(patient, by=doctor).pk, potassium="5.6")
    actions.acknowledge_result(key, comment="Haemolysed?", follow_up="Repeat at 18:00", by=doctor, at=NOON)
    made = Acknowledgement.objects.get()
    assert (made.staff_id, made.comment, made.follow_up) == (doctor.staff_id, "Haemolysed?", "Repeat at 18:00")


def test_once_whoever_does_it(patient: object, doctor: access.Actor) -> None:
    key = orders.answered(orders.one(patient, by=doctor).pk, potassium="5.6")
    actions.acknowledge_result(key, by=doctor, at=NOON)
    colleague = clinical.carer(patient).actor
    for by in (doctor, colleague):
        with pytest.raises(actions.AcknowledgedBefore) as told:
            actions.acknowledge_result(key, by=by, at=NOON + timedelta(minutes=1))
        assert (told.value.name, told.value.at) == (doctor.name, NOON)
    assert Acknowledgement.objects.count() == 1


def test_only_the_version_that_stands(patient: object, doctor: access.Actor) -> None:
    order = orders.one(patient, by=doctor)
    first = orders.answered(order.pk, potassium="5.6")
    second = amended(order.pk, first, "6.9")
    with pytest.raises(actions.ResultAmended) as told:
        actions.acknowledge_result(first, by=doctor, at=NOON)
    assert told.value.standing == second
    assert Acknowledgement.objects.count() == 0
    mark = actions.enter_in_error("reports", second, reason="x", by=doctor, at=NOON)
    with pytest.raises(actions.ResultAmended) as told:
        actions.acknowledge_result(second, by=doctor, at=NOON)
    assert (told.value.standing, mark is not None) == (None, True)


def test_everybody_who_read_the_old_version_reads_the_new_one(patient: object, doctor: access.Actor) -> None:
    order, colleague, third = orders.one(patient, by=doctor), *(clinical.carer(patient).actor for _ in range(2))
    first = orders.answered(order.pk, potassium="5.6")
    actions.acknowledge_result(first, by=colleague, at=NOON)
    second = amended(order.pk, first, "5.7")
    actions.acknowledge_result(second, by=doctor, at=NOON)
    actions.acknowledge_result(second, by=colleague, at=NOON)
    with pytest.raises(actions.AcknowledgedBefore):
        actions.acknowledge_result(second, by=third, at=NOON)


def test_normal_ones_in_one_step_and_nothing_else(patient: object, doctor: access.Actor) -> None:
    normal = [orders.answered(orders.one(patient, by=doctor).pk, potassium=value) for value in ("4.0", "4.1")]
    high = orders.answered(orders.one(patient, by=doctor).pk, potassium="5.6")
    unjudged = orders.answered(orders.one(patient, "troponin", by=doctor).pk, troponin="4")
    for other in (high, unjudged):
        with pytest.raises(actions.NotNormal):
            actions.acknowledge_normal([*normal, other], by=doctor, at=NOON)
    assert Acknowledgement.objects.count() == 0
    assert actions.acknowledge_normal(normal, by=doctor, at=NOON) == 2
    assert actions.acknowledge_normal(normal, by=doctor, at=NOON) == 0


def test_normal_ones_are_refused_when_one_was_amended(patient: object, doctor: access.Actor) -> None:
    order = orders.one(patient, by=doctor)
    first = orders.answered(order.pk, potassium="4.0")
    other = orders.answered(orders.one(patient, by=doctor).pk, potassium="4.1")
    amended(order.pk, first, "6.9")
    with pytest.raises(actions.ResultAmended):
        actions.acknowledge_normal([first, other], by=doctor, at=NOON)
    assert Acknowledgement.objects.count() == 0


def test_who_may_not(patient: object, doctor: access.Actor) -> None:
    key = orders.answered(orders.one(patient, by=doctor).pk, potassium="4.0")
    others = [clinical.carer(patient, role).actor for role in ("nurse", "pharmacist")]
    for by in (*others, people.staff("doctor").actor, orders.technician()):
        with pytest.raises(actions.UnknownEntry):
            actions.acknowledge_result(key, by=by, at=NOON)
    with pytest.raises(actions.UnknownEntry):
        actions.acknowledge_result(uuid4(), by=doctor, at=NOON)
    assert Acknowledgement.objects.count() == 0


def test_a_nurse_acknowledges_what_she_asked_for(patient: object) -> None:
    nurse = clinical.carer(patient, "nurse").actor
    key = orders.answered(orders.one(patient, "urine_dip", by=nurse).pk, by=nurse, urine_ph="6")
    actions.acknowledge_result(key, by=nurse, at=NOON)
    assert Acknowledgement.objects.count() == 1


def test_handed_over_as_far_as_the_colleague_may_see(patient: object, doctor: access.Actor) -> None:
    other = people.patient("Other")
    people_actions.begin_care(
        patient_id=other, staff_id=doctor.staff_id, kind="named", source="t", by=people.machinery(), at=NOON
    )
    colleague = clinical.carer(patient)
    unread, open_one, foreign = (
        orders.one(patient, by=doctor),
        orders.one(patient, by=doctor),
        orders.one(other, by=doctor),
    )
    read = orders.one(patient, by=doctor)
    orders.answered(unread.pk, potassium="4.0")
    actions.acknowledge_result(orders.answered(read.pk, potassium="4.0"), by=doctor, at=NOON)
    assert actions.hand_over_results(colleague.id, by=doctor, at=NOON) == (2, 1)
    recipients = dict(Order.objects.values_list("pk", "recipient_id"))
    assert recipients == {
        unread.pk: colleague.id, open_one.pk: colleague.id, foreign.pk: doctor.staff_id, read.pk: doctor.staff_id,
    }  # fmt: skip
    for nobody in (doctor.staff_id, uuid4()):
        with pytest.raises(actions.NobodyThere):
            actions.hand_over_results(nobody, by=doctor, at=NOON)
