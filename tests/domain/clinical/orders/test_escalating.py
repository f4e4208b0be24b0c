"""Critical results are told until they are acknowledged; whoever waits for one keeps the chart until then."""

from datetime import timedelta
from uuid import UUID

import pytest

from ehospital.clinical import actions, queries
from ehospital.clinical.models import DiagnosticReport
from ehospital.clinical.order_details import Measured, ResultDetails
from ehospital.messaging.details import from_json
from ehospital.messaging.models import Notice
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.models import CareRelationship
from tests.factories import clinical, orders, people
from tests.factories import monitoring as make
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(patient: UUID) -> access.Actor:
    return clinical.carer(patient).actor


def open_notices() -> list[str]:
    return list(Notice.objects.filter(settled_at=None).values_list("subject", flat=True))


def test_told_at_once_and_settled_by_acknowledging(patient: UUID, doctor: access.Actor) -> None:
    order = orders.one(patient, by=doctor)
    key = orders.answered(order.pk, potassium="6.9")
    notice = Notice.objects.get()
    assert (notice.kind, notice.subject, notice.patient_id) == ("critical_result", f"result:{key}", patient)
    assert notice.url == f"/staff/patients/{patient}/orders/{order.pk}/"
    assert [one.staff_id for one in notice.people.all()] == [doctor.staff_id]
    actions.acknowledge_result(key, by=doctor, at=NOON + MINUTE)
    notice.refresh_from_db()
    assert (notice.settled_at, notice.settled_by, notice.next_at) == (NOON + MINUTE, doctor.name, None)


def test_what_is_not_critical_is_told_nobody(patient: UUID, doctor: access.Actor) -> None:
    orders.answered(orders.one(patient, by=doctor).pk, potassium="6.1")
    assert Notice.objects.count() == 0


def test_the_ladder_names_orderer_unit_ward_both_and_at_last_every_doctor() -> None:
    ward = make.ward(NOON, patients=1)
    lying = CareRelationship.objects.get(unit_id=ward.unit_id).patient_id
    clinic = people_actions.add_unit(name="Clinic", by=people.machinery(), at=NOON)
    kind = CareRelationship.Kind.CLINIC
    people_actions.begin_care(patient_id=lying, unit_id=clinic, kind=kind, source="t", by=people.machinery(), at=NOON)
    doctor = people.staff("doctor", unit_id=clinic, account=True).actor
    orders.answered(orders.one(lying, by=doctor).pk, potassium="6.9")
    steps = from_json(Notice.objects.get().ladder)
    assert [(one.after // MINUTE, one.staff_ids, one.unit_ids, one.roles) for one in steps] == [
        (0, (doctor.staff_id,), (), ()),
        (5, (), (clinic,), ("doctor",)),
        (10, (), (ward.unit_id,), ("doctor",)),
        (15, (), (clinic, ward.unit_id), ("doctor", "nurse")),
        (30, (), (), ("doctor",)),
    ]


def test_an_amended_result_is_told_anew_and_the_old_one_no_more(patient: UUID, doctor: access.Actor) -> None:
    order = orders.one(patient, by=doctor)
    first = orders.answered(order.pk, potassium="6.9")

    def amend(value: str, seen: UUID) -> UUID:
        details = ResultDetails(measured=(Measured("potassium", orders.Decimal(value)),), amend_reason="Wrong tube")
        return actions.enter_result(order.pk, details, seen=seen, by=orders.technician(), at=NOON)

    second = amend("7.1", first)
    assert open_notices() == [f"result:{second}"]
    third = amend("4.1", second)
    assert open_notices() == []
    amend("6.8", third)
    assert len(open_notices()) == 1


def test_a_mistake_is_told_no_more_and_undone_it_is_again(patient: UUID, doctor: access.Actor) -> None:
    key = orders.answered(orders.one(patient, by=doctor).pk, potassium="6.9")
    mark = actions.enter_in_error("reports", key, reason="Other patient", by=doctor, at=NOON)
    assert open_notices() == []
    actions.undo_error(mark, by=doctor, at=NOON)
    assert open_notices() == [f"result:{key}"]
    assert DiagnosticReport.objects.get().weight == "critical"


def test_it_stands_on_the_chart_until_somebody_has_read_it(patient: UUID, doctor: access.Actor) -> None:
    key = orders.answered(orders.one(patient, by=doctor).pk, potassium="6.9")
    orders.answered(orders.one(patient, by=doctor).pk, potassium="4.1")
    (line,) = queries.open_criticals(patient, viewer=doctor, at=NOON)
    assert line.result is not None
    assert line.result.report.pk == key
    actions.acknowledge_result(key, by=doctor, at=NOON)
    assert queries.open_criticals(patient, viewer=doctor, at=NOON) == ()


def test_who_waits_for_a_result_keeps_the_chart_until_it_was_read() -> None:
    patient, by = people.patient(), people.machinery()
    unit = people_actions.add_unit(name="Ward", by=by, at=NOON)
    kind = CareRelationship.Kind.WARD
    people_actions.begin_care(patient_id=patient, unit_id=unit, kind=kind, source="bed", by=by, at=NOON)
    doctor = people.staff("doctor", unit_id=unit).actor
    order, other = orders.one(patient, by=doctor), orders.one(patient, "head_ct", by=doctor)
    care = orders.one(patient, "daily_weight", by=doctor)
    people_actions.end_care(source="bed", by=by, at=NOON + MINUTE)

    def may(minutes: int) -> bool:
        actor = access.later(doctor, NOON + minutes * MINUTE)
        return access.may(actor, access.Permission.CHART_READ, patient_id=patient)

    assert may(2)
    key = orders.answered(order.pk, potassium="4.0", at=NOON + 2 * MINUTE)
    then = access.later(doctor, NOON + 3 * MINUTE)
    assert [one.line.order.pk for one in queries.results_to_see(viewer=then, at=then.at)] == [order.pk]
    actions.cancel_order(other.pk, reason="x", seen_version=1, by=then, at=then.at)
    assert may(4)
    actions.acknowledge_result(key, by=then, at=NOON + 5 * MINUTE)
    assert not may(6)
    assert care.status == "active"


def test_who_gets_a_result_handed_over_keeps_the_chart_although_the_giver_had_it_for_the_same_order() -> None:
    patient, by = people.patient(), people.machinery()
    unit = people_actions.add_unit(name="Ward", by=by, at=NOON)
    kind = CareRelationship.Kind.WARD
    people_actions.begin_care(patient_id=patient, unit_id=unit, kind=kind, source="bed", by=by, at=NOON)
    giver, taker = (people.staff("doctor", unit_id=unit).actor for _ in range(2))
    orders.answered(orders.one(patient, by=giver).pk, potassium="4.0")
    actions.hand_over_results(taker.staff_id, by=giver, at=NOON + MINUTE)
    people_actions.end_care(source="bed", by=by, at=NOON + 2 * MINUTE)
    opens = [
        access.may(access.later(one, NOON + 3 * MINUTE), access.Permission.CHART_READ, patient_id=patient)
        for one in (giver, taker)
    ]
    assert opens == [False, True]


def test_broken_glass_is_not_prolonged_by_an_order() -> None:
    patient, stranger = people.patient(), people.staff("doctor")
    people_actions.break_glass(patient, kind="emergency", reason="Found unconscious.", by=stranger.actor, at=NOON)
    then = access.later(stranger.actor, NOON + MINUTE)
    orders.one(patient, by=then, at=NOON + MINUTE)
    assert CareRelationship.objects.filter(patient_id=patient).count() == 0
