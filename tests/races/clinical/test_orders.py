"""The same moment twice at an order: answered once, acknowledged once, cancelled or answered, taken on once."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from ehospital.clinical import actions
from ehospital.clinical.models import Acknowledgement, DiagnosticReport, Order
from ehospital.clinical.order_details import OrderDetails
from ehospital.messaging.models import Notice
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.models import CareRelationship
from tests.domain.clinical.test_races import together
from tests.engines import Clone
from tests.factories import clinical, orders, people
from tests.factories.people import NOON

ROUNDS = 8


def chart(number: int) -> tuple[UUID, access.Actor]:
    patient = people.patient(f"Patient{number}")
    return patient, clinical.carer(patient).actor


def test_two_doctors_acknowledge_at_once_one_of_them_is_told(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient, doctor = chart(number)
        colleague = clinical.carer(patient).actor
        key = orders.answered(orders.one(patient, by=doctor).pk, potassium="6.9")
        acts = [partial(actions.acknowledge_result, key, by=by, at=NOON) for by in (doctor, colleague, doctor)]
        raised = together(*acts)
        assert [type(error) for error in raised] == [actions.AcknowledgedBefore] * 2, raised
        assert Acknowledgement.objects.filter(report_id=key).count() == 1
        assert not Notice.objects.filter(patient_id=patient, settled_at=None).exists()


def test_a_result_that_is_amended_while_it_is_acknowledged_is_one_or_the_other(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient, doctor = chart(number)
        technician = orders.technician()
        order = orders.one(patient, by=doctor)
        key = orders.answered(order.pk, by=technician, potassium="6.9")
        newer = orders.ResultDetails(measured=orders.numbers(potassium="7.1").measured, amend_reason="Wrong tube")
        raised = together(
            partial(actions.enter_result, order.pk, newer, seen=key, by=technician, at=NOON),
            partial(actions.acknowledge_result, key, by=doctor, at=NOON),
        )
        assert [type(error) for error in raised] in ([], [actions.ResultAmended]), raised
        (notice,) = Notice.objects.filter(patient_id=patient, settled_at=None)
        standing = DiagnosticReport.objects.get(order=order, status="amended")
        assert notice.subject == f"result:{standing.pk}"


def test_two_who_answer_an_order_at_once_one_of_them_is_told(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient, doctor = chart(number)
        order = orders.one(patient, by=doctor)
        team = [orders.technician(), orders.technician()]
        raised = together(*(partial(orders.answered, order.pk, by=by, potassium="4.1") for by in team))
        assert [type(error) for error in raised] == [actions.ResultChanged], raised
        assert DiagnosticReport.objects.filter(order=order).count() == 1


def test_cancelled_and_answered_at_once_is_one_of_both(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient, doctor = chart(number)
        order, technician = orders.one(patient, by=doctor), orders.technician()
        raised = together(
            partial(actions.cancel_order, order.pk, reason="x", seen_version=1, by=doctor, at=NOON),
            partial(orders.answered, order.pk, by=technician, potassium="4.1"),
        )
        assert len(raised) == 1
        assert isinstance(raised[0], actions.OrderNotOpen | actions.EntryChanged | actions.NoSuchOrderStep), raised
        order.refresh_from_db()
        answered = DiagnosticReport.objects.filter(order=order).exists()
        assert order.status == ("completed" if answered else "revoked")


def test_a_form_that_is_sent_twice_at_once_orders_once(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient, doctor = chart(number)
        wanted = [OrderDetails(item="potassium"), OrderDetails(item="crp")]

        act = partial(actions.place_orders, patient, wanted, by=doctor, at=NOON)
        assert together(act, act, act) == []
        assert Order.objects.filter(patient_id=patient).count() == 2
        assert CareRelationship.objects.filter(patient_id=patient, source__startswith="results:").count() == 1


def test_a_referral_is_taken_on_once(own_database: Clone) -> None:
    unit = people_actions.add_unit(name="Cardiology", by=people.machinery(), at=NOON)
    team = [people.staff("doctor", unit_id=unit).actor for _ in range(2)]
    for number in range(ROUNDS):
        patient, doctor = chart(number)
        order = orders.one(patient, "referral", by=doctor, performer_id=unit)

        raised = together(*(partial(actions.take_on_referral, order.pk, by=by, at=NOON) for by in team))
        assert [type(error) for error in raised] == [actions.TakenOn], raised
        assert CareRelationship.objects.filter(source=f"order:{order.pk}").count() == 1


def test_two_who_take_an_answer_over_at_once_one_of_them_has_it(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient, doctor = chart(number)
        order = orders.one(patient, by=doctor)
        orders.answered(order.pk, potassium="4.1")
        people_actions.end_employment(staff_id=doctor.staff_id, by=people.machinery(), at=NOON)
        then = NOON + timedelta(hours=1)
        team = [access.later(people.staff("doctor", account=True).actor, then) for _ in range(2)]
        raised = together(*(partial(actions.take_over_result, order.pk, by=by, at=then) for by in team))
        assert [type(error) for error in raised] == [actions.TakenBefore], raised
        order.refresh_from_db()
        assert order.recipient_id in {one.staff_id for one in team}
        mine = CareRelationship.objects.filter(patient_id=patient, source=f"results:{order.pk}", during__contains=then)
        assert [one.staff_id for one in mine] == [order.recipient_id]
