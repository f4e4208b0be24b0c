"""Which records are one person: a merged record points to the one in which the patient is kept now."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import connection

_STANDING: Final = """
WITH RECURSIVE way AS (
    SELECT id, merged_into_id FROM people_patient WHERE id = %s
    UNION ALL SELECT next.id, next.merged_into_id FROM people_patient AS next JOIN way ON next.id = way.merged_into_id
) SELECT id FROM way WHERE merged_into_id IS NULL
"""
_ONE_PERSON: Final = """
WITH RECURSIVE one AS (
    SELECT id AS standing, id FROM unnest(%s::uuid[]) AS id
    UNION ALL SELECT one.standing, merged.id FROM people_patient AS merged JOIN one ON merged.merged_into_id = one.id
) SELECT standing, id FROM one ORDER BY standing, id
"""


def standing_id(patient_id: UUID) -> UUID:
    """Return the record in which a patient is kept now: the one given, unless it was merged. The caller permits."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [patient_id])
        found = cursor.fetchone()
    return found[0] if found else patient_id


def one_person(patient_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Return, for each standing record, itself and every record that was merged into it. The caller permits.

    What is append-only stays filed under the record for which it was written: reads of it ask here.
    """
    found: dict[UUID, list[UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ONE_PERSON, [list(patient_ids)])
        for standing, key in cursor.fetchall():
            found.setdefault(standing, []).append(key)
    return found
