"""What waits for whom, and what was asked lately."""

from datetime import timedelta
from uuid import UUID

import pytest

from ehospital.clinical import actions, queries
from ehospital.clinical.order_details import Measured, ResultDetails
from ehospital.clinical.queries import worklists
from ehospital.foundation.models import AuditEvent
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.models import CareRelationship, StaffMember
from tests.factories import clinical, orders, people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(patient: UUID) -> access.Actor:
    return clinical.carer(patient).actor


def waiting(actor: access.Actor) -> list[UUID]:
    found = [one.line.order.pk for one in queries.results_to_see(viewer=actor, at=actor.at)]
    assert queries.results_waiting(viewer=actor) == len(found)
    return found


def items(actor: access.Actor) -> list[str]:
    return [one.item for one in queries.orders_to_perform(viewer=actor, at=actor.at)]


def test_each_role_has_the_orders_that_it_performs_the_most_urgent_first(patient: UUID, doctor: access.Actor) -> None:
    orders.placed(patient, "potassium", "chest_xray", "ecg", by=doctor)
    orders.placed(patient, "glucose", by=doctor, priority="stat", at=NOON + HOUR)
    cancelled = orders.one(patient, "crp", by=doctor)
    actions.cancel_order(cancelled.pk, reason="x", seen_version=1, by=doctor, at=NOON)
    assert items(orders.technician()) == ["glucose", "potassium"]
    assert items(people.staff("radiographer").actor) == ["chest_xray"]
    assert items(clinical.carer(patient, "nurse").actor) == ["glucose", "ecg"]
    assert items(people.staff("nurse").actor) == []
    assert items(people.staff("receptionist").actor) == []


def test_the_smallest_view_is_on_record_and_for_whoever_performs(patient: UUID, doctor: access.Actor) -> None:
    for words in ("Iodinated contrast media", "Penicillin"):
        actions.record_allergy(patient, clinical.allergy(words), by=doctor, at=NOON)
    order = orders.one(patient, "abdomen_ct", by=doctor)
    radiographer = people.staff("radiographer").actor
    seen = queries.order_to_perform(order.pk, viewer=radiographer, at=NOON)
    assert (seen.patient.pk, seen.contrast, seen.versions) == (patient, ("Iodinated contrast media",), ())
    assert AuditEvent.objects.filter(action="order.read", patient_id=patient).count() == 1
    for other in (orders.technician(), people.staff("nurse").actor, people.staff("pharmacist").actor):
        with pytest.raises(access.NotPermitted):
            queries.order_to_perform(order.pk, viewer=other, at=NOON)


def test_results_to_see_the_critical_first(patient: UUID, doctor: access.Actor) -> None:
    keys = [orders.one(patient, by=doctor) for _ in range(3)]
    for order, value in zip(keys, ("4.0", "6.9", "5.5"), strict=True):
        orders.answered(order.pk, potassium=value)
    normal, critical, high = (one.pk for one in keys)
    assert waiting(doctor) == [critical, high, normal]
    assert waiting(clinical.carer(patient).actor) == []
    assert waiting(people.staff("doctor").actor) == []


def test_of_more_than_are_shown_the_critical_and_the_oldest_are_never_cut_off(
    patient: UUID, doctor: access.Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = ("4.0", "5.6", "4.1", "5.5", "4.2", "6.9", "5.7", "6.8")
    keys = [orders.one(patient, by=doctor).pk for _ in values]
    for hour, (key, value) in enumerate(zip(keys, values, strict=True)):
        orders.answered(key, potassium=value, at=NOON + hour * HOUR)
    viewer = access.later(doctor, NOON + 9 * HOUR)
    for most, shown in ((1, [5]), (2, [5, 7]), (4, [5, 7, 1, 3]), (6, [5, 7, 1, 3, 6, 0])):
        monkeypatch.setattr(worklists, "MOST", most)
        found = queries.results_to_see(viewer=viewer, at=viewer.at)
        assert [keys.index(one.line.order.pk) for one in found] == shown


def test_those_of_a_colleague_who_left_come_to_the_unit() -> None:
    patient, by = people.patient(), people.machinery()
    unit = people_actions.add_unit(name="Ward", by=by, at=NOON)
    kind = CareRelationship.Kind.WARD
    people_actions.begin_care(patient_id=patient, unit_id=unit, kind=kind, source="bed", by=by, at=NOON)
    doctor, colleague = (people.staff("doctor", unit_id=unit, account=True).actor for _ in range(2))
    nurse = people.staff("nurse", unit_id=unit).actor
    order = orders.one(patient, by=doctor)
    orders.answered(order.pk, potassium="4.0")
    assert (waiting(doctor), waiting(colleague)) == ([order.pk], [])
    StaffMember.objects.filter(pk=doctor.staff_id).update(active=False)
    assert (waiting(colleague), waiting(nurse)) == ([order.pk], [])


def test_an_amended_one_comes_back_to_whoever_read_the_old_one(patient: UUID, doctor: access.Actor) -> None:
    order, colleague = orders.one(patient, by=doctor), clinical.carer(patient).actor
    first = orders.answered(order.pk, potassium="4.0")
    actions.acknowledge_result(first, by=colleague, at=NOON)
    assert (waiting(doctor), waiting(colleague)) == ([], [])
    details = ResultDetails(measured=(Measured("potassium", orders.Decimal("5.6")),), amend_reason="Wrong tube")
    second = actions.enter_result(order.pk, details, seen=first, by=orders.technician(), at=NOON)
    assert (waiting(doctor), waiting(colleague)) == ([order.pk], [order.pk])
    actions.acknowledge_result(second, by=doctor, at=NOON)
    assert (waiting(doctor), waiting(colleague)) == ([], [order.pk])
    actions.acknowledge_result(second, by=colleague, at=NOON)
    assert waiting(colleague) == []


def test_what_was_asked_or_answered_lately(patient: UUID, doctor: access.Actor) -> None:
    def lately(hours: float, *wanted: str) -> dict[str, str]:
        at = NOON + hours * HOUR
        found = queries.lately(patient, wanted, viewer=access.later(doctor, at), at=at)
        return {key: one.seen for key, one in found.items()}

    every = ("potassium", "electrolytes", "crp", "nonsense")
    assert lately(0, *every) == {}
    order = orders.one(patient, by=doctor)
    assert lately(1, *every) == {"potassium": "asked"}
    orders.answered(order.pk, potassium="4.0", at=NOON)
    assert lately(11.9, *every) == {"potassium": "answered"}
    assert lately(12.1, *every) == {}


def test_a_patient_is_shown_a_result_once_it_is_final(patient: UUID, doctor: access.Actor) -> None:
    order = orders.one(patient, by=doctor)
    details = ResultDetails(measured=(Measured("potassium", orders.Decimal("5.6")),), preliminary=True)
    first = actions.enter_result(order.pk, details, seen=None, by=orders.technician(), at=NOON)
    myself = access.of_patient(patient, name="Amina", at=NOON)
    concept = "http://loinc.org|2823-3"

    def shown() -> tuple[bool, int, int]:
        (line,) = queries.orders(patient, viewer=myself, at=NOON)
        own = queries.series(patient, concept, viewer=myself, at=NOON)
        return line.result is not None, len(queries.results(patient, viewer=myself, at=NOON)), len(own)

    assert shown() == (False, 0, 0)
    assert len(queries.results(patient, viewer=doctor, at=NOON)) == 1
    orders.answered(order.pk, seen=first, potassium="5.6")
    assert shown() == (True, 1, 1)


def test_referrals_to_my_units_alone(patient: UUID, doctor: access.Actor) -> None:
    by = people.machinery()
    asked = people_actions.add_unit(name="Cardiology", by=by, at=NOON)
    order = orders.one(patient, "referral", by=doctor, performer_id=asked)
    mine, other = people.staff("doctor", unit_id=asked).actor, people.staff("doctor").actor
    assert [one.pk for one in queries.referrals(viewer=mine, at=NOON)] == [order.pk]
    assert queries.referrals(viewer=other, at=NOON) == []
    assert queries.referrals(viewer=orders.technician(), at=NOON) == []


def test_mistakes_wait_for_nobody(patient: UUID, doctor: access.Actor) -> None:
    by = people.machinery()
    unit = people_actions.add_unit(name="Cardiology", by=by, at=NOON)
    cardiologist = people.staff("doctor", unit_id=unit).actor
    answered, open_one = orders.one(patient, by=doctor), orders.one(patient, "crp", by=doctor)
    referral = orders.one(patient, "referral", by=doctor, performer_id=unit)
    report = orders.answered(answered.pk, potassium="6.9")
    for kind, key in (("reports", report), ("orders", answered.pk), ("orders", open_one.pk), ("orders", referral.pk)):
        actions.enter_in_error(kind, key, reason="Other patient", by=doctor, at=NOON)
    assert (items(orders.technician()), waiting(doctor)) == ([], [])
    assert queries.open_criticals(patient, viewer=doctor, at=NOON) == ()
    assert queries.referrals(viewer=cardiologist, at=NOON) == []
    assert queries.lately(patient, ["potassium", "crp"], viewer=doctor, at=NOON) == {}
    for key in (answered.pk, open_one.pk):
        with pytest.raises(access.NotPermitted):
            queries.order(patient, key, viewer=doctor, at=NOON)
        with pytest.raises(access.NotPermitted):
            queries.order_to_perform(key, viewer=orders.technician(), at=NOON)
