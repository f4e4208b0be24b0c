"""The dry run: what each row says, whom it is of, and what is wrong with it. Nothing is written to any patient."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from ehospital.algorithms import register_match
from ehospital.algorithms.matching_levels import Person
from ehospital.algorithms.register_match import Finding, Judged
from ehospital.foundation import locks
from ehospital.foundation.days import hospital_day
from ehospital.people import access, comparing, told_json
from ehospital.people.models import IdentifierIssuer, PatientIdentifier, RegisterImport, RegisterRow
from ehospital.people.policies.register_rows import Issuer, Problem, Understood, understand
from ehospital.people.policies.register_settings import RegisterSettings
from ehospital.people.queries.register_candidates import Inside, candidates_of_many

AT_ONCE: Final = 500
State, Verdict = RegisterImport.State, RegisterRow.Verdict
_KEPT: Final = (
    "details", "problems", "print", "verdict", "probability", "reasons", "like", "like_row",
)  # fmt: skip


@transaction.atomic
def check_rows(register_id: UUID, inside: Inside, *, by: access.Actor, at: datetime, most: int = AT_ONCE) -> int:
    """Check the next rows and return how many were; 0 when all are, and the register is checked then.

    Args:
        inside: the rows of this file so far; it catches up with what others checked.
    Raises:
        NotPermitted: `by` may not import records.
    """
    access.require(by, access.Permission.RECORD_IMPORT)
    (register,) = locks.rows(RegisterImport.objects.all(), [register_id])
    if register.state != State.JUDGING:
        return 0
    settings = RegisterSettings.from_json(register.settings)
    open_rows = register.rows.filter(verdict="", number__gt=settings.headings[1]).order_by("number")
    rows = list(open_rows[:most])
    register.worked_at = at
    if not rows:
        register.counts = counted(register)
        register.state, register.rows_done, register.version = State.JUDGED, 0, register.version + 1
        register.save()
        return 0
    catch_up(register, inside, before=rows[0].number)
    _understand(register, settings, rows)
    known = candidates_of_many({row.number: _person(row) for row in rows if row.details})
    repeats = _repeats(rows)
    taken = holders(rows)
    for row in rows:
        judge_row(row, inside, known.get(row.number, []), repeats, taken)
        inside.last = row.number
    RegisterRow.objects.bulk_update(rows, _KEPT, batch_size=AT_ONCE)
    register.rows_done = min(register.rows_done + len(rows), register.rows_total)
    register.save(update_fields=["rows_done", "worked_at"])
    return len(rows)


def counted(register: RegisterImport) -> dict[str, int]:
    """Return how many rows of each verdict there are."""
    last = RegisterSettings.from_json(register.settings).headings[1]
    return dict(sorted(Counter(register.rows.filter(number__gt=last).values_list("verdict", flat=True)).items()))


def catch_up(register: RegisterImport, inside: Inside, *, before: int) -> None:
    """Add the rows that were checked already: by an earlier run of the work, or beside this one."""
    done = register.rows.filter(number__gt=inside.last, number__lt=before).exclude(verdict__in=["", Verdict.BAD])
    for row in done.order_by("number").iterator(chunk_size=2000):
        _add(row, inside)
    inside.last = max(inside.last, before - 1)


def _add(row: RegisterRow, inside: Inside) -> None:
    first = row.like_row if row.verdict == Verdict.INSIDE else None
    inside.add(row.number, _person(row), first=first)
    for one in told_json.from_json(row.details).identifiers:
        inside.numbers.setdefault((one.system, one.value), row.number)


def _person(row: RegisterRow) -> Person:
    return comparing.person(told_json.from_json(row.details))


def _understand(register: RegisterImport, settings: RegisterSettings, rows: Sequence[RegisterRow]) -> None:
    issuer = _issuer(settings)
    first = list(
        register.rows.filter(number__lte=settings.headings[1]).order_by("number").values_list("number", "cells")
    )
    names = first[-1][1] if first else []
    today = hospital_day(register.begun_at)
    for row in rows:
        notes = [(code, column) for code, column in row.notes]
        said = understand(row.cells, notes, settings, issuer=issuer, headings=names, today=today)
        _keep(row, said)


def _keep(row: RegisterRow, said: Understood) -> None:
    row.problems = [[one.code, one.column, one.value] for one in said.problems]
    row.details = told_json.as_json(said.details) if said.details else {}
    row.print = said.print
    row.verdict = "" if said.details else Verdict.BAD


def _issuer(settings: RegisterSettings) -> Issuer | None:
    found = IdentifierIssuer.objects.filter(system=settings.issuer).first()
    return Issuer(found.system, found.kind, found.pattern, found.check_digit) if found else None


def _repeats(rows: Sequence[RegisterRow]) -> dict[str, UUID]:
    """Return the patients in whose records the very same rows were taken before."""
    prints = [row.print for row in rows if row.print]
    outcome = RegisterRow.Outcome
    done = (outcome.MADE, outcome.FILLED, outcome.NOTHING, outcome.KEPT)
    found = RegisterRow.objects.filter(print__in=prints, outcome__in=done, patient__active=True)
    return dict(found.order_by("-id").values_list("print", "patient_id"))


def holders(rows: Sequence[RegisterRow]) -> dict[tuple[str, str], UUID]:
    """Return whose the numbers of these rows are."""
    told = [(one["system"], one["value"]) for row in rows for one in row.details.get("identifiers", ())]
    found = PatientIdentifier.objects.filter(system__in={one[0] for one in told}, value__in={one[1] for one in told})
    return {(system, value): key for system, value, key in found.values_list("system", "value", "patient_id")}


def judge_row(
    row: RegisterRow,
    inside: Inside,
    known: Sequence[tuple[UUID, Person]],
    repeats: dict[str, UUID],
    taken: dict[tuple[str, str], UUID],
) -> None:
    """Note in a row whom it is of, and add it to the rows so far."""
    if row.verdict == Verdict.BAD:
        return
    if row.print in repeats:
        row.verdict, row.like, row.probability = Verdict.REPEAT, repeats[row.print], 1.0
        _add(row, inside)
        return
    told = _person(row)
    judged: Judged[UUID] = register_match.judge(told, records=known, rows=inside.candidates(told))
    row.verdict = Verdict(judged.finding.value)
    row.like, row.like_row = judged.record, inside.first_of[judged.row] if judged.row else None
    row.probability = judged.match.probability if judged.match else 0
    row.reasons = [one.code for one in judged.match.reasons if one.weight > 0] if judged.match else []
    _check_numbers(row, judged, inside, taken)
    if row.verdict != Verdict.BAD:
        _add(row, inside)


def _check_numbers(row: RegisterRow, judged: Judged[Any], inside: Inside, taken: dict[tuple[str, str], UUID]) -> None:
    """A number that is somebody else's stops a row that would become a record: one of the two is wrong."""
    if judged.finding in (Finding.SAME, Finding.INSIDE):
        return
    for one in row.details.get("identifiers", ()):
        number = (one["system"], one["value"])
        code = "number-taken" if number in taken else "number-twice" if number in inside.numbers else ""
        if code:
            column = -1
            row.problems.append([Problem(code).code, column, one["value"]])
            row.verdict = Verdict.BAD
            row.like, row.like_row = taken.get(number, row.like), inside.numbers.get(number, row.like_row)
