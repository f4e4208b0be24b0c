"""How fast the records of another system come in, and what a second import changes."""

import json
import os
import random
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import psutil

from ehospital.cli.benches import Bar, Result
from ehospital.cli.benches.ground import own_record
from ehospital.cli.commands.import_records import processes_for

if TYPE_CHECKING:
    from ehospital.fhir.importing.report import Report

BUNDLES, PROCESSES = 200, 2
WANTED_PER_S, MOST_MEMORY_MB = 8.0, 1000.0
REAL = Path("synthea_r4") / "patients.tar.xz"
SAMPLE_S = 0.1
_NAMES = UUID("d9e3f2a8-0000-4000-8000-00000000be7c")
_SNOMED, _LOINC = "http://snomed.info/sct", "http://loinc.org"


def run() -> Result:
    """Import the real bundles of EHOSPITAL_EXTERNAL_DATA, or invented ones of the same make; then once again."""
    real = Path(os.environ.get("EHOSPITAL_EXTERNAL_DATA", "/none")) / REAL
    with own_record(), tempfile.TemporaryDirectory(prefix="ehospital-bench-", dir="/var/tmp") as folder:
        if not real.is_file():
            _invent(Path(folder))
        paths = [real if real.is_file() else Path(folder)]
        with watched_memory() as peak:
            first = _import(paths)
        before = rows_touched()
        again = _import(paths)
        changed = float(rows_touched() - before)
    left = {kind: missing for report in (first, again) for kind, missing in report.unaccounted().items()}
    if left or not (first.complete and again.complete):
        raise RuntimeError(f"not every resource is accounted for: {left or first.stopped_by or again.stopped_by}")
    per_s = round(first.bundles / first.seconds, 2)
    return Result(
        "import",
        figures={
            "bundles": first.bundles,
            "patients": first.patients,
            "resources": first.total("read"),
            "bundles_per_s": per_s,
            "resources_per_s": round(first.total("read") / first.seconds, 1),
            "peak_memory_mb": round(peak[0], 1),
            "second_import_s": round(again.seconds, 2),
            "rows_changed_by_second_import": changed,
        },
        ratios={"first_to_second": round(first.seconds / again.seconds, 2)},
        bars={
            "bundles_per_s": Bar(WANTED_PER_S, per_s, at_least=True),
            "peak_memory_mb": Bar(MOST_MEMORY_MB, round(peak[0], 1)),
            "rows_changed_by_second_import": Bar(0, changed),
        },
    )


def _import(paths: list[Path]) -> "Report":
    from ehospital.fhir.importing import importer

    with processes_for(PROCESSES) as executor:
        return importer.run(paths, source="bench", at=datetime.now(UTC), zone="UTC", executor=executor, hands=PROCESSES)


def rows_touched(*tables: str) -> int:
    """Return how many rows were written since the server began: of these tables, or of all."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables "
            "WHERE relname = ANY(%s) OR cardinality(%s::text[]) = 0",
            [list(tables), list(tables)],
        )
        return int(cursor.fetchone()[0])


@contextmanager
def watched_memory() -> Iterator[list[float]]:
    """Watch the memory of this process and of those that work for it (not of the database)."""
    peak, over = [0.0], threading.Event()

    def watch() -> None:
        us = psutil.Process()
        while not over.wait(SAMPLE_S):
            peak[0] = max(peak[0], sum(_megabytes(one) for one in [us, *us.children(recursive=True)]))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _megabytes(process: psutil.Process) -> float:
    try:
        if "postgres" in process.name() or "nats" in process.name():
            return 0.0
        return float(process.memory_info().rss) / 2**20
    except psutil.Error:
        return 0.0


def _invent(folder: Path) -> None:
    """Write bundles in the make of Synthea's: about 300 resources each, a third of them bills."""
    for number in range(BUNDLES):
        chance = random.Random(number)
        entries = list(_entries(f"patient {number}", chance))
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        (folder / f"{number:04d}.json").write_text(json.dumps(bundle, indent=1))


def _entries(who: str, chance: random.Random) -> Iterator[dict[str, Any]]:
    name = [{"family": f"Bench{chance.randrange(10_000)}", "given": ["Invented"]}]
    number = [{"system": "urn:bench:number", "value": who}]
    yield _entry("Patient", who, name=name, identifier=number, birthDate=f"19{chance.randrange(30, 99)}-03-04")
    clinic, doctor = f"clinic {chance.randrange(50)}", f"doctor {chance.randrange(50)}"
    yield _entry("Organization", clinic, name=clinic.upper())
    yield _entry("Practitioner", doctor, name=[{"family": doctor.title()}])
    subject = _link(who)
    for visit in range(chance.randrange(20, 40)):
        at = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(days=visit * 30, hours=chance.randrange(20))
        here = f"{who} visit {visit}"
        yield _encounter(here, at, subject, clinic, doctor)
        shared = {"subject": subject, "encounter": _link(here)}
        results = [f"{here} result {place}" for place in range(chance.randrange(2, 8))]
        for place, one in enumerate(results):
            yield _result(one, place, at, chance, shared)
        panel = {"effectiveDateTime": at.isoformat(), "result": [_link(one) for one in results]}
        yield _entry(
            "DiagnosticReport", f"{here} panel", status="final", code=_coded(_LOINC, "1", "Panel"), **shared, **panel
        )
        done = {"status": "completed", "performedPeriod": {"start": at.isoformat()}}
        yield _entry("Procedure", f"{here} done", code=_coded(_SNOMED, "73761001", "Colonoscopy"), **done, **shared)
        for bill in ("Claim", "ExplanationOfBenefit"):
            items = [{"sequence": place, "net": {"value": 129.16, "currency": "USD"}} for place in range(40)]
            yield _entry(bill, f"{here} {bill}", status="active", patient=subject, item=items)


def _encounter(here: str, at: datetime, subject: dict[str, str], clinic: str, doctor: str) -> dict[str, Any]:
    period = {"start": at.isoformat(), "end": (at + timedelta(minutes=15)).isoformat()}
    more = {"participant": [{"individual": _link(doctor)}], "serviceProvider": _link(clinic), "class": {"code": "AMB"}}
    kind = [_coded(_SNOMED, "185349003", "Encounter for check up")]
    return _entry("Encounter", here, status="finished", subject=subject, period=period, type=kind, **more)


def _result(name: str, place: int, at: datetime, chance: random.Random, shared: dict[str, Any]) -> dict[str, Any]:
    value = {"value": chance.uniform(1, 200), "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL"}
    category = [_coded("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "laboratory")]
    code = _coded(_LOINC, f"{2000 + place}-0", f"Analyte {place}")
    more = {"category": category, "valueQuantity": value, "effectiveDateTime": at.isoformat()}
    return _entry("Observation", name, status="final", code=code, **more, **shared)


def _coded(system: str, code: str, words: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": words}], "text": words}


def _link(name: str) -> dict[str, str]:
    return {"reference": f"urn:uuid:{uuid5(_NAMES, name)}"}


def _entry(kind: str, called: str, /, **resource: Any) -> dict[str, Any]:
    key = str(uuid5(_NAMES, called))
    return {"fullUrl": f"urn:uuid:{key}", "resource": {"resourceType": kind, "id": key, **resource}}
