"""CarePlan and Goal."""

from typing import Any

from ehospital.clinical.models import CareActivity, CarePlan, Goal
from ehospital.fhir.mapping.activities import ROLES
from ehospital.fhir.mapping.care_plans import REASON
from ehospital.fhir.mapping.targets import COUNTS
from ehospital.fhir.serving import pieces
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import kept
from ehospital.kernel.codes import UCUM

_USUAL_DAYS = 90


def plan(row: CarePlan) -> Json:
    """Return a plan with its activities; its title is what people call it. Goals and problems must be loaded."""
    return kept(
        extension=[{"url": REASON, "valueString": row.status_reason}] if row.status_reason else [],
        status=row.status,
        intent=row.intent or "plan",
        category=[pieces.concept(row.code_system, row.code, row.display, row.other_codes)],
        title=row.display,
        description=row.description,
        subject=pieces.to("Patient", row.patient_id),
        encounter=pieces.to("Encounter", row.encounter_id),
        period=kept(start=pieces.moment(row.started_at), end=pieces.moment(row.ended_at)),
        created=pieces.moment(row.recorded_at),
        author=pieces.person(row.recorded_by, row.recorded_by_text),
        addresses=_for(row),
        goal=[pieces.to("Goal", one.pk) for one in row.goals.all()],
        activity=[{"detail": _activity(one)} for one in row.activities.all()],
    )


def _for(row: CarePlan) -> list[Json]:
    """Return the problems, and the words that say more than what these are called."""
    ties = list(row.for_problems.all())
    told = row.reason if row.reason != ", ".join(one.problem.display for one in ties) else ""
    return [*(pieces.to("Condition", one.problem_id) for one in ties), *([{"display": told}] if told else [])]


def _activity(row: CareActivity) -> Json:
    doer = _doer(row)
    return kept(
        code=pieces.concept(row.code_system, row.code, row.display, row.other_codes),
        status=row.status,
        description=row.description,
        location=kept(display=row.place),
        performer=[doer] if doer else [],
        **_when(row),
    )


def _doer(row: CareActivity) -> Json:
    """Return who does it: the patient, a relative, staff of a role, a unit in words, a member of staff."""
    label = str(row.get_who_display())
    told: dict[str, Json] = {
        CareActivity.Doer.PATIENT: {**pieces.to("Patient", row.patient_id), "type": "Patient"},
        CareActivity.Doer.CARER: {"type": "RelatedPerson", "display": label},
        CareActivity.Doer.ROLE: {
            "type": "PractitionerRole",
            "identifier": {"system": ROLES, "value": row.role},
            "display": str(row.get_role_display()),
        },
        CareActivity.Doer.UNIT: {"type": "Organization", "display": row.unit.name if row.unit else label},
        CareActivity.Doer.STAFF: pieces.person(row.staff),
    }
    return told.get(row.who, {})


def _when(row: CareActivity) -> dict[str, Any]:
    days = kept(start=pieces.day(row.starts_on), end=pieces.day(row.ends_on))
    if not row.timing:
        return {"scheduledPeriod": days}
    return {"scheduledTiming": {"repeat": {**kept(boundsPeriod=days), **row.timing}}}


def goal(row: Goal) -> Json:
    """Return a goal with its target."""
    days = row.counts_for_days
    return kept(
        extension=[{"url": COUNTS, "valueInteger": days}] if days != _USUAL_DAYS else [],
        lifecycleStatus=row.status,
        achievementStatus=pieces.said(row.achievement),
        description=pieces.concept(row.code_system, row.code, row.display, row.other_codes),
        subject=pieces.to("Patient", row.patient_id),
        startDate=pieces.day(row.started_on),
        target=[one] if (one := _target(row)) else [],
        statusDate=pieces.moment(row.recorded_at, "day"),
        expressedBy=pieces.person(row.recorded_by, row.recorded_by_text),
        note=pieces.notes(row.note),
    )


def _target(row: Goal) -> Json:
    measure = pieces.concept(row.measure_system, row.measure_code, row.measure_display) if row.measure_code else {}
    ends = {
        name: {"value": number, "unit": row.target_unit, "system": UCUM, "code": row.target_unit}
        for name, number in (("low", row.target_low), ("high", row.target_high))
        if number is not None
    }
    return kept(measure=measure, detailRange=ends, dueDate=pieces.day(row.due_on))
