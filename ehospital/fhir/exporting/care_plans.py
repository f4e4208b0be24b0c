"""CarePlan and Goal."""

from ehospital.clinical.models import CareActivity, CarePlan, Goal
from ehospital.fhir.serving import pieces
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import kept


def plan(row: CarePlan) -> Json:
    """Return a plan with its activities; its title is what people call it. Goals must be loaded."""
    return kept(
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
        addresses=[{"display": row.reason}] if row.reason else [],
        goal=[pieces.to("Goal", one.pk) for one in row.goals.all()],
        activity=[{"detail": _activity(one)} for one in row.activities.all()],
    )


def _activity(row: CareActivity) -> Json:
    return kept(
        code=pieces.concept(row.code_system, row.code, row.display, row.other_codes),
        status=row.status,
        description=row.description,
        location=kept(display=row.place),
    )


def goal(row: Goal) -> Json:
    """Return a goal."""
    return kept(
        lifecycleStatus=row.status,
        achievementStatus=pieces.said(row.achievement),
        description=pieces.concept(row.code_system, row.code, row.display, row.other_codes),
        subject=pieces.to("Patient", row.patient_id),
        startDate=pieces.day(row.started_on),
        target=[{"dueDate": pieces.day(row.due_on)}] if row.due_on else [],
        statusDate=pieces.moment(row.recorded_at, "day"),
        expressedBy=pieces.person(row.recorded_by, row.recorded_by_text),
        note=pieces.notes(row.note),
    )
