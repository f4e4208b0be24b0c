"""How long a clinician waits for the chart of the patient with the most observations."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from ehospital.cli.benches import Bar, Result
from ehospital.cli.benches.ground import as_the_web_role, own_record, p50, p95, timed_ms

if TYPE_CHECKING:
    from django.test import Client

    from ehospital.kernel.frames import Frame

RESULTS, CONCEPTS, FRAMES, BATCH = 20_000, 60, 86_400, 4000
OPENINGS = 40
BAR_MS, BAR_QUERIES, BAR_AUDIT = 150.0, 25.0, 0.10


def run() -> Result:
    """Open the first page of a chart with 20,000 results and a day of frames at 1 Hz; beside it an empty chart."""
    with own_record():
        from django.conf import settings

        settings.DEMO = True  # the bench signs in without a second factor
        settings.ALLOWED_HOSTS = ["testserver"]
        return _measure()


def _measure() -> Result:
    at = datetime.now(UTC)
    full, empty, client = _people(at)
    unguarded_ms = [timed_ms(lambda: _open(client, full)) for _ in range(OPENINGS)][OPENINGS // 10 :]
    with as_the_web_role():
        full_ms = [timed_ms(lambda: _open(client, full)) for _ in range(OPENINGS)][OPENINGS // 10 :]
        empty_ms = [timed_ms(lambda: _open(client, empty)) for _ in range(OPENINGS)][OPENINGS // 10 :]
        queries = float(_queries(client, full))
    audit_ms = [timed_ms(lambda: _write_down(full, at)) for _ in range(OPENINGS)][OPENINGS // 10 :]
    past_ms = [timed_ms(lambda: _look_back(full)) for _ in range(OPENINGS)][OPENINGS // 10 :]
    audit_share = round(p50(audit_ms) / p50(full_ms), 3)
    return Result(
        "chart",
        figures={
            "results": RESULTS,
            "frames": FRAMES,
            "queries": queries,
            "p50_ms": p50(full_ms),
            "p95_ms": p95(full_ms),
            "unguarded_p50_ms": p50(unguarded_ms),
            "empty_p50_ms": p50(empty_ms),
            "audit_p50_ms": p50(audit_ms),
            "past_p50_ms": p50(past_ms),
        },
        ratios={
            "full_to_empty": round(p50(full_ms) / p50(empty_ms), 2),
            "audit_to_chart": audit_share,
            "guarded_to_unguarded": round(p50(full_ms) / p50(unguarded_ms), 2),
        },
        bars={
            "p95_ms": Bar(BAR_MS, p95(full_ms)),
            "queries": Bar(BAR_QUERIES, queries),
            "audit_to_chart": Bar(BAR_AUDIT, audit_share),
        },
    )


def _write_down(patient_id: UUID, at: datetime) -> None:
    """Write one look down by itself, its own transaction and commit included: the most that it adds to a page."""
    from django.db import transaction

    from ehospital.foundation import audit
    from ehospital.people import access

    with transaction.atomic():
        audit.record("chart.read", by=access.system("bench", at=at), at=at, patient_id=patient_id)


def _look_back(patient_id: UUID) -> None:
    """Read the whole record as it was a moment ago."""
    from ehospital.clinical.queries import past
    from ehospital.people import access

    at = datetime.now(UTC)
    if past.record_as_it_was(patient_id, at, viewer=access.system("bench", at=at), at=at, most=100) is None:
        raise RuntimeError("the patient was not there")


def _open(client: "Client", patient_id: UUID) -> None:
    answer = client.get(f"/staff/patients/{patient_id}/")
    if answer.status_code != 200:
        raise RuntimeError(f"the chart answered {answer.status_code}")


def _queries(client: "Client", patient_id: UUID) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        _open(client, patient_id)
    return sum(not one["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for one in asked)


def _people(at: datetime) -> tuple[UUID, UUID, "Client"]:
    """Return a patient with everything, one with nothing, and the browser of the doctor who cares for both."""
    from django.test import Client

    from ehospital.people import access, actions
    from ehospital.people.details import NameDetails, PatientDetails
    from ehospital.people.models import Account, CareRelationship

    by = access.system("bench", at=at)
    doctor = actions.employ(given="Bench", family="Doctor", by=by, at=at)
    actions.give_role(staff_id=doctor, role=access.Role.DOCTOR, by=by, at=at)
    account = actions.give_account(username="bench", password="bench" * 5, staff_id=doctor, by=by, at=at)
    keys = []
    for name in ("Full", "Empty"):
        details = PatientDetails((NameDetails(name, "Chart"),), birth_on=date(1950, 1, 1), birth_precision="day")
        keys.append(actions.register_patient(details, by=by, at=at))
        actions.begin_care(
            patient_id=keys[-1], staff_id=doctor, kind=CareRelationship.Kind.NAMED, source="bench:1", by=by, at=at
        )
    _fill(keys[0], at)
    client = Client()
    client.force_login(Account.objects.get(pk=account))
    return keys[0], keys[1], client


def _fill(patient_id: UUID, at: datetime) -> None:
    from django.db import connection

    from ehospital.clinical import actions as clinical
    from ehospital.clinical.details import Moment, ObservationDetails, Record, quantity
    from ehospital.kernel.codes import LOINC, Code
    from ehospital.kernel.identifiers import uuid7
    from ehospital.people import access

    chance = random.Random(7)
    results = tuple(
        ObservationDetails(
            id=uuid7(),
            code=Code(LOINC, f"{10_000 + index % CONCEPTS}-0", f"Analyte {index % CONCEPTS}"),
            effective=Moment(at - timedelta(hours=index // CONCEPTS * 3 + 1)),
            value=quantity(Decimal(chance.randrange(10, 990)) / 10, "mmol/L"),
        )
        for index in range(RESULTS)
    )
    clinical.import_record(patient_id, Record(observations=results), by=access.system("bench", at=at), at=at)
    _send_frames(patient_id, at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _send_frames(patient_id: UUID, at: datetime) -> None:
    """Let a monitor send once a second for a day."""
    from ehospital.kernel.frames import Frame
    from ehospital.monitoring import actions
    from ehospital.monitoring.actions import Taken
    from ehospital.people import access

    begin = at - timedelta(seconds=FRAMES + 1)
    by = access.system("bench", at=begin)
    actions.make_partitions(at=begin)
    actions.register_device("bench-1", by=by, at=begin)
    actions.pair_device("bench-1", patient_id=patient_id, by=by, at=begin)
    for start in range(0, FRAMES, BATCH):
        frames = [_frame(begin, second, Frame) for second in range(start + 1, min(start + BATCH, FRAMES) + 1)]
        actions.record_readings([Taken("bench-1", frame, frame.at, b"") for frame in frames], by=by, at=frames[-1].at)


def _frame(begin: datetime, second: int, kind: "type[Frame]") -> "Frame":
    values = {"hr": 70.0 + second % 9, "rr": 14.0 + second % 5, "spo2": 95.0 + second % 4, "sbp": 120.0, "temp": 36.8}
    return kind(boot="b", seq=second, at_ms=round((begin.timestamp() + second) * 1000), readings=values)
