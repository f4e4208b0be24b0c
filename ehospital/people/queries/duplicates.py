"""Reads of duplicates: who might be the person described, and the pairs that somebody has to look at."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q

from ehospital.algorithms import matching
from ehospital.algorithms.matching_levels import Person
from ehospital.foundation import audit
from ehospital.people import access, comparing
from ehospital.people.details import PatientDetails
from ehospital.people.models import DuplicatePair, Patient, PatientIdentifier, PatientTraits
from ehospital.people.queries.finding import Found, lines

SHOWN_AT_MOST: Final = 5
CONSIDERED: Final = 300
NAMESAKES: Final = 100
PAIRS_AT_MOST: Final = 100

# The limit stands outside: inside, PostgreSQL would rather read the whole table until it has so many.
_WITH_KEYS = """
WITH found AS MATERIALIZED (SELECT patient_id, told::text FROM people_patienttraits WHERE keys && %(keys)s::text[])
SELECT patient_id, told FROM found LIMIT %(most)s
"""


@dataclass(frozen=True)
class Alike:
    """A known patient who may be the person described: the line to show, and the judgement."""

    found: Found
    match: matching.Match


@dataclass(frozen=True)
class Pair:
    """Two records on the worklist; `first` is the one to keep: of which more is known, else the older one.

    `reasons` are codes of `algorithms.matching`, the weightiest first.
    """

    id: UUID
    first: Found
    second: Found
    state: str
    probability: float
    reasons: tuple[str, ...]
    found_at: datetime
    row_version: int


def likely_same(
    details: PatientDetails, *, viewer: access.Actor, at: datetime, besides: UUID | None = None
) -> list[Alike]:
    """Return at most five patients who may be the person described, the likeliest first; audited.

    Args:
        besides: the patient whose details these are.
    Raises:
        NotPermitted: `viewer` may not search.
    """
    access.require(viewer, access.Permission.PATIENT_SEARCH)
    told = comparing.person(details)
    judged = [(key, matching.compare(told, one)) for key, one in candidates(told) if key != besides]
    worth = [(key, match) for key, match in judged if match.verdict is not matching.Verdict.UNLIKELY]
    best = sorted(worth, key=lambda one: (-one[1].probability, one[0]))[:SHOWN_AT_MOST]
    # The check runs anew with every word typed: whoever is shown is written down once for the same look.
    audit.record_listed("patient.searched", [key for key, _ in best], by=viewer, at=at, subject="duplicate-check")
    found = {one.id: one for one in lines([key for key, _ in best], viewer)}
    return [Alike(found[key], match) for key, match in best]


def candidates(told: Person) -> list[tuple[UUID, Person]]:
    """Return active patients who share a key or a number with the person, at most 400, for the caller to compare."""
    keys = comparing.keys(told)
    names = [key for key in keys if key.startswith(comparing.NAMES_ALONE)]
    strong = [key for key in keys if not key.startswith(comparing.NAMES_ALONE)]
    found = {**_with_keys(strong, CONSIDERED), **_with_keys(names, NAMESAKES)}
    missing = _with_numbers(told) - found.keys()
    rows = PatientTraits.objects.filter(pk__in=missing).values_list("patient_id", "told") if missing else ()
    found |= dict(rows)
    active = Patient.objects.filter(pk__in=found.keys(), active=True).values_list("pk", flat=True)
    return [(key, comparing.from_json(found[key])) for key in sorted(active)]


def _with_keys(keys: list[str], most: int) -> dict[UUID, Any]:
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_WITH_KEYS, {"keys": keys, "most": most})
        return {key: json.loads(told) for key, told in cursor.fetchall()}


def _with_numbers(told: Person) -> set[UUID]:
    """Return whose numbers these are; numbers are kept as they were written, in capitals if they have letters."""
    if not told.numbers:
        return set()
    numbered = Q(pk__in=[])
    for system, value in sorted(told.numbers):
        numbered |= Q(system=system, value__in=[value, value.upper()])
    return set(PatientIdentifier.objects.filter(numbered).values_list("patient_id", flat=True))


def duplicate_pairs(*, viewer: access.Actor, at: datetime) -> list[Pair]:
    """Return the open pairs, the likeliest first, at most 100; audited.

    Raises:
        NotPermitted: `viewer` may not merge patients.
    """
    access.require(viewer, access.Permission.PATIENT_MERGE)
    rows = DuplicatePair.objects.filter(state=DuplicatePair.State.OPEN, first__active=True, second__active=True)
    pairs = _pairs(rows.order_by("-probability", "id")[:PAIRS_AT_MOST], viewer)
    shown = [one.id for pair in pairs for one in (pair.first, pair.second)]
    audit.record_listed("duplicates.listed", shown, by=viewer, at=at)
    return pairs


def _pairs(rows: Iterable[DuplicatePair], viewer: access.Actor) -> list[Pair]:
    rows = list(rows)
    keys = dict.fromkeys(key for row in rows for key in (row.first_id, row.second_id))
    found = {one.id: one for one in lines(list(keys), viewer)}
    known = _told(keys)
    return [
        Pair(
            id=row.id,
            first=found[kept],
            second=found[other],
            state=row.state,
            probability=row.probability,
            reasons=tuple(code for code, weight in row.reasons if weight > 0),
            found_at=row.found_at,
            row_version=row.row_version,
        )
        for row in rows
        for kept, other in (_fuller_first(row, known),)
    ]


def _told(keys: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many facts are told of each patient."""
    rows = PatientTraits.objects.filter(pk__in=list(keys)).values_list("patient_id", "told")
    return {
        key: sum(len(value) if isinstance(value, list) else bool(value) for value in told.values())
        for key, told in rows
    }


def _fuller_first(row: DuplicatePair, known: dict[UUID, int]) -> tuple[UUID, UUID]:
    both = (row.first_id, row.second_id)
    return both if known.get(both[0], 0) >= known.get(both[1], 0) else (both[1], both[0])
