"""Taking checked rows into use, a batch to a transaction: whoever is killed between two goes on where it stopped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from ehospital.algorithms import register_match
from ehospital.algorithms.register_match import Finding, Judged
from ehospital.foundation import audit, locks
from ehospital.kernel.identifiers import uuid7
from ehospital.people import access, comparing, naming, told_json
from ehospital.people.actions.registering import import_patients, next_numbers
from ehospital.people.actions.registers.checking import counted, holders
from ehospital.people.actions.registers.filling import Filling
from ehospital.people.details import IdentifierDetails, PatientDetails
from ehospital.people.models import Patient, RegisterImport, RegisterRow
from ehospital.people.policies.register_settings import RegisterSettings
from ehospital.people.queries.register_candidates import candidates_of_many

AT_ONCE: Final = 500
State, Verdict = RegisterImport.State, RegisterRow.Verdict
Decision, Outcome = RegisterRow.Decision, RegisterRow.Outcome
_KEPT: Final = ("verdict", "probability", "like", "problems", "outcome", "patient", "made", "filled")


@dataclass
class _Plan:
    """What is to be written of a batch."""

    new: list[tuple[UUID, PatientDetails]] = field(default_factory=list)
    targets: list[tuple[RegisterRow, UUID]] = field(default_factory=list)
    roots: dict[int, UUID] = field(default_factory=dict)
    taken: dict[tuple[str, str], UUID] = field(default_factory=dict)


@transaction.atomic
def take_rows(register_id: UUID, *, by: access.Actor, at: datetime, most: int = AT_ONCE) -> int:
    """Write the next rows and return how many were; 0 when all are, and the register is in use then.

    Raises:
        NotPermitted: `by` may not import records.
    """
    access.require(by, access.Permission.RECORD_IMPORT)
    (register,) = locks.rows(RegisterImport.objects.all(), [register_id])
    if register.state != State.IMPORTING:
        return 0
    last = RegisterSettings.from_json(register.settings).headings[1]
    rows = list(register.rows.filter(outcome="", number__gt=last).order_by("number")[:most])
    register.worked_at = at
    if not rows:
        _finish(register, by, at)
        return 0
    _look_again(register, rows)
    plan = _Plan(taken=holders(rows), roots=_roots(register, rows))
    standing = _standing({row.like for row in rows if row.like})
    for row in rows:
        _place(row, plan, standing)
    source = f"register:{register.pk}"
    _write_new(plan, by, at, source)
    Filling(source, plan.taken).write(plan.targets, by=by, at=at)
    RegisterRow.objects.bulk_update(rows, _KEPT, batch_size=AT_ONCE)
    register.rows_done = min(register.rows_done + len(rows), register.rows_total)
    register.save(update_fields=["rows_done", "worked_at"])
    return len(rows)


def _finish(register: RegisterImport, by: access.Actor, at: datetime) -> None:
    register.counts = {**counted(register), **outcomes(register)}
    register.state, register.rows_done, register.imported_at = State.IMPORTED, 0, at
    register.version += 1
    register.save()
    audit.record("register.imported", by=by, at=at, subject=f"register:{register.pk}", details=register.counts)


def outcomes(register: RegisterImport) -> dict[str, int]:
    """Return how many rows ended how, by `row-` and the outcome."""
    kinds = [kind for kind in Outcome if kind]
    return {f"row-{kind}": register.rows.filter(outcome=kind).count() for kind in kinds}


def _look_again(register: RegisterImport, rows: Sequence[RegisterRow]) -> None:
    """Compare the rows that would become records with whoever was registered since they were checked."""
    asked = {
        row.number: comparing.person(told_json.from_json(row.details))
        for row in rows
        if not row.decision and row.verdict in (Verdict.NEW, Verdict.UNSURE)
    }
    if not asked:
        return
    known = candidates_of_many(asked)
    keys = {key for held in known.values() for key, _ in held}
    ours = set(register.rows.filter(made__in=keys).values_list("made", flat=True))
    for row in rows:
        if row.number not in asked:
            continue
        others = [(key, one) for key, one in known[row.number] if key not in ours]
        judged: Judged[UUID] = register_match.judge(asked[row.number], records=others, rows=())
        if judged.finding is Finding.SAME and judged.match is not None:
            row.verdict, row.like, row.probability = Verdict.SAME, judged.record, judged.match.probability


def _roots(register: RegisterImport, rows: Sequence[RegisterRow]) -> dict[int, UUID]:
    """Return whose the earlier rows are that rows of this batch are like."""
    asked = {row.like_row for row in rows if row.like_row}
    found: dict[int, UUID] = {}
    held = register.rows.filter(Q(number__in=asked) | Q(like_row__in=asked), patient__isnull=False)
    for number, like_row, key in held.order_by("-number").values_list("number", "like_row", "patient_id"):
        if like_row in asked:
            found.setdefault(like_row, key)
        if number in asked:
            found[number] = key
    return found


def _standing(keys: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return under which record each of these is found today; who was archived is not among them."""
    found: dict[UUID, UUID] = {}
    rows = Patient.objects.filter(pk__in=keys).values_list("pk", "active", "merged_into_id", "merged_into__active")
    for key, active, into, into_active in rows:
        if active:
            found[key] = key
        elif into and into_active:
            found[key] = into
    return found


def _place(row: RegisterRow, plan: _Plan, standing: dict[UUID, UUID]) -> None:
    """Decide what becomes of a row: left out, a new record, or an addition to one."""
    wanted = row.decision or _by_verdict(row)
    if wanted == Decision.OUT:
        row.outcome = Outcome.OUT
        return
    target = None
    if wanted == Decision.SAME:
        target = standing.get(row.like) if row.like else plan.roots.get(row.like_row or 0)
    if target is not None:
        row.patient_id, row.outcome = target, Outcome.NOTHING
        if row.verdict != Verdict.REPEAT:
            plan.targets.append((row, target))
    else:
        _make(row, plan)
    if row.patient_id:
        plan.roots.setdefault(row.number, row.patient_id)
        if row.like_row:
            plan.roots.setdefault(row.like_row, row.patient_id)


def _by_verdict(row: RegisterRow) -> str:
    if row.verdict == Verdict.BAD:
        return Decision.OUT
    return Decision.NEW if row.verdict in (Verdict.NEW, Verdict.UNSURE) else Decision.SAME


def _make(row: RegisterRow, plan: _Plan) -> None:
    details = told_json.from_json(row.details)
    numbers = [(one.system, one.value) for one in details.identifiers]
    if any(number in plan.taken for number in numbers):
        row.problems = [*row.problems, *(["number-taken", -1, value] for _, value in numbers)]
        row.outcome = Outcome.OUT
        return
    key = uuid7()
    plan.taken |= dict.fromkeys(numbers, key)
    plan.new.append((key, details))
    row.made, row.patient_id, row.outcome = key, key, Outcome.MADE


def _write_new(plan: _Plan, by: access.Actor, at: datetime, source: str) -> None:
    """Write the new records, each under a hospital number of its own."""
    numbers = next_numbers(len(plan.new))
    new: list[tuple[UUID, Any]] = []
    for (key, details), number in zip(plan.new, numbers, strict=True):
        own = IdentifierDetails(naming.HOSPITAL_NUMBER, number, "MR")
        new.append((key, replace(details, identifiers=(own, *details.identifiers))))
    import_patients(new, [], by=by, at=at, source=source)
