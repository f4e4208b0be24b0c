"""Which lines of a record leave as which resources: all that is true, nothing that was entered in error."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.db.models.functions import Coalesce

from ehospital.clinical import models
from ehospital.clinical.models.corrections import standing
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.fhir.exporting import care_plans, documents, forms, histories, lines, medicines, orders, wishes
from ehospital.fhir.serving.allergies import ALLERGY
from ehospital.fhir.serving.conditions import CONDITION
from ehospital.fhir.serving.encounters import ENCOUNTER
from ehospital.fhir.serving.kinds import Kind as Served
from ehospital.fhir.serving.observations import OBSERVATION
from ehospital.fhir.serving.outcomes import Json
from ehospital.people.models import Consent, Proxy

Rows = Callable[[Sequence[UUID]], "QuerySet[Any]"]


@dataclass(frozen=True)
class Kind:
    """One kind of line: the rows of some patients, with what `write` needs loaded, and how one is written."""

    name: Callable[[Any], str]
    rows: Rows
    write: Callable[[Any], Json]

    def resources(self, patient_ids: Sequence[UUID]) -> Iterator[Json]:
        """Yield the resources of some patients, patient by patient, in the order of their keys."""
        found = self.rows(patient_ids).order_by("patient_id", "pk")
        for row in found.iterator(chunk_size=500):
            yield {"resourceType": self.name(row), "id": str(row.pk), **self.write(row)}


def _served(served: Served) -> list[Kind]:
    """Return what the door serves, as it serves it, without mistakes."""

    def of(source: Any) -> Rows:
        return lambda patients: source.whole().filter(patient_id__in=patients).exclude(source.in_error)

    return [Kind(lambda _row: served.name, of(source), source.write) for source in served.sources]


def _true(model: Any, *related: str, field: str = "status", wrong: object = ENTERED_IN_ERROR) -> Rows:
    def rows(patients: Sequence[UUID]) -> "QuerySet[Any]":
        found = model.objects.filter(patient_id__in=patients).exclude(**{field: wrong})
        return found.select_related("recorded_by", *related)

    return rows


def _documents(patients: Sequence[UUID]) -> "QuerySet[Any]":
    """The printed form of a report comes along inside the report."""
    printed = models.DiagnosticReport.objects.filter(patient_id__in=patients).exclude(document=None)
    return _true(models.Document)(patients).exclude(pk__in=printed.values("document_id"))


def _plans(patients: Sequence[UUID]) -> "QuerySet[Any]":
    activities = models.CareActivity.objects.exclude(status=ENTERED_IN_ERROR).order_by("position")
    activities = activities.select_related("staff", "unit")
    problems = models.PlanProblem.objects.exclude(problem__verification=ENTERED_IN_ERROR).order_by("id")
    problems = problems.select_related("problem")
    goals = models.Goal.objects.exclude(status=ENTERED_IN_ERROR).order_by("recorded_at", "id")
    return _true(models.CarePlan)(patients).prefetch_related(
        Prefetch("activities", activities), Prefetch("goals", goals), Prefetch("for_problems", problems)
    )


def _reports(patients: Sequence[UUID]) -> "QuerySet[Any]":
    """A report that a newer version replaced stays behind, as its results do."""
    return _true(models.DiagnosticReport, "document")(patients).exclude(
        status=models.DiagnosticReport.Status.SUPERSEDED
    )


def _forms(patients: Sequence[UUID]) -> "QuerySet[Any]":
    """Of each form the edition that stands, unless the form was entered in error."""
    wrong = standing().filter(patient_id__in=patients, kind="forms").values("entry_id")
    found = models.FilledForm.objects.filter(patient_id__in=patients).select_related("author", "definition")
    found = found.exclude(pk__in=wrong).exclude(amends_id__in=wrong)
    root = Coalesce(OuterRef("amends_id"), OuterRef("pk"))
    later = models.FilledForm.objects.filter(amends_id=root, edition__gt=OuterRef("edition"))
    return found.filter(~Exists(later))


def _orders(patients: Sequence[UUID]) -> "QuerySet[Any]":
    """A draft is no part of the record yet."""
    return _true(models.Order, "performer")(patients).exclude(status=models.Order.Status.DRAFT)


def _of_people(model: Any, *related: str) -> Rows:
    return lambda patients: model.objects.filter(patient_id__in=patients).select_related(*related)


def _notes(patients: Sequence[UUID]) -> "QuerySet[Any]":
    wrong = standing().filter(patient_id__in=patients, kind="notes").values("entry_id")
    found = models.Note.objects.filter(patient_id__in=patients).select_related("author")
    return found.exclude(pk__in=wrong).exclude(amends_id__in=wrong)


def _is(name: str) -> Callable[[Any], str]:
    return lambda _row: name


def _false(model: Any) -> Rows:
    return _true(model, field="entered_in_error", wrong=True)


KINDS: Final[tuple[Kind, ...]] = (
    *_served(ENCOUNTER),
    *_served(CONDITION),
    *_served(ALLERGY),
    Kind(_is("CarePlan"), _plans, care_plans.plan),
    Kind(_is("Goal"), _true(models.Goal), care_plans.goal),
    *_served(OBSERVATION),
    Kind(_is("Observation"), _false(models.Pregnancy), histories.pregnancy),
    Kind(_is("DocumentReference"), _documents, documents.document),
    Kind(_is("DocumentReference"), _notes, documents.note),
    Kind(_is("ServiceRequest"), _orders, orders.order),
    Kind(_is("DiagnosticReport"), _reports, documents.report),
    Kind(_is("Procedure"), _true(models.Procedure), lines.procedure),
    Kind(_is("Immunization"), _true(models.Immunisation), lines.immunisation),
    Kind(medicines.name, _true(models.MedicineTaken, "prescription__replaces"), medicines.prescribed),
    Kind(_is("Flag"), _false(models.SafetyFlag), lines.flag),
    Kind(_is("FamilyMemberHistory"), _false(models.FamilyHistory), histories.family),
    Kind(_is("QuestionnaireResponse"), _forms, forms.response),
    Kind(_is("Consent"), _of_people(Consent, "staff", "unit", "client"), wishes.consent),
    Kind(_is("RelatedPerson"), _of_people(Proxy, "holder__patient"), wishes.proxy),
)
"""In the order in which an import reads them: what is referred to comes before what refers."""
