"""The problem list."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.clinical.actions import writing
from ehospital.clinical.details import ProblemDetails
from ehospital.clinical.models import Problem
from ehospital.people import access


class ProblemNotActive(RuntimeError):
    """The problem was resolved before, or is none."""


@transaction.atomic
def record_problem(patient_id: UUID, details: ProblemDetails, *, by: access.Actor, at: datetime) -> UUID:
    """Write a problem or a diagnosis and return its id.

    Raises:
        NotPermitted: `by` may not write into this chart.
        InTheFuture, ForeignEncounter: nothing is written.
    """
    writing.not_after(details.onset.at if details.onset else None, at, "the onset")
    return writing.write_line("problems", patient_id, details, what="problem.recorded", by=by, at=at)


@transaction.atomic
def resolve_problem(problem_id: UUID, *, abated_at: datetime | None = None, by: access.Actor, at: datetime) -> None:
    """State that a problem is over, now or since `abated_at`.

    Raises:
        UnknownEntry: no such problem that `by` may write to.
        ProblemNotActive: it is over already, refuted or entered in error; nothing is written.
        InTheFuture: nothing is written.
    """
    writing.not_after(abated_at, at, "the end")
    problem = writing.locked(Problem, problem_id, by=by)
    if problem.status == Problem.Status.RESOLVED or problem.verification in ("refuted", "entered-in-error"):
        raise ProblemNotActive(f"the problem is {problem.get_status_display()}")
    problem.status, problem.abated_at = Problem.Status.RESOLVED, abated_at or at
    problem.abated_precision = "time"
    problem.save(update_fields=["status", "abated_at", "abated_precision"])
    writing.noted(problem, "problem.resolved", by=by, at=at)
