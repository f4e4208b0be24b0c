"""Who could be the people of many rows, asked at once: the same keys as `queries.duplicates`, in one question."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import connection

from ehospital.algorithms.matching_levels import Person
from ehospital.algorithms.register_match import namesakes_only
from ehospital.people import comparing
from ehospital.people.models import PatientIdentifier, PatientTraits
from ehospital.people.queries.duplicates import CONSIDERED, NAMESAKES

# The limits stand outside, as for one person. Namesakes whose birth dates differ and who live elsewhere are left out
# here (`register_match.namesakes_only`): they are most of whom a common name leads to.
_OF_MANY: Final = """
SELECT asked.number, hit.patient_id, hit.told::text
FROM jsonb_to_recordset(%(asked)s::jsonb)
    AS asked(number int, strong text[], names text[], born text, area text, home bool)
CROSS JOIN LATERAL (
    SELECT patient_id, told FROM (
        WITH found AS MATERIALIZED (SELECT patient_id, told FROM people_patienttraits WHERE keys && asked.strong)
        SELECT patient_id, told FROM found LIMIT %(considered)s
    ) strong
    UNION ALL
    SELECT patient_id, told FROM (
        WITH found AS MATERIALIZED (
            SELECT patient_id, told FROM people_patienttraits WHERE keys && asked.names
        )
        SELECT patient_id, told FROM found
        WHERE asked.born IS NULL OR told->'birth'->>1 <> 'day' OR told->'birth'->>0 LIKE '%%-01-01'
            OR left(told->'birth'->>0, 4) = left(asked.born, 4) OR right(told->'birth'->>0, 2) = right(asked.born, 2)
            OR CASE WHEN asked.area <> '' AND told->>'area' <> '' THEN told->>'area' = asked.area
                ELSE asked.home AND told->>'address' <> '' END
        LIMIT %(namesakes)s
    ) named
) hit
JOIN people_patient held ON held.id = hit.patient_id AND held.active
"""


def candidates_of_many(people: Mapping[int, Person]) -> dict[int, list[tuple[UUID, Person]]]:
    """Return for each of many people the active patients to compare with, in the order of their keys.

    Args:
        people: by a number of the caller's.
    """
    found: dict[int, dict[UUID, Person]] = {number: {} for number in people}
    with connection.cursor() as cursor:
        cursor.execute(
            _OF_MANY,
            {
                "asked": json.dumps([_asked(number, one) for number, one in people.items()]),
                "considered": CONSIDERED,
                "namesakes": NAMESAKES,
            },
        )
        for number, key, told in cursor.fetchall():
            if key not in found[number]:
                found[number][key] = comparing.from_json(json.loads(told))
    _add_numbered(people, found)
    return {number: sorted(held.items()) for number, held in found.items()}


def _asked(number: int, one: Person) -> dict[str, object]:
    keys = comparing.keys(one)
    exact = one.birth_on is not None and one.birth_precision == "day"
    exact = exact and (one.birth_on.month, one.birth_on.day) != (1, 1)  # type: ignore[union-attr]
    return {
        "number": number,
        "strong": [key for key in keys if not key.startswith(comparing.NAMES_ALONE)],
        "names": [key for key in keys if key.startswith(comparing.NAMES_ALONE)],
        "born": one.birth_on.isoformat() if exact and one.birth_on else None,
        "area": one.area,
        "home": bool(one.address),
    }


def _add_numbered(people: Mapping[int, Person], found: dict[int, dict[UUID, Person]]) -> None:
    """Add whose official numbers these are: numbers are kept as they were written, in capitals if they have letters."""
    asked: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, one in people.items():
        for system, value in one.numbers:
            for written in {value, value.upper()}:
                asked[system, written].append(number)
    if not asked:
        return
    rows = PatientIdentifier.objects.filter(
        system__in={system for system, _ in asked}, value__in={value for _, value in asked}, patient__active=True
    ).values_list("system", "value", "patient_id")
    missing = [
        (number, key)
        for system, value, key in rows
        for number in asked.get((system, value), ())
        if key not in found[number]
    ]
    traits = PatientTraits.objects.filter(pk__in={key for _, key in missing}).values_list("patient_id", "told")
    told = {key: comparing.from_json(one) for key, one in traits}
    for number, key in missing:
        if key in told:
            found[number][key] = told[key]


@dataclass
class Inside:
    """The rows of one file so far, by the same keys, in memory: 20,000 rows take some 60 MB."""

    people: dict[int, Person] = field(default_factory=dict)
    first_of: dict[int, int] = field(default_factory=dict)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    by_key: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    last: int = 0

    def add(self, number: int, one: Person, *, first: int | None = None) -> None:
        """Add a row; `first` is the row of the same person that came before it."""
        self.people[number] = one
        self.first_of[number] = first or number
        for key in comparing.keys(one):
            self.by_key[key].append(number)
        for held in one.numbers:
            self.numbers.setdefault(held, number)

    def candidates(self, one: Person) -> list[tuple[int, Person]]:
        """Return the earlier rows to compare with, in their order."""
        found: set[int] = set()
        names: set[int] = set()
        for key in comparing.keys(one):
            into, most = (names, NAMESAKES) if key.startswith(comparing.NAMES_ALONE) else (found, CONSIDERED)
            into.update(self.by_key.get(key, ())[:most])
        found |= {number for number in names - found if not namesakes_only(one, self.people[number])}
        found |= {self.numbers[held] for held in one.numbers if held in self.numbers}
        return [(number, self.people[number]) for number in sorted(found)]
