"""What was entered in error: the one view that shows it, with who said so, when and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, DateTimeField, F, QuerySet, TextField, UUIDField, Value
from django.db.models.functions import Cast

from ehospital.clinical.models import Correction, FamilyHistory, NoKnownAllergies, Note, Pregnancy, SafetyFlag
from ehospital.clinical.models.corrections import standing
from ehospital.clinical.policies.mistakes import KINDS, Kind
from ehospital.clinical.queries.confidential import hidden_from
from ehospital.clinical.queries.opening import look
from ehospital.people import access

MOST = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of any kind, in words; `at` is when it was true, where that is known."""

    kind: str
    id: UUID
    title: str
    detail: str
    at: datetime | None
    precision: str

    @property
    def label(self) -> str:
        """What kind of line it is, in words."""
        return str(KINDS[self.kind].label)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that was entered in error. `mark` is None when its source said so; `own` when the viewer may undo it."""

    entry: Entry
    mark: Correction | None
    own: bool


def entered_in_error(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> tuple[Mistake, ...]:
    """Return what was entered in error, the last marked first: the newest 200. Patients are shown no mistakes.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    access.require(viewer, access.Permission.CHART_READ, patient_id=patient_id)
    look(patient_id, viewer=viewer, at=at, part="entered in error")
    rows = [_rows(name, kind).filter(patient_id=patient_id).filter(kind.condition) for name, kind in KINDS.items()]
    marks = {one.entry_id: one for one in standing().filter(patient_id=patient_id)}
    hidden = hidden_from(viewer, patient_id)
    found = [_mistake(entry, marks, viewer) for entry in _entries(rows) if entry.id not in hidden]
    return tuple(sorted(found, key=_last_marked, reverse=True)[:MOST])


def mark(patient_id: UUID, correction_id: UUID, *, viewer: access.Actor, at: datetime) -> Correction:
    """Return one mark of this chart, also one that was taken back.

    Raises:
        NotPermitted: `viewer` may not open this chart, or it has no such mark.
    """
    access.require(viewer, access.Permission.CHART_READ, patient_id=patient_id)
    look(patient_id, viewer=viewer, at=at, part="entered in error")
    found = Correction.objects.filter(pk=correction_id, patient_id=patient_id).first()
    if found is None or found.entry_id in hidden_from(viewer, patient_id):
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.CHART_READ.value}")
    return found


def entry(patient_id: UUID, kind: str, entry_id: UUID, *, viewer: access.Actor, at: datetime) -> Entry:
    """Return one line that stands, in words.

    Raises:
        NotPermitted: `viewer` may not open this chart, or it has no such line.
    """
    access.require(viewer, access.Permission.CHART_READ, patient_id=patient_id)
    if kind in KINDS:
        look(patient_id, viewer=viewer, at=at, part=kind)
    found = line(patient_id, kind, entry_id)
    if found is None or entry_id in hidden_from(viewer, patient_id):
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.CHART_READ.value}")
    return found


def line(patient_id: UUID, kind: str, entry_id: UUID) -> Entry | None:
    """Return one line that stands, in words, of a chart that is open already; None when there is none."""
    if kind not in KINDS:
        return None
    rows = _rows(kind, KINDS[kind]).filter(patient_id=patient_id, pk=entry_id).exclude(KINDS[kind].condition)
    found = _entries([rows])
    return found[0] if found else None


def _rows(name: str, kind: Kind) -> "QuerySet[Any]":
    """Return the lines of a kind as rows of the same shape."""
    rows = kind.model._default_manager.order_by()
    if name == "observations":
        rows = rows.filter(panel=None)
    if name == "forms":
        rows = rows.filter(amends=None)
    return rows.annotate(
        mistake_kind=Value(name, output_field=CharField()),
        mistake_id=Cast(F("pk"), UUIDField()),
        mistake_title=Cast(F(kind.title), TextField()),
        mistake_detail=Cast(kind.detail or Value(""), TextField()),
        mistake_at=Cast(F(kind.at), DateTimeField()),
        mistake_precision=Cast(F(kind.precision) if kind.precision else Value("day"), TextField()),
    )


def _entries(rows: "list[QuerySet[Any]]") -> list[Entry]:
    names = ("mistake_kind", "mistake_id", "mistake_title", "mistake_detail", "mistake_at", "mistake_precision")
    first, *others = [one.values_list(*names) for one in rows]
    found: Iterable[tuple[Any, ...]] = first.union(*others, all=True) if others else first
    return [
        Entry(kind, key, _words(kind, title), _detail(kind, detail or ""), at, precision)
        for kind, key, title, detail, at, precision in found
    ]


def _words(kind: str, title: str) -> str:
    if kind == "flags":
        return str(SafetyFlag.Kind(title).label)
    if kind == "notes":
        return str(Note.Kind(title).label)
    if kind == "pregnancies":
        return str(Pregnancy.Outcome(title).label)
    return str(NoKnownAllergies.Scope(title).label) if kind == "no_known_allergies" else title


def _detail(kind: str, detail: str) -> str:
    return str(FamilyHistory.Relation(detail).label) if kind == "family_history" else detail


def _mistake(one: Entry, marks: dict[UUID, Correction], viewer: access.Actor) -> Mistake:
    mark = marks.get(one.id)
    return Mistake(one, mark, own=mark is not None and mark.by_id == viewer.id)


def _last_marked(one: Mistake) -> tuple[bool, str, str]:
    return (one.mark is not None, one.mark.at.isoformat() if one.mark else "", str(one.entry.id))
