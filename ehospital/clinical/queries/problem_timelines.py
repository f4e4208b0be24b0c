"""What belongs to one problem, in lanes: each line says how it is known to belong, and what is only inferred says so.

Known are links that somebody made: the problem stands in an encounter, an encounter or a medicine names it as its
reason. Inferred are lines of such an encounter that name no reason, and tests that `algorithms.problem_relations`
watches because of it. Each lane is read by itself, newest first, a page at a time, so a chart of 20,000 observations
costs no more than a small one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Case, CharField, F, Min, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from ehospital.algorithms.problem_relations import watched_with
from ehospital.clinical import models
from ehospital.clinical.models.corrections import standing
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.clinical.queries.confidential import hidden_from, shown
from ehospital.clinical.queries.opening import look
from ehospital.clinical.queries.timelines import position
from ehospital.kernel.codes import LOINC
from ehospital.people import access

LINES_A_LANE: Final = 8
MOST_LINES: Final = 30
_MOST_ENCOUNTERS: Final = 500
_NOT_TRUE: Final = (ENTERED_IN_ERROR, "cancelled")


class Lane(StrEnum):
    """The kinds of lines, in the order of the page."""

    ENCOUNTERS = "encounters"
    NOTES = "notes"
    RESULTS = "results"
    MEDICINES = "medicines"
    PROCEDURES = "procedures"
    PLANS = "plans"


class How(StrEnum):
    """How a line is known to belong to the problem."""

    NAMED = "named"
    RECORDED_IN = "recorded in"
    SAME_ENCOUNTER = "same encounter"
    WATCHED = "watched"

    @property
    def inferred(self) -> bool:
        """Whether nobody said so: it follows from a common encounter, or from a table of codes."""
        return self in (How.SAME_ENCOUNTER, How.WATCHED)


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One line of a lane; of results, all of one moment together."""

    id: UUID
    at: datetime
    precision: str
    title: str
    detail: str
    how: How


@dataclass(frozen=True, slots=True)
class LanePage:
    """Some lines of a lane, and where the older ones begin ("" when these are the last)."""

    lane: Lane
    lines: tuple[ProblemLine, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when, both ends open when None."""

    since: datetime | None = None
    until: datetime | None = None


Cursor = tuple[datetime, UUID] | None
Rows = QuerySet[Any, dict[str, Any]]


@dataclass(frozen=True)
class _Known:
    """What the links of a problem are."""

    problem: models.Problem
    visits: Sequence[UUID]
    named: frozenset[UUID]
    tests: frozenset[str]
    hidden: frozenset[UUID]


Lines = Callable[[_Known, Period, Cursor], Rows]


def problem_of(patient_id: UUID, problem_id: UUID, *, viewer: access.Actor, at: datetime) -> models.Problem:
    """Return a problem that stands, once the look at its timeline is on record.

    Raises:
        NotPermitted: `viewer` may not open this chart, or it has no such problem.
    """
    look(patient_id, viewer=viewer, at=at, part="problem timeline")
    found = models.Problem.objects.filter(pk=problem_id, patient_id=patient_id)
    rows = shown(found.exclude(verification=ENTERED_IN_ERROR), viewer=viewer, patient_id=patient_id)
    problem = rows.first()
    if problem is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.CHART_READ.value}")
    return problem


def lanes(
    problem: models.Problem,
    *,
    period: Period,
    only: Lane | None = None,
    before: str = "",
    most: int = LINES_A_LANE,
    viewer: access.Actor,
) -> list[LanePage]:
    """Return what belongs to a problem of a chart that is open already.

    Args:
        only: one lane alone; then `before` is `LanePage.next` of the page before.
    Raises:
        BadCursor: `before` is no place in a lane.
    """
    cursor = position(before) if only else None
    known = _known(problem, hidden_from(viewer, problem.patient_id))
    wanted = [only] if only else list(Lane)
    return [_page(lane, known, period, cursor, most) for lane in wanted]


def _known(problem: models.Problem, hidden: frozenset[UUID]) -> _Known:
    """Find the encounters: the one in which the problem stands, and those that name it as their reason."""
    codes = [(problem.code_system, problem.code), *((one[0], one[1]) for one in problem.other_codes)]
    coded = Q(reason_system=problem.code_system, reason_code=problem.code) if problem.code else Q(pk__in=[])
    mine = models.Encounter.objects.filter(patient_id=problem.patient_id).exclude(status__in=_NOT_TRUE)
    naming = mine.filter(Q(reason__iexact=problem.display) | coded).order_by("-started_at", "-id")
    named = list(naming.values_list("pk", flat=True)[:_MOST_ENCOUNTERS])
    visits = [*named, *([problem.encounter_id] if problem.encounter_id else [])]
    return _Known(problem, visits, frozenset(named), watched_with(codes), hidden)


def _page(lane: Lane, known: _Known, period: Period, cursor: tuple[datetime, UUID] | None, most: int) -> LanePage:
    found = list(_LANES[lane](known, period, cursor)[: most + 1])
    lines = tuple(_line(lane, row) for row in found[:most])
    last = lines[-1] if len(found) > most else None
    return LanePage(lane, lines, f"{last.at.isoformat()}_{last.id}" if last else "")


def _line(lane: Lane, row: dict[str, Any]) -> ProblemLine:
    title = str(models.Note.Kind(row["title"]).label) if lane is Lane.NOTES else row["title"]
    return ProblemLine(UUID(str(row["key"])), row["lane_at"], row["precision"], title, row["detail"], How(row["how"]))


def _within(field_name: str, period: Period, cursor: tuple[datetime, UUID] | None) -> Q:
    wanted = Q(**{f"{field_name}__isnull": False})
    if period.since:
        wanted &= Q(**{f"{field_name}__gte": period.since})
    if period.until:
        wanted &= Q(**{f"{field_name}__lt": period.until})
    if cursor:
        wanted &= Q(**{f"{field_name}__lt": cursor[0]}) | Q(**{field_name: cursor[0], "pk__lt": cursor[1]})
    return wanted


def _how(*cases: tuple[Q, How]) -> Case:
    """Return the strongest way in which a line belongs: the first that is true."""
    return Case(
        *(When(condition, then=Value(how.value)) for condition, how in cases),
        default=Value(How.SAME_ENCOUNTER.value),
        output_field=CharField(),
    )


def _lines(
    rows: "QuerySet[Any]", at: str, *, how: Case, precision: str = "", title: str = "display", detail: str = ""
) -> Rows:
    found = rows.annotate(
        key=F("pk"),
        lane_at=F(at),
        precision=F(precision) if precision else Value("time", output_field=CharField()),
        title=Cast(F(title), TextField()),
        detail=Cast(F(detail), TextField()) if detail else Value("", output_field=TextField()),
        how=how,
    )
    names = ("key", "lane_at", "precision", "title", "detail", "how")
    return found.order_by("-lane_at", "-pk").values(*names)


def _mine(model: Any, known: _Known, *, wrong: Q) -> "QuerySet[Any]":
    return model._default_manager.filter(patient_id=known.problem.patient_id).exclude(wrong | Q(pk__in=known.hidden))


_WRONG = Q(status__in=_NOT_TRUE)


def _encounters(known: _Known, period: Period, cursor: Cursor) -> Rows:
    rows = _mine(models.Encounter, known, wrong=_WRONG).filter(_within("started_at", period, cursor))
    how = _how((Q(pk__in=known.named), How.NAMED), (Q(pk__in=known.visits), How.RECORDED_IN))
    return _lines(rows.filter(pk__in=known.visits), "started_at", how=how, detail="reason")


def _notes(known: _Known, period: Period, cursor: Cursor) -> Rows:
    marked = standing().filter(patient_id=known.problem.patient_id, kind="notes").values("entry_id")
    rows = _mine(models.Note, known, wrong=Q(pk__in=marked) | Q(amends_id__in=marked))
    rows = rows.filter(_within("signed_at", period, cursor), encounter_id__in=known.visits)
    return _lines(rows, "signed_at", how=_how(), title="kind", detail="author_name")


def _results(known: _Known, period: Period, cursor: Cursor) -> Rows:
    """All results of one moment are one line; it is known by the smallest of their ids."""
    watched = Q(concept__in=[f"{LOINC}|{code}" for code in sorted(known.tests)])
    rows = _mine(models.Observation, known, wrong=_WRONG | Q(status="registered")).filter(panel=None)
    window = _within("effective_at", period, None)
    if cursor:
        window &= Q(effective_at__lt=cursor[0])
    rows = rows.filter(window).filter(watched | Q(encounter_id__in=known.visits)).order_by()
    # First the newest moments alone, along the index; then what was found at them.
    newest = list(rows.order_by("-effective_at").values_list("effective_at", flat=True).distinct()[: MOST_LINES + 1])
    moments = (
        rows.filter(effective_at__in=newest)
        .values(lane_at=F("effective_at"))
        .annotate(
            key=Min(Cast(F("pk"), TextField())),
            precision=Min("effective_precision"),
            title=StringAgg(Cast(F("display"), TextField()), delimiter=", ", distinct=True),
            detail=Value("", output_field=TextField()),
            how=Min(_how((watched, How.WATCHED))),
        )
    )
    return moments.order_by("-lane_at")


def _reasoned(model: Any, at: str, precision: str, detail: str) -> Lines:
    """Return the lane of lines that name their reason in words, as prescriptions, procedures and plans do."""

    def lane(known: _Known, period: Period, cursor: Cursor) -> Rows:
        rows = _mine(model, known, wrong=_WRONG).filter(_within(at, period, cursor))
        named = Q(reason__iexact=known.problem.display) | Q(reason__icontains=f"{known.problem.display};")
        among = Q(encounter_id__in=known.visits, reason="")
        return _lines(rows.filter(named | among), at, how=_how((named, How.NAMED)), precision=precision, detail=detail)

    return lane


_LANES: Final[dict[Lane, Lines]] = {
    Lane.ENCOUNTERS: _encounters,
    Lane.NOTES: _notes,
    Lane.RESULTS: _results,
    Lane.MEDICINES: _reasoned(models.MedicineTaken, "recorded_at", "", "dosage_text"),
    Lane.PROCEDURES: _reasoned(models.Procedure, "performed_at", "performed_precision", "outcome"),
    Lane.PLANS: _reasoned(models.CarePlan, "started_at", "", "description"),
}
