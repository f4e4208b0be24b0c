"""What survives when two records become one: for each part of the details, whose is kept.

Pure: the preview shows what these functions say, and the merge does what they say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ehospital.people.details import PatientDetails


class Keep(StrEnum):
    """Whose value is kept."""

    SURVIVOR = "survivor"
    ABSORBED = "absorbed"
    BOTH = "both"


SCALARS: Final[Mapping[str, tuple[str, ...]]] = {
    "sex": ("sex",),
    "birth": ("birth_on", "birth_precision"),
    "deceased": ("deceased", "deceased_at"),
    "language": ("language",),
    "interpreter_needed": ("interpreter_needed",),
    "communication_needs": ("communication_needs",),
    "marital_status": ("marital_status",),
    "mother": ("mother_id",),
}
"""The parts of which a person has one; each is kept whole, from one of the two."""
LISTS: Final = ("names", "telecoms", "addresses", "contacts")
"""The parts of which a person may have several. Names: whose stands first; the other one's become former names."""
FIELDS: Final = (*("names",), *SCALARS, "telecoms", "addresses", "contacts")

_NOTHING: Final = (None, "", "unknown", False)
_PRECISION: Final = ("unknown", "year", "month", "day")


class UnknownChoice(ValueError):
    """A choice names no field, or keeps something that this field cannot keep."""


@dataclass(frozen=True)
class Line:
    """One line of the preview: both values, what is proposed, and what may be chosen."""

    field: str
    survivor: Any
    absorbed: Any
    proposed: Keep
    choices: tuple[Keep, ...]

    @property
    def same(self) -> bool:
        """Whether there is nothing to choose."""
        return bool(self.survivor == self.absorbed)


def lines(survivor: PatientDetails, absorbed: PatientDetails) -> list[Line]:
    """Return every field with what is proposed: the survivor's value, unless only the other one has any."""
    return [_line(field, survivor, absorbed) for field in FIELDS]


def _line(field: str, survivor: PatientDetails, absorbed: PatientDetails) -> Line:
    mine, theirs = _value(field, survivor), _value(field, absorbed)
    choices = (Keep.SURVIVOR, Keep.ABSORBED)
    if field in ("telecoms", "addresses", "contacts"):
        return Line(field, mine, theirs, Keep.BOTH, (*choices, Keep.BOTH))
    if field == "birth":
        better = _PRECISION.index(absorbed.birth_precision) > _PRECISION.index(survivor.birth_precision)
        return Line(field, mine, theirs, Keep.ABSORBED if better else Keep.SURVIVOR, choices)
    if field == "names":
        temporary = all(name.use == "temp" for name in survivor.names)
        named = any(name.use != "temp" for name in absorbed.names)
        return Line(field, mine, theirs, Keep.ABSORBED if temporary and named else Keep.SURVIVOR, choices)
    empty, told = all(one in _NOTHING for one in mine), any(one not in _NOTHING for one in theirs)
    return Line(field, mine, theirs, Keep.ABSORBED if empty and told else Keep.SURVIVOR, choices)


def _value(field: str, details: PatientDetails) -> Any:
    if field in SCALARS:
        return tuple(getattr(details, name) for name in SCALARS[field])
    return getattr(details, field)


def chosen(survivor: PatientDetails, absorbed: PatientDetails, choices: Mapping[str, str]) -> dict[str, Keep]:
    """Return what is kept of each field: what was chosen, else what is proposed.

    Raises:
        UnknownChoice: there is no such field, or it cannot be kept so.
    """
    proposed = {line.field: line for line in lines(survivor, absorbed)}
    for field, keep in choices.items():
        if field not in proposed or keep not in proposed[field].choices:
            raise UnknownChoice(f"{field!r} cannot be kept as {keep!r}")
    return {field: Keep(choices.get(field, line.proposed)) for field, line in proposed.items()}
