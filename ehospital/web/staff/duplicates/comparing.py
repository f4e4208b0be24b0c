"""Two records beside each other, in words, and what may be chosen of each field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.people.models import Patient, PatientName
from ehospital.people.queries import Preview
from ehospital.people.surviving import Keep, Line
from ehospital.web.kit.dates import known

LABELS: dict[str, Promise] = {
    "names": gettext_lazy("Names"),
    "sex": gettext_lazy("Sex"),
    "birth": gettext_lazy("Born"),
    "deceased": gettext_lazy("Deceased"),
    "language": gettext_lazy("Language spoken"),
    "interpreter_needed": gettext_lazy("Needs an interpreter"),
    "communication_needs": gettext_lazy("Communication needs"),
    "marital_status": gettext_lazy("Marital status"),
    "mother": gettext_lazy("Mother"),
    "telecoms": gettext_lazy("Telephone and e-mail"),
    "addresses": gettext_lazy("Addresses"),
    "contacts": gettext_lazy("Next of kin and contacts"),
}
CANNOT: dict[str, Promise] = {
    "same-record": gettext_lazy("This is one record. Choose two different ones."),
    "merged-already": gettext_lazy("One of the two was merged meanwhile. Open it to see into which record."),
    "changed": gettext_lazy("Somebody has changed one of the two meanwhile. Compare them again, then merge."),
    "mother-and-child": gettext_lazy("One of the two is recorded as the mother of the other. Correct that first."),
    "stays": gettext_lazy(
        "Both lie in a bed, or their stays in beds overlap. One person cannot be in two beds: look who lies where."
    ),
    "alerts": gettext_lazy("Both have an open alert of the same kind. Let one of them leave its bed first."),
    "staff": gettext_lazy("Both are known as the own records of members of staff, of two different people."),
    "drafts": gettext_lazy(
        "Somebody has an unfinished note of the same kind in both records. In one of them it has to be signed or "
        "discarded first."
    ),
    "restrictions": gettext_lazy("Both are restricted at several times. The privacy officer ends one of them first."),
    "collision": gettext_lazy("Both have something of which a patient has only one. Ask whoever runs this system."),
    "undone-already": gettext_lazy("This merge was undone before."),
    "merged-since": gettext_lazy("The record was merged into another one since. Undo that merge first."),
}


@dataclass(frozen=True)
class Choice:
    """One way to keep a field: its value in the form, what would be kept, whether it is chosen, and of which record."""

    keep: str
    lines: tuple[str, ...]
    chosen: bool
    number: str


@dataclass(frozen=True)
class Row:
    """One field of the comparison; without choices both records say the same."""

    field: str
    label: Promise
    choices: tuple[Choice, ...]
    same: tuple[str, ...]


def rows(preview: Preview, typed: Mapping[str, str]) -> list[Row]:
    """Return the fields of which either record says something, with what was chosen or is proposed."""
    numbers = {Keep.SURVIVOR: preview.survivor.number, Keep.ABSORBED: preview.absorbed.number, Keep.BOTH: ""}
    made = [_row(line, typed.get(f"keep_{line.field}", ""), numbers) for line in preview.lines]
    return [row for row in made if row.same or any(choice.lines for choice in row.choices)]


def _row(line: Line, typed: str, numbers: Mapping[Keep, str]) -> Row:
    mine, theirs = _words(line.field, line.survivor), _words(line.field, line.absorbed)
    label = LABELS[line.field]
    if line.same or mine == theirs:
        return Row(line.field, label, (), mine)
    wanted = typed if typed in line.choices else line.proposed
    shown = {Keep.SURVIVOR: mine, Keep.ABSORBED: theirs, Keep.BOTH: (_("Keep both"),)}
    made = tuple(Choice(one, shown[one], one == wanted, numbers[one]) for one in line.choices)
    return Row(line.field, label, made, ())


def choices(preview: Preview, typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was chosen of the fields that the page showed."""
    return {
        line.field: keep
        for line in preview.lines
        if (keep := typed.get(f"keep_{line.field}", "")) and keep in line.choices
    }


def _words(field: str, value: Any) -> tuple[str, ...]:
    if field in ("names", "telecoms", "addresses", "contacts"):
        return tuple(_LISTED[field](one) for one in value)
    if field == "birth":
        born, precision = value
        return (str(known(born, precision)),) if born else ()
    if field == "deceased":
        return (_("Deceased"),) if value[0] else ()
    (only,) = value
    if field == "sex":
        return (str(Patient.Sex(only).label),) if only != Patient.Sex.UNKNOWN else ()
    if field in ("interpreter_needed", "mother"):
        return ((_("Yes") if field == "interpreter_needed" else _("Recorded")),) if only else ()
    return (str(only),) if only else ()


def _name(one: Any) -> str:
    shown = ", ".join(part for part in (one.family.upper(), one.given) if part)
    return shown if one.use == "official" else f"{shown} ({PatientName.Use(one.use).label})"


_LISTED = {
    "names": _name,
    "telecoms": lambda one: one.value,
    "addresses": lambda one: ", ".join(
        part for part in (*one.lines.splitlines(), f"{one.postal_code} {one.city}".strip(), one.country) if part
    ),
    "contacts": lambda one: " · ".join(part for part in (one.name, one.relationship, one.phone) if part),
}
