"""Made-up treatment plans, made through the same actions as everybody else's."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from ehospital.clinical import actions, models
from ehospital.clinical.details import Code, ProblemDetails
from ehospital.clinical.plan_details import Aim, Doer, PlanDetails, Task
from ehospital.clinical.plan_templates import proposal, templates
from ehospital.kernel.codes import ICD10
from ehospital.kernel.timing import DAY, Timing
from ehospital.people import access
from tests.factories.people import NOON

TODAY = date(2026, 3, 2)
PRESSURE = Aim(
    "Upper pressure below 140", measure="8480-6", measure_words="Systolic blood pressure", high=Decimal(139),
    unit="mm[Hg]", counts_for_days=30,
)  # fmt: skip
WALK = Task("Walk", instructions="Half an hour.", doer=Doer("patient"), timing=Timing(1, 1, DAY), starts_on=TODAY)
TURN = Task("Turn", doer=Doer("role", "nurse"), timing=Timing(2, 1, DAY), starts_on=TODAY)


def hypertension(patient_id: UUID, *, by: access.Actor, at: datetime = NOON) -> UUID:
    """High blood pressure on the patient's list."""
    details = ProblemDetails(code=Code(ICD10, "I10", "Essential hypertension"))
    return actions.record_problem(patient_id, details, by=by, at=at)


def proposed(problem_id: UUID | None = None, key: str = "hypertension", *, today: date = TODAY) -> PlanDetails:
    """What a template proposes."""
    return proposal(templates()[key], problem_ids=(problem_id,) if problem_id else (), today=today)


def small(**more: object) -> PlanDetails:
    """A plan of one goal and two activities, from no template."""
    return replace(PlanDetails(title="A small plan", aims=(PRESSURE,), tasks=(WALK, TURN)), **more)  # type: ignore[arg-type]


def running(
    patient_id: UUID, *, by: access.Actor, at: datetime = NOON, details: PlanDetails | None = None
) -> models.CarePlan:
    """An active plan."""
    key = actions.make_plan(patient_id, details or small(), by=by, at=at)
    version = models.CarePlan.objects.get(pk=key).version
    actions.move_plan(key, "active", seen_version=version, by=by, at=at)
    return models.CarePlan.objects.get(pk=key)


def activity(plan: models.CarePlan, words: str = "Walk") -> UUID:
    """The id of one activity."""
    return plan.activities.get(display=words).pk
