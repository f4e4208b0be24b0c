"""What goes into a treatment plan: plain frozen values, the same from a template, a form or a simulator."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from ehospital.kernel.timing import Timing


@dataclass(frozen=True, slots=True)
class Aim:
    """One goal. With a `measure` (LOINC) and a unit (UCUM) it is reached between `low` and `high`, both included.

    `key` tells which goal it is: its id, or, in what a template proposes, the template's own word. Empty is a new one.
    """

    words: str
    key: str = ""
    measure: str = ""
    measure_words: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    due_on: date | None = None
    counts_for_days: int = 90
    note: str = ""
    template_key: str = ""


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does it: `patient`, `carer`, a `role` (its word), a `unit`, a member of `staff` (their id); empty: nobody."""

    who: str = ""
    role: str = ""
    unit_id: UUID | None = None
    staff_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One activity; for what is done once, `ends_on` is by when. `key` as in `Aim`."""

    words: str
    key: str = ""
    instructions: str = ""
    doer: Doer = Doer()
    timing: Timing | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    template_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDetails:
    """A plan with everything in it; what a goal or a task of before is not in it is dropped."""

    title: str
    description: str = ""
    template: str = ""
    template_version: str = ""
    problem_ids: tuple[UUID, ...] = ()
    aims: tuple[Aim, ...] = ()
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True)
class Because:
    """Why a plan differs: for the whole of it, and for single goals and tasks by their keys."""

    whole: str = ""
    lines: Mapping[str, str] = field(default_factory=dict)

    def of(self, key: str) -> str:
        """Return the reason for one line."""
        return self.lines.get(key, "").strip() or self.whole.strip()
