"""Two ways to follow what belongs to a hidden line agree: by ids in one chart, and as a condition on all charts."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from ehospital.clinical import actions
from ehospital.clinical.details import DocumentDetails, Moment, Record, ReportDetails
from ehospital.clinical.models import CarePlan, Document, FilledForm, Goal, Note, Observation, Order
from ehospital.clinical.policies.belonging import _OWNERS
from ehospital.clinical.policies.confidential import KINDS
from ehospital.clinical.queries.confidential import hidden_from
from ehospital.fhir.serving import confiding
from ehospital.people import access
from tests.factories import clinical as charts
from tests.factories import forms, orders, people, plans
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def outside() -> access.Actor:
    return access.of_client(uuid4(), name="Laboratory", at=NOON)


@pytest.fixture
def patient() -> UUID:
    """A chart in which everything that may hang together does."""
    key = people.patient()
    doctor = charts.carer(key).actor
    panel, loose = charts.pressure(120, 80, NOON), charts.potassium("4.1", NOON)
    words = charts.details.Code("", "", "Panel")
    paper = DocumentDetails(code=words, written_at=NOON)
    report = ReportDetails(code=words, effective=Moment(NOON), result_ids=(panel.id, loose.id), document_id=paper.id)
    record = Record(observations=(panel, loose), documents=(paper,), reports=(report,))
    actions.import_record(key, record, by=people.machinery(), at=NOON)
    order = orders.one(key, by=doctor)
    first = orders.answered(order.pk, potassium="4.4")
    actions.enter_result(
        order.pk, replace(orders.numbers(potassium="4.5"), amend_reason="Typing."), seen=first,
        by=orders.technician(), at=NOON,
    )  # fmt: skip
    form = forms.filled(key, forms.social(), by=doctor, url=forms.SOCIAL)
    forms.amended(form, forms.social(pack_years="20"), by=doctor)
    charts.note(key, "And more.", by=doctor, amends=charts.note(key, "Told in confidence.", by=doctor))
    problem = plans.hypertension(key, by=doctor)
    plans.running(key, by=doctor, details=plans.small(problem_ids=(problem,)))
    return key


def lines(patient: UUID) -> list[tuple[str, UUID]]:
    return [(name, row.pk) for name, model in KINDS.items() for row in model.objects.filter(patient_id=patient)]


def by_condition(patient: UUID, reader: access.Actor) -> set[UUID]:
    models = {*KINDS.values(), *_OWNERS}
    found = (one.objects.filter(confiding.hidden(one, reader), patient_id=patient) for one in models)
    return {row.pk for rows in found for row in rows}


def test_whatever_is_marked_hides_the_same_lines_both_ways(patient, outside) -> None:
    carer = charts.carer(patient).actor
    seen = set()
    for name, key in lines(patient):
        actions.confide(name, key, category="violence", by=carer, at=NOON)
        fresh = replace(outside)
        found = by_condition(patient, outside)
        assert found == hidden_from(fresh, patient), name
        assert key in found
        seen |= {name} if len(found) > 1 else set()
        actions.confide(name, key, category="violence", open=True, by=carer, at=NOON)
        assert by_condition(patient, outside) == set(), name
    assert seen == {"observations", "reports", "orders", "forms", "notes", "care_plans", "problems"}


def test_an_order_takes_its_reports_and_their_results_along(patient, outside) -> None:
    order = Order.objects.get()
    actions.confide("orders", order.pk, category="violence", by=charts.carer(patient).actor, at=NOON)
    found = by_condition(patient, outside)
    results = set(Observation.objects.filter(report__order=order).values_list("pk", flat=True))
    assert len(results) == 2
    assert results | set(order.reports.values_list("pk", flat=True)) | {order.pk} == found


def test_a_report_of_elsewhere_takes_its_results_their_parts_and_its_paper_along(patient, outside) -> None:
    report = KINDS["reports"].objects.get(order=None)
    actions.confide("reports", report.pk, category="violence", by=charts.carer(patient).actor, at=NOON)
    found = by_condition(patient, outside)
    assert {report.pk, *report.result_ids, Document.objects.get().pk} <= found
    assert found == {report.pk, report.document_id, *report.result_ids} | set(
        Observation.objects.filter(panel_id__in=report.result_ids).values_list("pk", flat=True)
    )


def test_forms_notes_and_plans_take_along_what_is_theirs(patient, outside) -> None:
    carer = charts.carer(patient).actor
    form, note = FilledForm.objects.get(amends=None), Note.objects.get(amends=None)
    problem = KINDS["problems"].objects.get()
    for name, key in (("forms", form.pk), ("notes", note.pk), ("problems", problem.pk)):
        actions.confide(name, key, category="violence", by=carer, at=NOON)
    plan = CarePlan.objects.get()
    expected = {form.pk, note.pk, problem.pk, plan.pk}
    expected |= set(FilledForm.objects.values_list("pk", flat=True)) | set(Note.objects.values_list("pk", flat=True))
    expected |= {key for one in FilledForm.objects.all() for key in one.observation_ids}
    expected |= set(Goal.objects.values_list("pk", flat=True)) | set(plan.activities.values_list("pk", flat=True))
    assert by_condition(patient, outside) == expected == hidden_from(replace(outside), patient)
