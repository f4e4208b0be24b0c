"""A few treatment plans that live: one of the patient with the portal's sign-in, two of patients on the wards."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from ehospital.algorithms.plan_cautions import best
from ehospital.clinical import actions
from ehospital.clinical.details import ProblemDetails
from ehospital.clinical.models import CareActivity, CarePlan
from ehospital.clinical.plan_details import Because, Doer, PlanDetails, Task
from ehospital.clinical.plan_templates import proposal, templates
from ehospital.foundation.days import hospital_day
from ehospital.kernel.timing import DAY, Timing
from ehospital.people import access
from ehospital.simulation.arriving import Arrived

BEGAN: Final = timedelta(days=9)
ON_WARDS: Final = 2
_DAY: Final = timedelta(days=1)
_SAID: Final = ("done", "done", "missed", "done", "done", "done", "", "done")


def plan_care(arrived: Sequence[Arrived], mine: Arrived, *, at: datetime) -> None:
    """Make the plans: the portal patient's with a week of ticks behind it, and those of two patients who lie here."""
    _make(mine, _planned(mine, at - BEGAN), at=at, ticked=True)
    waiting = [one for one in arrived if one.bed is not None and _template(one)]
    for one in waiting[:ON_WARDS]:
        _make(one, _planned(one, at - 2 * _DAY), at=at, ticked=False)


def _planned(one: Arrived, begun: datetime) -> PlanDetails:
    found = _template(one)
    today = hospital_day(begun)
    if found is None:
        walk = Task("Walk for half an hour", doer=Doer("patient"), timing=Timing(1, 1, DAY), starts_on=today)
        return PlanDetails(
            title="Moving more", description="A little every day does more than much on one.", tasks=(walk,)
        )
    key, problem = found
    details = proposal(templates()[key], problem_ids=(problem.id,), today=today)
    if one.bed is None:
        return details
    ward = Task(
        "Go through the plan with the patient", doer=Doer("role", "nurse"), timing=Timing(1, 1, DAY), starts_on=today
    )
    return replace(details, tasks=(*details.tasks, ward))


def _template(one: Arrived) -> tuple[str, ProblemDetails] | None:
    """Return the template that answers to a problem of the patient most closely, and the problem."""
    answered = {key: template.codes for key, template in templates().items()}
    for problem in one.history.record.problems:
        codes = [code.code for code in (problem.code, *problem.other_codes) if code.code]
        if problem.status == "active" and (keys := best(codes, answered)):
            return keys[0], problem
    return None


def _make(one: Arrived, details: PlanDetails, *, at: datetime, ticked: bool) -> None:
    begun = at - (BEGAN if ticked else 2 * _DAY)
    doctor = one.history.doctor
    by = (
        access.of_staff(doctor.id, name=doctor.name, at=at)
        if doctor.id and access.of_staff(doctor.id, name=doctor.name, at=at).roles
        else access.system("simulation", at=at)
    )
    key = actions.make_plan(one.id, details, because=Because("Agreed together."), by=by, at=begun)
    version = CarePlan.objects.get(pk=key).version
    actions.move_plan(key, "active", seen_version=version, by=by, at=begun)
    if ticked:
        _tick(one.id, one.history.person.details.names[0].given, CareActivity.objects.filter(care_plan=key), at=at)
        said = access.of_patient(one.id, name=one.history.person.details.names[0].given, at=at)
        actions.write_to_team(key, "It goes well. On Sundays I forget.", by=said, at=at - _DAY)


def _tick(patient_id: UUID, name: str, activities: Iterable[CareActivity], *, at: datetime) -> None:
    """Say, day by day until yesterday, what the patient did of what is due every day."""
    said = access.of_patient(patient_id, name=name, at=at)
    daily = [one for one in activities if one.who == "patient" and (one.timing or {}).get("periodUnit") == "d"]
    for activity in daily:
        for place, outcome in enumerate(_SAID):
            then = at - (len(_SAID) - place) * _DAY
            words = "Visitors all day." if outcome == "missed" else ""
            if outcome:
                actions.tick(activity.pk, outcome, on=hospital_day(then), words=words, by=said, at=then)
