"""Everything that happened, in one line of time: newest first, page by page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from ehospital.clinical.policies.sharing import SHARED
from ehospital.clinical.queries.confidential import hidden_from
from ehospital.clinical.queries.opening import look
from ehospital.people import access

LINES_A_PAGE = 30
_WITHOUT_STATUS = ("clinical_safetyflag", "clinical_note", "clinical_filledform", "clinical_pregnancy")
_NOT_TRUE = "('entered-in-error', 'cancelled', 'superseded')"


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One event. `kind` names its list; `results` sums up all results of one moment, under the id of one of them."""

    kind: str
    id: UUID
    at: datetime
    precision: str
    title: str
    detail: str
    status: str


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Some lines, and the cursor of the page after them ("" when this is the last)."""

    lines: tuple[TimelineLine, ...]
    next: str


class BadCursor(ValueError):
    """The cursor was not made by `timeline`; begin again without one."""


def timeline(patient_id: UUID, *, viewer: access.Actor, at: datetime, before: str = "") -> TimelinePage:
    """Return one page of the timeline.

    Args:
        before: `TimelinePage.next` of the page before; "" for the first.
    Raises:
        NotPermitted: `viewer` may not open this chart.
        BadCursor: `before` is no cursor.
    """
    cursor = position(before)
    look(patient_id, viewer=viewer, at=at, part="timeline")
    hidden = hidden_from(viewer, patient_id)
    return read(patient_id, cursor, shared_only=viewer.kind == "patient", hidden=hidden)


def read(
    patient_id: UUID,
    before: tuple[datetime, UUID] | None = None,
    lines: int = LINES_A_PAGE,
    *,
    shared_only: bool,
    hidden: Collection[UUID],
) -> TimelinePage:
    """Return one page of a chart that is open already; with `shared_only`, of the notes those for patients."""
    wanted: dict[str, Any] = {"patient": patient_id, "lines": lines + 1, "hidden": list(hidden)}
    if before:
        wanted |= {"at": before[0], "id": before[1]}
    with connection.cursor() as cursor:
        cursor.execute(_statement(after=bool(before), shared_only=shared_only), wanted)
        found = [TimelineLine(*row) for row in cursor.fetchall()]
    last = found[lines - 1] if len(found) > lines else None
    return TimelinePage(tuple(found[:lines]), f"{last.at.isoformat()}_{last.id}" if last else "")


def position(cursor: str) -> tuple[datetime, UUID] | None:
    """Return the moment and the id behind a cursor, None for the empty one.

    Raises:
        BadCursor: it is no cursor.
    """
    if not cursor:
        return None
    try:
        at, key = cursor.split("_")
        moment = datetime.fromisoformat(at.replace(" ", "+"))
        if moment.utcoffset() is None:
            raise ValueError(at)
        return moment, UUID(key)
    except ValueError as error:
        raise BadCursor(f"{cursor[:80]!r} is no place in the timeline") from error


def _branch(kind: str, table: str, at: str, title: str, detail: str, precision: str, true: str, *, after: bool) -> str:
    past = f"AND ({at}, id) < (%(at)s, %(id)s)" if after else ""
    return f"""(
        SELECT '{kind}' AS kind, id, {at} AS at, {precision} AS precision, {title} AS title, {detail} AS detail,
            {"''" if table in _WITHOUT_STATUS else "status"} AS status
        FROM {table} WHERE patient_id = %(patient)s AND {at} IS NOT NULL AND {true}
            AND id <> ALL(%(hidden)s::uuid[]) {past}
        ORDER BY {at} DESC, id DESC LIMIT %(lines)s
    )"""  # noqa: S608  (all parts are constants of this file)


def _results(*, after: bool, shared_only: bool) -> str:
    """All results of one moment are one line; it is known by the smallest of their ids."""
    final = "AND (report_id IS NULL OR status <> 'preliminary')" if shared_only else ""
    first = "(array_agg(id ORDER BY id))[1]"
    return f"""(
        SELECT 'results', {first}, effective_at, min(effective_precision),
            string_agg(DISTINCT display, ', ' ORDER BY display), count(*)::text, 'final'
        FROM clinical_observation
        WHERE patient_id = %(patient)s AND panel_id IS NULL AND status NOT IN {_NOT_TRUE} {final}
            AND id <> ALL(%(hidden)s::uuid[]) {"AND effective_at <= %(at)s" if after else ""}
        GROUP BY effective_at {f"HAVING (effective_at, {first}) < (%(at)s, %(id)s)" if after else ""}
        ORDER BY effective_at DESC LIMIT %(lines)s
    )"""  # noqa: S608


def _note_stands(*, shared_only: bool) -> str:
    """What makes a note of the timeline true: neither it nor the note that it adds to was entered in error."""
    shared = " AND kind IN ({})".format(", ".join(f"'{kind.value}'" for kind in SHARED)) if shared_only else ""
    return f"""NOT EXISTS (
        SELECT FROM clinical_correction mark
        WHERE mark.patient_id = %(patient)s AND mark.kind = 'notes' AND mark.undoes_id IS NULL
            AND mark.entry_id IN (clinical_note.id, clinical_note.amends_id)
            AND NOT EXISTS (SELECT FROM clinical_correction undone WHERE undone.undoes_id = mark.id)
    ){shared}"""  # noqa: S608


def _form_stands(*, shared_only: bool) -> str:
    """What makes a form of the timeline true: the newest edition of one that stands. Patients are shown none."""
    return f"""{"false AND " if shared_only else ""}NOT EXISTS (
        SELECT FROM clinical_filledform later
        WHERE later.amends_id = COALESCE(clinical_filledform.amends_id, clinical_filledform.id)
            AND later.edition > clinical_filledform.edition
    ) AND NOT EXISTS (
        SELECT FROM clinical_correction mark
        WHERE mark.patient_id = %(patient)s AND mark.kind = 'forms' AND mark.undoes_id IS NULL
            AND mark.entry_id IN (clinical_filledform.id, clinical_filledform.amends_id)
            AND NOT EXISTS (SELECT FROM clinical_correction undone WHERE undone.undoes_id = mark.id)
    )"""  # noqa: S608


def _statement(*, after: bool, shared_only: bool) -> str:
    true, verified = f"status NOT IN {_NOT_TRUE}", "verification NOT IN ('entered-in-error', 'refuted')"
    flag, time = "NOT entered_in_error", "'time'"
    # kind, table, when, title, detail, precision, what is true
    rows = [
        ("encounter", "clinical_encounter", "started_at", "display", "reason", time, true),
        (
            "problem",
            "clinical_problem",
            "COALESCE(onset_at, recorded_at)",
            "display",
            "''",
            "onset_precision",
            verified,
        ),
        ("allergy", "clinical_allergy", "recorded_at", "display", "''", time, verified),
        ("order", "clinical_order", "recorded_at", "display", "reason", time, f"{true} AND status <> 'draft'"),
        ("report", "clinical_diagnosticreport", "effective_at", "display", "conclusion", "effective_precision", true),
        ("procedure", "clinical_procedure", "performed_at", "display", "reason", "performed_precision", true),
        ("immunisation", "clinical_immunisation", "given_at", "display", "status_reason", "given_precision", true),
        ("medicine", "clinical_medicinetaken", "recorded_at", "display", "dosage_text", time, true),
        ("document", "clinical_document", "written_at", "display", "title", time, true),
        ("care plan", "clinical_careplan", "started_at", "display", "reason", time, true),
        ("flag", "clinical_safetyflag", "started_at", "kind", "words", time, flag),
        (
            "note",
            "clinical_note",
            "signed_at",
            "CASE WHEN amends_id IS NULL THEN kind ELSE 'addendum' END",
            "author_name",
            time,
            _note_stands(shared_only=shared_only),
        ),
        ("pregnancy", "clinical_pregnancy", "ended_at", "outcome", "note", "ended_precision", flag),
        ("form", "clinical_filledform", "answered_at", "title", "result", time, _form_stands(shared_only=shared_only)),
    ]
    branches = [_branch(*row, after=after) for row in rows]
    union = " UNION ALL ".join([*branches, _results(after=after, shared_only=shared_only)])
    return f"SELECT * FROM ({union}) AS line ORDER BY at DESC, id DESC LIMIT %(lines)s"  # noqa: S608
