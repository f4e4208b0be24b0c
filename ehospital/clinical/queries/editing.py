"""A line as whoever changes it needs it: what stands, and the version that they then say they saw."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from ehospital.clinical import models
from ehospital.clinical.details import AllergyDetails, Moment, ProblemDetails, ReactionDetails
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.clinical.queries.confidential import shown
from ehospital.clinical.queries.opening import look
from ehospital.kernel.codes import Code
from ehospital.people import access

R = TypeVar("R", models.Problem, models.Allergy)


def problem(patient_id: UUID, problem_id: UUID, *, viewer: access.Actor, at: datetime) -> models.Problem:
    """Return one problem that was not entered in error.

    Raises:
        NotPermitted: `viewer` may not open this chart, or it has no such problem.
    """
    return _line(models.Problem, patient_id, problem_id, viewer=viewer, at=at, part="problems")


def allergy(patient_id: UUID, allergy_id: UUID, *, viewer: access.Actor, at: datetime) -> models.Allergy:
    """Return one allergy that was not entered in error.

    Raises:
        NotPermitted: `viewer` may not open this chart, or it has no such allergy.
    """
    return _line(models.Allergy, patient_id, allergy_id, viewer=viewer, at=at, part="allergies")


def problem_details(one: models.Problem) -> ProblemDetails:
    """Return a problem as the details that would write it."""
    return ProblemDetails(
        **_entry(one),
        status=one.status,
        verification=one.verification,
        category=one.category,
        severity=one.severity,
        body_site=one.body_site,
        onset=_moment(one.onset_at, one.onset_precision),
        onset_text=one.onset_text,
        abated=_moment(one.abated_at, one.abated_precision),
        note=one.note,
    )


def allergy_details(one: models.Allergy) -> AllergyDetails:
    """Return an allergy with its reactions as the details that would write it."""
    return AllergyDetails(
        **_entry(one),
        status=one.status,
        verification=one.verification,
        kind=one.kind,
        categories=tuple(one.categories),
        criticality=one.criticality,
        onset=_moment(one.onset_at, one.onset_precision),
        last_reaction=_moment(one.last_reaction_at, one.last_reaction_precision),
        note=one.note,
        reactions=tuple(
            ReactionDetails(
                manifestations=tuple(was.manifestations),
                severity=was.severity,
                substance=was.substance,
                description=was.description,
                route=was.route,
                onset=_moment(was.onset_at, was.onset_precision),
            )
            for was in one.reactions.order_by("position")
        ),
    )


def _entry(one: models.Problem | models.Allergy) -> dict[str, Any]:
    return {
        "id": one.pk,
        "encounter_id": one.encounter_id,
        "recorded_at": one.recorded_at,
        "recorded_by_id": one.recorded_by_id,
        "recorded_by_text": one.recorded_by_text,
        "code": Code(one.code_system, one.code, one.display),
        "other_codes": tuple(Code(*other) for other in one.other_codes),
    }


def _moment(at: datetime | None, precision: str) -> Moment | None:
    return Moment(at, precision) if at else None


def _line(model: type[R], patient_id: UUID, key: UUID, *, viewer: access.Actor, at: datetime, part: str) -> R:
    look(patient_id, viewer=viewer, at=at, part=part)
    rows = model._default_manager.filter(pk=key, patient_id=patient_id).exclude(verification=ENTERED_IN_ERROR)
    found = shown(rows, viewer=viewer, patient_id=patient_id).first()
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.CHART_READ.value}")
    return found
