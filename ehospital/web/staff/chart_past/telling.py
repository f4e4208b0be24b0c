"""From kept changes to words: whose hand, which fact, and what each field held before and after."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from ehospital.foundation.history import Change, ChangeSet
from ehospital.foundation.models import RowChange
from ehospital.people.models import Organisation, Patient, StaffMember
from ehospital.web.kit.dates import day, moment
from ehospital.web.kit.quantities import normalised
from ehospital.web.staff.chart_past.words import FIELDS, KINDS, UNTOLD

CHANGES_AT_MOST = 12
_NAMES = ("display", "name_text", "words", "name", "title", "value")


@dataclass(frozen=True, slots=True)
class FieldTold:
    """One field: what it held before and after, both in words; empty for nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeTold:
    """One row. `operation` is I, U or D."""

    kind: str
    title: str
    operation: str
    fields: tuple[FieldTold, ...]


@dataclass(frozen=True, slots=True)
class SetTold:
    """All changes of one act; `who` is empty when it was made past the program, by `role` of the database."""

    number: int
    at: datetime
    who: tuple[str, ...]
    role: str
    changes: tuple[ChangeTold, ...]
    more: int


def told(sets: Sequence[ChangeSet]) -> list[SetTold]:
    """Return changes in words; acts that touched nothing a reader knows are left out."""
    shown = [(one, [change for change in one.changes if change.model._meta.label in KINDS]) for one in sets]
    known = _Known(change for _one, changes in shown for change in changes[:CHANGES_AT_MOST])
    lines = []
    for one, changes in shown:
        first = tuple(_change(change, known) for change in changes[:CHANGES_AT_MOST])
        first = tuple(change for change in first if change.fields or change.operation != RowChange.Operation.UPDATED)
        who = tuple(dict.fromkeys(act.actor_name for act in one.acts))
        if first:
            lines.append(SetTold(one.number, one.at, who, one.by_role, first, len(changes) - len(first)))
    return lines


class _Known:
    """The names of staff and organisations that the changes point at, asked for once."""

    def __init__(self, changes: Iterable[Change]) -> None:
        wanted: dict[type[models.Model], set[str]] = {StaffMember: set(), Organisation: set(), Patient: set()}
        for change in changes:
            for field in change.fields:
                target = _target(change.model, field.name)
                if target in wanted:
                    wanted[target] |= {value for value in (field.before, field.after) if value}
        self._names = {
            str(key): str(row)
            for model, keys in wanted.items()
            for key, row in model.objects.in_bulk(keys).items()  # type: ignore[attr-defined]
        }

    def name(self, key: str) -> str:
        """Return who that is, empty when it is nobody of these."""
        return self._names.get(str(UUID(key)), "") if key else ""


def _target(model: type[models.Model], attname: str) -> type[models.Model] | None:
    field = next(one for one in model._meta.concrete_fields if one.attname == attname)
    return field.related_model if isinstance(field, models.ForeignKey) else None


def _change(change: Change, known: _Known) -> ChangeTold:
    labels = {one.attname: one for one in change.model._meta.concrete_fields}
    fields = []
    for field in change.fields:
        if field.name in UNTOLD or field.name not in FIELDS:
            continue
        before, after = (_words(labels[field.name], value, known) for value in (field.before, field.after))
        if before != after:
            fields.append(FieldTold(str(FIELDS[field.name]), before, after))
    return ChangeTold(
        kind=str(KINDS[change.model._meta.label]),
        title=_title(change.row),
        operation=change.operation,
        fields=tuple(fields),
    )


def _title(row: Mapping[str, Any]) -> str:
    if row.get("family") or row.get("given"):
        return ", ".join(filter(None, (row.get("family"), row.get("given"))))
    return next((str(row[name]) for name in _NAMES if row.get(name)), "")


def _words(field: "models.Field[Any, Any]", value: Any, known: _Known) -> str:
    """Return a value as a reader knows it."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(field, models.ForeignKey):
        return known.name(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, Decimal):
        return normalised(value)
    if isinstance(field, models.DateTimeField):
        return moment(parse_datetime(value))
    if isinstance(field, models.DateField):
        return day(_day(value))
    return str(value)


def _day(value: str) -> date | None:
    return parse_date(value)
