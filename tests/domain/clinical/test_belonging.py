"""What belongs to a hidden line is hidden with it: on the pages of one chart, and at the door to many."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db.models import Q

from ehospital.clinical import actions
from ehospital.clinical.details import DocumentDetails, Moment, Record, ReportDetails
from ehospital.clinical.models import CarePlan, Document, FilledForm, Goal, Note, Observation, Order
from ehospital.clinical.policies.confidential import KINDS
from ehospital.clinical.queries.confidential import hidden_from
from ehospital.fhir.serving import types
from ehospital.people import access
from ehospital.people.models import Patient
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


def at_the_door(patient: UUID, reader: access.Actor) -> set[UUID]:
    """What the door shows of the chart, with the parts of panels."""
    rows = Patient.objects.all()
    found = [
        one for kind in types.KINDS.values() for source in kind.sources for one in kind.rows(source, rows, Q(), reader)
    ]
    return {row.pk for row in found} | {part.pk for row in found if hasattr(row, "parts") for part in row.parts.all()}


def test_whatever_is_marked_hides_the_same_lines_on_pages_and_at_the_door(patient, outside) -> None:
    carer = charts.carer(patient).actor
    everything = at_the_door(patient, outside)
    assert len(everything) == 10
    more = set()
    for name, key in lines(patient):
        actions.confide(name, key, category="violence", by=carer, at=NOON)
        hidden = hidden_from(replace(outside), patient)
        assert at_the_door(patient, outside) == everything - hidden, name
        assert key in hidden
        more |= {name} if len(hidden) > 1 else set()
        actions.confide(name, key, category="violence", open=True, by=carer, at=NOON)
        assert at_the_door(patient, outside) == everything, name
    assert more == {"observations", "reports", "orders", "forms", "notes", "care_plans", "problems"}


def test_an_order_takes_its_reports_and_their_results_along(patient, outside) -> None:
    order = Order.objects.get()
    actions.confide("orders", order.pk, category="violence", by=charts.carer(patient).actor, at=NOON)
    found = hidden_from(replace(outside), patient)
    results = set(Observation.objects.filter(report__order=order).values_list("pk", flat=True))
    assert len(results) == 2
    assert results | set(order.reports.values_list("pk", flat=True)) | {order.pk} == found


def test_a_report_of_elsewhere_takes_its_results_their_parts_and_its_paper_along(patient, outside) -> None:
    report = KINDS["reports"].objects.get(order=None)
    actions.confide("reports", report.pk, category="violence", by=charts.carer(patient).actor, at=NOON)
    found = hidden_from(replace(outside), patient)
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
    assert hidden_from(replace(outside), patient) == expected
