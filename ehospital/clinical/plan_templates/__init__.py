"""Templates of treatment plans: one JSON file each, restated facts with their source, to be adapted to the patient.

A template names the codes of the problems that it answers to (the beginning of an ICD-10 code, or a whole SNOMED code),
goals with the bounds inside which a target needs no reason, activities, and cautions. `version` changes with the file:
a plan remembers from which it was made. Texts are content, in the language that the file names.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec

from ehospital.algorithms.plan_cautions import Caution, When
from ehospital.clinical.plan_details import Aim, Doer, PlanDetails, Task
from ehospital.clinical.policies.plan_measures import measure_of
from ehospital.kernel import timing


class Bounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Between which values each end of a target needs no reason, both included; None: that end is not bounded."""

    low: tuple[Decimal, Decimal] | None = None
    high: tuple[Decimal, Decimal] | None = None


class GoalLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One goal of a template."""

    key: str
    words: str
    measure: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    bounds: Bounds = Bounds()
    due_days: int | None = None
    counts_for_days: int = 90


class ActivityLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One activity of a template; `who` is patient, carer or role:<role>, `days` after how many it ends."""

    key: str
    words: str
    instructions: str
    who: str
    timing: dict[str, Any]
    days: int | None = None


class CautionLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to mind about a line, or about the whole."""

    about: str
    when: When
    words: str


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One template as its file has it."""

    key: str
    version: str
    language: str
    title: str
    description: str
    source: str
    codes: tuple[str, ...]
    goals: tuple[GoalLine, ...]
    activities: tuple[ActivityLine, ...]
    cautions: tuple[CautionLine, ...]
    flags: tuple[str, ...] = ()

    def goal(self, key: str) -> GoalLine | None:
        """Return one goal; None when there is none of that key."""
        return next((one for one in self.goals if one.key == key), None)


@cache
def templates() -> Mapping[str, Template]:
    """Return every template of the package by its key."""
    folder = files(__package__)
    found = [
        msgspec.json.decode(file.read_bytes(), type=Template)
        for file in sorted(folder.iterdir(), key=lambda one: one.name)
        if file.name.endswith(".json")
    ]
    return MappingProxyType({one.key: one for one in found})


def cautions(template: Template) -> list[Caution]:
    """Return what the template says to mind."""
    return [Caution(one.about, one.when, one.words) for one in template.cautions]


def proposal(template: Template, *, problem_ids: tuple[UUID, ...] = (), today: date) -> PlanDetails:
    """Return the plan that a template proposes, from today on; its keys are the template's."""
    return PlanDetails(
        title=template.title,
        description=template.description,
        template=template.key,
        template_version=template.version,
        problem_ids=problem_ids,
        aims=tuple(_aim(one, today) for one in template.goals),
        tasks=tuple(_task(one, today) for one in template.activities),
    )


def _aim(one: GoalLine, today: date) -> Aim:
    measure = measure_of(one.measure)
    return Aim(
        words=one.words,
        key=one.key,
        measure=one.measure,
        measure_words=str(measure.words) if measure else "",
        low=one.low,
        high=one.high,
        unit=one.unit,
        due_on=today + timedelta(days=one.due_days) if one.due_days else None,
        counts_for_days=one.counts_for_days,
        template_key=one.key,
    )


def _task(one: ActivityLine, today: date) -> Task:
    who, _, role = one.who.partition(":")
    return Task(
        words=one.words,
        key=one.key,
        instructions=one.instructions,
        doer=Doer(who, role),
        timing=timing.read(one.timing),
        starts_on=today,
        ends_on=today + timedelta(days=one.days - 1) if one.days else None,
        template_key=one.key,
    )
