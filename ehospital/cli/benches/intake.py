"""A register of 20,000 rows comes into use: how long, in what memory, undone how fast, and what a repeat changes."""

import csv
import io
import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ehospital.cli.benches import Bar, Result
from ehospital.cli.benches.duplicate_pairs import MISTAKES, Drawn, World
from ehospital.cli.benches.ground import own_record, timed_ms
from ehospital.cli.benches.import_fhir import rows_touched, watched_memory

ROWS, KNOWN, TWICE, SEED = 20_000, 20_000, 0.4, 9_113
"""Of the rows, four in ten are of somebody whom the file names before, or whom the record of 20,000 knows."""
SINGLE = 200
IMPORT_S, MEMORY_MB, UNDO_S = 600.0, 500.0, 120.0


def run() -> Result:
    """Bring an invented register in, once more, and undo it, in a record that knows some of its people."""
    content, known = invented()
    with own_record():
        return _measure(content, known)


def invented() -> tuple[bytes, list[Drawn]]:
    """Return a CSV register, and the people whom the record knows before."""
    world, chance = World(SEED), random.Random(SEED)
    known = [world.person() for _ in range(KNOWN)]
    people: list[Drawn] = []
    while len(people) < ROWS:
        seen = people if people and chance.random() < 0.7 else known
        again = bool(people) and chance.random() < TWICE
        people.append(_again(chance.choice(seen), world, chance) if again else world.person())
    held = io.StringIO(newline="")
    writer = csv.writer(held, delimiter=";")
    writer.writerow(
        ["No", "Family name", "First name", "Sex", "Date of birth", "Telephone", "Address", "Town", "Postcode"]
    )
    for number, one in enumerate(people, 1):
        writer.writerow([
            number, one.family, one.given, one.sex[0].upper(), f"{one.born:%d/%m/%Y}", one.phone, one.street, one.town,
            one.code,
        ])  # fmt: skip
    return held.getvalue().encode("utf-8-sig"), known


def _again(one: Drawn, world: World, chance: random.Random) -> Drawn:
    """The same person, half of the time with a mistake."""
    return MISTAKES[chance.choice(sorted(MISTAKES))](one, world) if chance.random() < 0.5 else replace(one)


def _measure(content: bytes, known: list[Drawn]) -> Result:
    from ehospital.people.models import Patient

    _fill(known)
    before = Patient.objects.count()
    with watched_memory() as peak:
        first, read_s, check_s, take_s = _taken(content)
    made = Patient.objects.count() - before
    touched = _records()
    again, *_ = _taken(content)
    changed = float(_records() - touched)
    undo_s = _undone(again) and _undone(first)
    left = Patient.objects.count() - before
    counts = _counts(first)
    bars = {
        "import_s": Bar(IMPORT_S, round(read_s + check_s + take_s, 1)),
        "peak_memory_mb": Bar(MEMORY_MB, round(peak[0], 1)),
        "undo_s": Bar(UNDO_S, undo_s),
        "rows_of_the_record_changed_by_a_repeat": Bar(0, changed),
        "patients_left_after_undoing": Bar(0, float(left)),
    }
    figures = {
        "rows": float(ROWS),
        "known_patients": float(KNOWN),
        "patients_made": float(made),
        "read_s": read_s,
        "check_s": check_s,
        "take_s": take_s,
        "undo_s": undo_s,
        **{f"rows_{name}": float(count) for name, count in counts.items() if not name.startswith("row-")},
    }
    return Result("intake", figures=figures, ratios={"check_single_to_many": _single_to_many(known)}, bars=bars)


def _fill(known: list[Drawn]) -> None:
    from django.db import connection

    from ehospital.kernel.identifiers import uuid7
    from ehospital.people import access, actions

    at = datetime.now(UTC)
    by = access.system("bench", at=at)
    people = [(uuid7(), one.details()) for one in known]
    for start in range(0, len(people), 2000):
        actions.import_patients(people[start : start + 2000], [], by=by, at=at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _taken(content: bytes) -> tuple[UUID, float, float, float]:
    """Bring a register into use and return its id, and the seconds for reading, checking and taking in."""
    from ehospital.algorithms.written_days import Order
    from ehospital.people import access
    from ehospital.people.actions import registers
    from ehospital.people.models import RegisterImport
    from ehospital.people.policies.register_settings import RegisterSettings

    at = datetime.now(UTC)
    by = access.system("bench", at=at)
    key = registers.bring_register(content, file_name="register.csv", by=by, at=at)
    read_s = _worked(key)
    register = RegisterImport.objects.get(pk=key)
    told = RegisterSettings.from_json(register.settings)
    birth = told.column_of("birth")
    settings = replace(told, register="Bench", orders={birth: Order.DAY} if birth is not None else {})
    registers.describe_register(key, settings, seen_version=register.version, by=by, at=at)
    registers.check_register(key, seen_version=register.version + 1, by=by, at=at)
    check_s = _worked(key)
    register.refresh_from_db()
    registers.take_register(key, seen_version=register.version, by=by, at=at)
    return key, read_s, check_s, _worked(key)


def _worked(key: UUID) -> float:
    """Do what the worker does until the step is done, and return its seconds."""
    from ehospital.people.actions import registers
    from ehospital.people.queries.register_candidates import Inside

    inside = Inside()

    def work() -> None:
        while registers.work_on(key, inside, at=datetime.now(UTC)):
            pass

    return round(timed_ms(work) / 1000, 1)


def _undone(key: UUID) -> float:
    from ehospital.people import access
    from ehospital.people.actions import registers
    from ehospital.people.models import RegisterImport

    at = datetime.now(UTC)
    register = RegisterImport.objects.get(pk=key)
    by = access.system("bench", at=at)
    registers.undo_register(key, seen_version=register.version, by=by, at=at)
    return _worked(key)


def _counts(key: UUID) -> dict[str, int]:
    from ehospital.people.models import RegisterImport

    return dict(RegisterImport.objects.get(pk=key).counts)


def _records() -> int:
    """Return how often rows of patients were written so far: all tables but those of the imports themselves."""
    return rows_touched(
        "people_patient", "people_patientname", "people_patientidentifier", "people_patienttelecom",
        "people_patientaddress", "people_patientcontact", "people_patienttraits",
    )  # fmt: skip


def _single_to_many(known: list[Drawn]) -> float:
    """Return how many times longer the candidates of some people take, one by one, than all at once."""
    from ehospital.people import comparing
    from ehospital.people.queries.duplicates import candidates
    from ehospital.people.queries.register_candidates import candidates_of_many

    people: dict[int, Any] = {number: comparing.person(one.details()) for number, one in enumerate(known[:SINGLE])}
    many = timed_ms(lambda: candidates_of_many(people))
    single = timed_ms(lambda: [candidates(one) for one in people.values()])
    return round(single / many, 2)
