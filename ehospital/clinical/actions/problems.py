"""The problem list."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.clinical.actions import revising, writing
from ehospital.clinical.actions.revising import EndsBeforeStart
from ehospital.clinical.details import Moment, ProblemDetails
from ehospital.clinical.models import Problem
from ehospital.people import access

_PRESENT = ("active", "recurrence", "relapse")
_UNTRUE = ("refuted", "entered-in-error")


class ProblemOnList(ValueError):
    """The patient has that problem on the list already; nothing was written. Change that line instead."""


class ProblemNotActive(RuntimeError):
    """The problem was resolved before, or is none."""


@transaction.atomic
def record_problem(patient_id: UUID, details: ProblemDetails, *, by: access.Actor, at: datetime) -> UUID:
    """Write a problem or a diagnosis and return its id.

    Raises:
        NotPermitted: `by` may not write into this chart.
        InTheFuture, ForeignEncounter, ProblemOnList: nothing is written.
    """
    _check_times(details, at)
    writing.lock_chart(patient_id)
    access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    _refuse_twice(patient_id, details)
    return writing.write_line("problems", patient_id, details, what="problem.recorded", by=by, at=at)


@transaction.atomic
def revise_problem(
    problem_id: UUID, details: ProblemDetails, *, seen_version: int, by: access.Actor, at: datetime
) -> None:
    """Change a problem; what the hospital has changed here, a later import leaves alone.

    Args:
        details: all of it; who wrote it down when stays as it was.
        seen_version: the version that `by` read; of an older one nothing is overwritten.
    Raises:
        UnknownEntry: no such problem that `by` may write to, or it was entered in error.
        EntryChanged: somebody has changed it since; nothing is written.
        InTheFuture, ForeignEncounter, ProblemOnList: nothing is written.
    """
    _check_times(details, at)
    problem = revising.opened(Problem, problem_id, seen_version=seen_version, by=by)
    _refuse_twice(problem.patient_id, details, but=problem_id)
    revising.write("problems", problem, details, what="problem.revised", by=by, at=at)


def _check_times(details: ProblemDetails, at: datetime) -> None:
    writing.not_after(details.onset.at if details.onset else None, at, "the onset")
    writing.not_after(details.abated.at if details.abated else None, at, "the end")


def _refuse_twice(patient_id: UUID, details: ProblemDetails, *, but: UUID | None = None) -> None:
    if (
        details.status not in _PRESENT
        or details.verification in _UNTRUE
        or details.category != Problem.Category.PROBLEM
    ):
        return
    same = Problem.objects.filter(
        patient_id=patient_id,
        category=Problem.Category.PROBLEM,
        status__in=_PRESENT,
        display__iexact=details.code.display,
        body_site__iexact=details.body_site,
    )
    if same.exclude(verification__in=_UNTRUE).exclude(pk__in=[but] if but else []).exists():
        raise ProblemOnList(f"{details.code.display} is on the list")


@transaction.atomic
def resolve_problem(
    problem_id: UUID,
    *,
    abated: Moment | None = None,
    seen_version: int | None = None,
    by: access.Actor,
    at: datetime,
) -> None:
    """State that a problem is over, now or since `abated`.

    Raises:
        UnknownEntry: no such problem that `by` may write to.
        ProblemNotActive: it is over already, refuted or entered in error; nothing is written.
        EntryChanged: somebody has changed it since `seen_version`; nothing is written.
        EndsBeforeStart, InTheFuture: nothing is written.
    """
    over = abated or Moment(at)
    writing.not_after(over.at, at, "the end")
    problem = revising.opened(Problem, problem_id, seen_version=seen_version, by=by)
    if problem.status == Problem.Status.RESOLVED or problem.verification in ("refuted", "entered-in-error"):
        raise ProblemNotActive(f"the problem is {problem.get_status_display()}")
    if problem.onset_at is not None and over.at < problem.onset_at:
        raise EndsBeforeStart("it would end before it began")
    problem.status, problem.abated_at, problem.abated_precision = Problem.Status.RESOLVED, over.at, over.precision
    problem.revised_at, problem.revised_by = at, by.name[:200]
    problem.save(update_fields=["status", "abated_at", "abated_precision", "revised_at", "revised_by"])
    writing.noted(problem, "problem.resolved", by=by, at=at)
