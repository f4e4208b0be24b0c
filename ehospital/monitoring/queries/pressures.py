"""The newest blood pressure of many patients, from the bedside."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from ehospital.monitoring.models.mistakes import STANDS
from ehospital.people.queries import one_person

_NEWEST: Final = f"""
SELECT asked.key, newest.taken_at, newest.sbp, newest.dbp FROM unnest(%(keys)s::uuid[]) AS asked(key)
CROSS JOIN LATERAL (
    SELECT taken_at, sbp, dbp FROM vital_frame AS frame
    WHERE frame.patient_id = asked.key AND frame.taken_at >= %(since)s AND frame.taken_at <= %(until)s
        AND frame.sbp IS NOT NULL AND {STANDS}
    ORDER BY frame.taken_at DESC LIMIT 1
) newest
"""  # noqa: S608  a constant of ours

Seen = tuple[datetime, float, float | None]
"""When, systolic and diastolic, in mmHg."""


def newest_pressures(patient_ids: Collection[UUID], *, since: datetime, until: datetime) -> dict[UUID, Seen]:
    """Return the newest pressure of each who has one in that time, whichever record of theirs it is filed under.

    The caller permits, and writes down whom it shows.
    """
    of = {key: standing for standing, keys in one_person(patient_ids).items() for key in keys}
    found: dict[UUID, Seen] = {}
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, {"keys": list(of), "since": since, "until": until})
        for key, at, high, low in cursor.fetchall():
            if of[key] not in found or at > found[of[key]][0]:
                found[of[key]] = (at, high, low)
    return found
