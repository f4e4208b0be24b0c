"""Results: entered by who performs, flagged, plausible, never changed in place; wrong ones open the order again."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from ehospital.clinical import actions, queries
from ehospital.clinical.models import CriticalCall, DiagnosticReport, Observation, Order
from ehospital.clinical.order_details import Measured, ResultDetails
from ehospital.people import access
from tests.factories import clinical, orders, people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def patient() -> object:
    return people.patient(born=date(1957, 3, 14))


@pytest.fixture
def doctor(patient: object) -> access.Actor:
    return clinical.carer(patient).actor


def state(order: Order) -> str:
    order.refresh_from_db()
    return order.status


def test_a_result_is_flagged_and_closes_the_order(patient: object, doctor: access.Actor) -> None:
    order = orders.one(patient, "electrolytes", by=doctor)
    key = orders.answered(order.pk, sodium="140", potassium="6.9", creatinine="200", bicarbonate="24")
    report = DiagnosticReport.objects.get(pk=key)
    found = {one.display: one for one in report.results.order_by("position")}
    assert {name: one.interpretation for name, one in found.items()} == {
        "Sodium": "N", "Potassium": "HH", "Bicarbonate": "N", "Creatinine": "H",
    }  # fmt: skip
    assert (found["Potassium"].reference_low, found["Potassium"].reference_high) == (Decimal("3.5"), Decimal("5.3"))
    assert (report.weight, report.status, state(order)) == ("critical", "final", "completed")
    assert report.result_ids == [one.pk for one in found.values()]
    trends = {one.latest.display for one in queries.results(patient, viewer=doctor, at=NOON)}
    assert trends == set(found)


@pytest.mark.parametrize(
    ("item", "values", "weight"),
    [
        ("potassium", {"potassium": "4.1"}, "normal"),
        ("potassium", {"potassium": "5.4"}, "abnormal"),
        ("potassium", {"potassium": "6.2"}, "critical"),
        ("glucose", {"glucose": "5.5"}, "unjudged"),
        ("glucose", {"glucose": "26.9"}, "critical"),
        ("electrolytes", {"potassium": "4.1", "sodium": "140"}, "normal"),
        ("liver", {"alp": "100", "alt": "20"}, "unjudged"),
    ],
)
def test_how_much_it_weighs(patient: object, doctor: access.Actor, item: str, values: dict, weight: str) -> None:
    key = orders.answered(orders.one(patient, item, by=doctor).pk, **values)
    assert DiagnosticReport.objects.get(pk=key).weight == weight


@pytest.mark.parametrize("born", [None, date(2026, 2, 20)])
def test_who_is_newborn_or_of_unknown_age_has_the_range_of_their_own(born: date | None) -> None:
    patient = people.patient("Baby", born=born)
    doctor = clinical.carer(patient).actor
    key = orders.answered(orders.one(patient, by=doctor).pk, potassium="5.8")
    result = DiagnosticReport.objects.get(pk=key).results.get()
    expected = (Decimal("3.4"), Decimal("6.0"), "N") if born else (None, None, "")
    assert (result.reference_low, result.reference_high, result.interpretation) == expected


@pytest.mark.parametrize(
    ("role", "item", "allowed"),
    [
        ("lab_technician", "potassium", True),
        ("lab_technician", "chest_xray", False),
        ("radiographer", "chest_xray", True),
        ("radiographer", "potassium", False),
        ("nurse", "potassium", False),
        ("nurse", "glucose", True),
        ("doctor", "glucose", True),
        ("doctor", "potassium", False),
    ],
)
def test_who_enters_what(patient: object, doctor: access.Actor, role: str, item: str, allowed: bool) -> None:
    order = orders.one(patient, item, by=doctor)
    bedside = role in ("nurse", "doctor")
    by = clinical.carer(patient, role).actor if bedside else people.staff(role).actor
    words = ResultDetails(conclusion="Seen.", weight="normal")
    if allowed:
        actions.enter_result(order.pk, words, seen=None, by=by, at=NOON)
        return
    with pytest.raises(actions.UnknownEntry):
        actions.enter_result(order.pk, words, seen=None, by=by, at=NOON)
    assert (DiagnosticReport.objects.count(), state(order)) == (0, "active")


def test_who_does_not_care_for_the_patient_enters_nothing(patient: object, doctor: access.Actor) -> None:
    order = orders.one(patient, "glucose", by=doctor)
    with pytest.raises(actions.UnknownEntry):
        orders.answered(order.pk, by=people.staff("nurse").actor, glucose="5")


def test_impossible_is_refused_and_improbable_asked_again(patient: object, doctor: access.Actor) -> None:
    order, by = orders.one(patient, "electrolytes", by=doctor), orders.technician()
    with pytest.raises(actions.Implausible) as refused:
        orders.answered(order.pk, by=by, potassium="690", sodium="171", urea="5")
    assert (refused.value.impossible, refused.value.improbable) == (("potassium",), ("sodium",))
    measured = (Measured("sodium", Decimal(171)),)
    with pytest.raises(actions.Implausible):
        actions.enter_result(order.pk, ResultDetails(measured=measured), seen=None, by=by, at=NOON)
    assert (Observation.objects.count(), state(order)) == (0, "active")
    sure = ResultDetails(measured=measured, confirmed=frozenset({"sodium"}))
    actions.enter_result(order.pk, sure, seen=None, by=by, at=NOON)
    assert state(order) == "completed"


@pytest.mark.parametrize(
    ("details", "error"),
    [
        (ResultDetails(), actions.NothingEntered),
        (orders.numbers(sodium="140"), actions.NothingEntered),
        (ResultDetails(conclusion="x", taken=clinical.Moment(NOON + timedelta(hours=1))), actions.InTheFuture),
    ],
)
def test_what_is_no_answer(patient: object, doctor: access.Actor, details: ResultDetails, error: type) -> None:
    order = orders.one(patient, by=doctor)
    with pytest.raises(error):
        actions.enter_result(order.pk, details, seen=None, by=orders.technician(), at=NOON)
    assert (DiagnosticReport.objects.count(), state(order)) == (0, "active")


def test_preliminary_final_amended_each_a_row_that_points_back(patient: object, doctor: access.Actor) -> None:
    order, by = orders.one(patient, by=doctor), orders.technician()

    def enter(value: str, seen: object, **more: object) -> object:
        details = ResultDetails(measured=(Measured("potassium", Decimal(value)),), **more)
        return actions.enter_result(order.pk, details, seen=seen, by=by, at=NOON)

    first = enter("4.0", None, preliminary=True)
    assert state(order) == "active"
    with pytest.raises(actions.ResultChanged):
        enter("4.1", None)
    second = enter("4.1", first)
    assert state(order) == "completed"
    with pytest.raises(actions.ReasonMissing):
        enter("4.2", second)
    with pytest.raises(actions.NotPreliminary):
        enter("4.2", second, preliminary=True, amend_reason="Wrong tube")
    third = enter("4.2", second, amend_reason="Wrong tube")
    chain = DiagnosticReport.objects.order_by("id").values_list("pk", "status", "amends_id", "amend_reason")
    assert list(chain) == [
        (first, "superseded", None, ""), (second, "superseded", first, ""), (third, "amended", second, "Wrong tube"),
    ]  # fmt: skip
    assert list(Observation.objects.order_by("id").values_list("value", "status")) == [
        (Decimal("4.0"), "superseded"), (Decimal("4.1"), "superseded"), (Decimal("4.2"), "amended"),
    ]  # fmt: skip
    (trend,) = queries.results(patient, viewer=doctor, at=NOON)
    assert (trend.latest.value, trend.previous) == (Decimal("4.2"), None)
    assert [one.pk for one in queries.reports(patient, viewer=doctor, at=NOON)] == [third]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clinical_diagnosticreport SET conclusion = 'other'",
        "UPDATE clinical_diagnosticreport SET weight = 'normal'",
        "UPDATE clinical_observation SET value = 4",
        "UPDATE clinical_observation SET interpretation = 'N'",
        "UPDATE clinical_observation SET report_id = NULL",
    ],
)
def test_the_database_lets_nobody_change_a_result(patient: object, doctor: access.Actor, statement: str) -> None:
    orders.answered(orders.one(patient, by=doctor).pk, potassium="6.9")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Observation.objects.get().value == Decimal("6.9")


def test_a_mistake_opens_the_order_again_and_undoing_closes_it(patient: object, doctor: access.Actor) -> None:
    order = orders.one(patient, by=doctor)
    key = orders.answered(order.pk, potassium="4.1")
    with pytest.raises(actions.OrderAnswered):
        actions.enter_in_error("orders", order.pk, reason="x", by=doctor, at=NOON)
    result = Observation.objects.get()
    mark = actions.enter_in_error("observations", result.pk, reason="Other patient", by=doctor, at=NOON)
    assert DiagnosticReport.objects.get(pk=key).status == Observation.objects.get().status == "entered-in-error"
    assert state(order) == "active"
    assert queries.results(patient, viewer=doctor, at=NOON) == []
    actions.undo_error(mark, by=doctor, at=NOON)
    assert DiagnosticReport.objects.get(pk=key).status == Observation.objects.get().status == "final"
    assert state(order) == "completed"


def test_a_mistake_is_not_taken_back_once_another_result_stands(patient: object, doctor: access.Actor) -> None:
    order = orders.one(patient, by=doctor)
    key = orders.answered(order.pk, potassium="4.1")
    mark = actions.enter_in_error("reports", key, reason="Other patient", by=doctor, at=NOON)
    orders.answered(order.pk, potassium="4.4")
    with pytest.raises(actions.OrderAnswered):
        actions.undo_error(mark, by=doctor, at=NOON)
    assert list(DiagnosticReport.objects.order_by("id").values_list("status", flat=True)) == [
        "entered-in-error", "final",
    ]  # fmt: skip


def test_an_order_that_was_a_mistake_is_gone_until_that_is_undone(patient: object, doctor: access.Actor) -> None:
    order = orders.one(patient, by=doctor)
    mark = actions.enter_in_error("orders", order.pk, reason="Other patient", by=doctor, at=NOON)
    with pytest.raises(actions.UnknownEntry):
        orders.answered(order.pk, potassium="4.1")
    actions.undo_error(mark, by=doctor, at=NOON)
    assert state(order) == "active"


def test_a_call_about_a_critical_result_is_noted(patient: object, doctor: access.Actor) -> None:
    by = orders.technician()
    key = orders.answered(orders.one(patient, by=doctor).pk, by=by, potassium="6.9")
    actions.note_call(key, called="Ward 4, Sister Rao", read_back=True, by=by, at=NOON)
    made = CriticalCall.objects.get()
    assert (made.called, made.read_back, made.caller_name) == ("Ward 4, Sister Rao", True, by.name)
    normal = orders.answered(orders.one(patient, by=doctor).pk, by=by, potassium="4.1")
    refused = (
        (normal, "x", actions.NotCritical),
        (key, " ", actions.NotCritical),
        (uuid4(), "x", actions.UnknownEntry),
    )
    for report, called, error in refused:
        with pytest.raises(error):
            actions.note_call(report, called=called, read_back=True, by=by, at=NOON)
    assert CriticalCall.objects.count() == 1
