"""Treatment plans as they stand in the chart: what is planned, what was said of it, and what was measured."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet

from ehospital.algorithms.goal_progress import Measured
from ehospital.algorithms.plan_cautions import Facts
from ehospital.clinical import models
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.clinical.policies.plan_measures import MEASURES
from ehospital.clinical.policies.planned import GONE_ACTIVITIES, GONE_GOALS
from ehospital.clinical.queries import allergy_states, lists
from ehospital.clinical.queries.confidential import shown
from ehospital.clinical.queries.opening import look, permission_of
from ehospital.people import access
from ehospital.people.models import CareRelationship, Patient, Unit

MOST_VALUES = 2000
UNTOLD_STATES = (ENTERED_IN_ERROR, "draft")
"""Of which a patient is told nothing: what nobody has agreed on yet, and mistakes."""
_TRUE = ("registered", "cancelled", ENTERED_IN_ERROR)


@dataclass(frozen=True)
class PlanRows:
    """One plan with its rows: the goals and activities that stand, problems, changes, and what stands of what was said.

    Events and changes are oldest first.
    """

    plan: models.CarePlan
    problems: tuple[models.Problem, ...]
    goals: tuple[models.Goal, ...]
    activities: tuple[models.CareActivity, ...]
    events: tuple[models.CareActivityEvent, ...]
    changes: tuple[models.PlanChange, ...]


def plan_rows(patient_id: UUID, *, viewer: access.Actor, at: datetime, plan_id: UUID | None = None) -> list[PlanRows]:
    """Return the plans of a chart, running ones first, or one of them; seven questions whatever they hold.

    A patient is shown no drafts.

    Raises:
        NotPermitted: `viewer` may not open this chart, or it has no such plan.
    """
    look(patient_id, viewer=viewer, at=at, part="care plans")
    hidden = UNTOLD_STATES if viewer.kind == "patient" else (ENTERED_IN_ERROR,)
    found = models.CarePlan.objects.filter(patient_id=patient_id).exclude(status__in=hidden)
    found = shown(found, viewer=viewer, patient_id=patient_id)
    if plan_id is not None:
        found = found.filter(pk=plan_id)
    rows = [_rows(one) for one in _with_parts(found)]
    if plan_id is not None and not rows:
        raise access.NotPermitted(f"{viewer.name} may not {permission_of(viewer).value}")
    order = {"active": 0, "on-hold": 1, "draft": 2}
    return sorted(rows, key=lambda one: order.get(one.plan.status, 3))


def _with_parts(plans: "QuerySet[models.CarePlan]") -> "QuerySet[models.CarePlan]":
    goals = models.Goal.objects.exclude(status__in=GONE_GOALS).order_by("recorded_at", "id")
    activities = models.CareActivity.objects.exclude(status__in=GONE_ACTIVITIES).select_related("unit", "staff")
    links = models.PlanProblem.objects.select_related("problem").order_by("id")
    said = models.CareActivityEvent.objects.filter(undoes=None, undone_by=None).order_by("at", "id")
    return plans.prefetch_related(
        Prefetch("goals", goals),
        Prefetch("activities", activities.order_by("position")),
        Prefetch("for_problems", links),
        Prefetch("events", said),
        Prefetch("changes", models.PlanChange.objects.order_by("at", "id")),
    ).order_by(F("started_at").desc(nulls_last=True), "-id")


def _rows(plan: models.CarePlan) -> PlanRows:
    true = (link.problem for link in plan.for_problems.all() if link.problem.verification != ENTERED_IN_ERROR)
    return PlanRows(
        plan,
        tuple(true),
        tuple(plan.goals.all()),
        tuple(plan.activities.all()),
        tuple(plan.events.all()),
        tuple(plan.changes.all()),
    )


def measured(patient_id: UUID, codes: Collection[str], *, since: datetime) -> dict[str, list[Measured]]:
    """Return the exact and limiting numbers of some quantities of a chart that is open already, oldest first.

    Args:
        codes: LOINC codes as goals name them; what carries the same quantity comes with them.
        since: of what was before, the newest value of each quantity is returned too: where the way began.
    """
    wanted: dict[str, str] = {}
    for code in codes:
        concepts = MEASURES[code].concepts if code in MEASURES else (f"http://loinc.org|{code}",)
        wanted |= dict.fromkeys(concepts, code)
    found: dict[str, list[Measured]] = {code: [] for code in codes}
    if not wanted:
        return found
    rows = models.Observation.objects.filter(patient_id=patient_id, concept__in=wanted, value__isnull=False)
    rows = rows.exclude(status__in=_TRUE)
    newest = rows.filter(effective_at__gte=since).order_by("-effective_at", "-id")[:MOST_VALUES]
    before = rows.filter(effective_at__lt=since).order_by("concept", "-effective_at", "-id").distinct("concept")
    for one in sorted([*before, *newest], key=lambda row: (row.effective_at, row.pk)):
        assert one.value is not None
        value = Measured(one.effective_at, one.value, one.ucum or one.unit, one.comparator)
        found[wanted[one.concept]].append(value)
    return found


def facts_for_plans(patient: Patient, *, pregnant: bool | None, viewer: access.Actor, at: datetime) -> Facts:
    """Return what a plan's cautions ask about a patient.

    Args:
        pregnant: as the wards know it; None when nobody said.
    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    look(patient.id, viewer=viewer, at=at, part="plan cautions")
    known = allergy_states.read(patient.id)
    asked = known.state is not allergy_states.AllergyState.NOT_RECORDED
    problems = lists.active_problems_of(patient.id)
    return Facts(
        age_years=patient.age_at(at),
        pregnant=pregnant,
        female={"female": True, "male": False}.get(patient.sex),
        allergies=tuple(one.display for one in known.active) if asked else None,
        problem_codes=tuple(code for one in problems for code in codes_of(one)),
        flags=tuple(one.kind for one in lists.raised_flags_of(patient.id, at=at)),
    )


def codes_of(problem: models.Problem) -> list[str]:
    """Return every code of a problem."""
    return [code for code in (problem.code, *(other[1] for other in problem.other_codes)) if code]


def active_problems(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> Sequence[models.Problem]:
    """Return what the patient has now, to choose from when a plan is made.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    look(patient_id, viewer=viewer, at=at, part="problems")
    return list(shown(lists.active_problems_of(patient_id), viewer=viewer, patient_id=patient_id))


def running_for(
    *, viewer: access.Actor, roles: Iterable[str], units: Iterable[UUID]
) -> "QuerySet[models.CareActivity]":
    """Return the activities of running plans that are the viewer's, by name, by role or through a unit.

    Only of patients whose chart the viewer may open; the page that shows them records the look.
    """
    mine = Q(who="role", role__in=list(roles)) | Q(who="unit", unit_id__in=list(units))
    if viewer.staff_id is not None:
        mine |= Q(who="staff", staff_id=viewer.staff_id)
    visible = access.visible_patients(viewer, access.Permission.CHART_READ)
    said = models.CareActivityEvent.objects.filter(undoes=None, undone_by=None).order_by("at", "id")
    found = models.CareActivity.objects.filter(
        mine, care_plan__status="active", status__in=("in-progress", "scheduled"), patient__in=visible.values("pk")
    )
    found = found.select_related("care_plan", "patient", "unit", "staff").prefetch_related(Prefetch("events", said))
    return found.order_by("patient_id", "care_plan_id", "position", "id")


def units_around(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> list[Unit]:
    """Return the units that care for a patient of an open chart, and those of the viewer: who may be asked to do it."""
    caring = CareRelationship.objects.filter(patient_id=patient_id, during__contains=at, unit__isnull=False)
    mine = access.unit_ids(viewer)
    return list(Unit.objects.filter(Q(pk__in=caring.values("unit_id")) | Q(pk__in=mine)).order_by("name", "id"))
