"""How long the desk waits for a patient among 200,000."""

import random
from datetime import UTC, date, datetime, timedelta

from ehospital.cli.benches import Bar, Result
from ehospital.cli.benches.ground import own_record, p50, p95, timed_ms

PATIENTS, BATCH = 200_000, 2000
SEARCHES = 60
BAR_MS = 50.0


def run() -> Result:
    """Search by name (whole, begun, misspelt), number and birth date; beside it the same without an index."""
    with own_record():
        return _measure()


def _measure() -> Result:
    from django.db import connection

    from ehospital.people import access, queries

    at = datetime.now(UTC)
    viewer = access.system("bench", at=at)
    chance = random.Random(7)
    names, numbers, births = _fill(at, chance)
    typed = {
        "whole_name": [" ".join(chance.choice(names)) for _ in range(SEARCHES)],
        "begun_name": [f"{family[:4]} {given[:3]}" for given, family in chance.choices(names, k=SEARCHES)],
        "misspelt_name": [_misspelt(" ".join(chance.choice(names)), chance) for _ in range(SEARCHES)],
        "number": chance.choices(numbers, k=SEARCHES),
        "birth_date": [day.isoformat() for day in chance.choices(births, k=SEARCHES)],
    }
    took = {
        kind: [timed_ms(lambda text=text: queries.find_patients(text, viewer=viewer, at=at)) for text in texts]  # type: ignore[misc]
        for kind, texts in typed.items()
    }
    with connection.cursor() as cursor:
        cursor.execute("SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off")
        scanned = [
            timed_ms(lambda text=text: queries.find_patients(text, viewer=viewer, at=at))  # type: ignore[misc]
            for text in typed["whole_name"][:5]
        ]
    every = [value for values in took.values() for value in values]
    return Result(
        "search",
        figures={
            "patients": PATIENTS,
            **{f"{kind}_p95_ms": p95(values) for kind, values in took.items()},
            "all_p50_ms": p50(every),
            "all_p95_ms": p95(every),
            "without_index_p50_ms": p50(scanned),
        },
        ratios={"without_to_with_index": round(p50(scanned) / p50(took["whole_name"]), 1)},
        bars={"all_p95_ms": Bar(BAR_MS, p95(every))},
    )


def _fill(at: datetime, chance: random.Random) -> tuple[list[tuple[str, str]], list[str], list[date]]:
    """Register invented people, named as people of several countries are."""
    from django.db import connection
    from faker import Faker

    from ehospital.kernel.identifiers import uuid7
    from ehospital.people import access, actions, naming
    from ehospital.people.details import IdentifierDetails, NameDetails, PatientDetails

    faker = Faker(["en_GB", "fr_FR", "de_DE", "no_NO", "es_ES", "tr_TR"])
    faker.seed_instance(7)
    given = [faker.first_name() for _ in range(1500)]
    family = [faker.last_name() for _ in range(4000)]
    people = [
        PatientDetails(
            names=(NameDetails(chance.choice(given), chance.choice(family)),),
            birth_on=date(1930, 1, 1) + timedelta(days=chance.randrange(34_000)),
            birth_precision="day",
            identifiers=(IdentifierDetails(naming.HOSPITAL_NUMBER, str(30_000_000 + index), "MR"),),
        )
        for index in range(PATIENTS)
    ]
    by = access.system("bench", at=at)
    for start in range(0, PATIENTS, BATCH):
        actions.import_patients([(uuid7(), one) for one in people[start : start + BATCH]], [], by=by, at=at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    names = [(one.names[0].given, one.names[0].family) for one in people]
    return names, [one.identifiers[0].value for one in people], [one.birth_on for one in people if one.birth_on]


def _misspelt(text: str, chance: random.Random) -> str:
    """Swap two neighbouring letters, as fingers do."""
    where = chance.randrange(1, len(text) - 2)
    return text[:where] + text[where + 1] + text[where] + text[where + 2 :]
