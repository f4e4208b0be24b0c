"""What a chart shows, to whom, and what stays behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ehospital.clinical import actions, details, queries
from ehospital.clinical.details import Code, Moment, Record, Value
from ehospital.foundation.models import AuditEvent
from ehospital.people import access
from tests.factories import clinical, people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
ACTOR = people.machinery()
HOUR = timedelta(hours=1)


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(patient: UUID) -> access.Actor:
    return clinical.carer(patient).actor


@contextmanager
def looks(patient_id: UUID, part: str) -> Iterator[None]:
    """What is done inside is on record as exactly one look at that part of that chart."""
    before = AuditEvent.objects.count()
    yield
    events = list(AuditEvent.objects.order_by("id")[before:])
    assert [(one.action, one.patient_id, one.details) for one in events] == [("chart.read", patient_id, {"part": part})]


EVERY_READ = [
    queries.open_chart,
    queries.problems,
    queries.allergies,
    queries.current_medicines,
    queries.medicines,
    queries.encounters,
    queries.procedures,
    queries.immunisations,
    queries.care_plans,
    queries.documents,
    queries.reports,
    queries.flags,
    queries.results,
    queries.timeline,
]


@pytest.mark.parametrize("read", EVERY_READ, ids=lambda read: read.__name__)
def test_only_those_who_care_for_the_patient_read_and_each_look_is_on_record(read, patient, doctor) -> None:
    stranger = people.staff(access.Role.DOCTOR).actor
    themselves = access.of_patient(patient, name="Amina Okafor", at=NOON)
    somebody_else = access.of_patient(people.patient("Other"), name="Other", at=NOON)
    before = AuditEvent.objects.count()
    for viewer in (stranger, somebody_else):
        with pytest.raises(access.NotPermitted):
            read(patient, viewer=viewer, at=NOON)
    with pytest.raises(access.NotPermitted):
        read(uuid5(patient, "nobody"), viewer=doctor, at=NOON)
    assert AuditEvent.objects.count() == before
    for viewer in (doctor, themselves):
        read(patient, viewer=viewer, at=NOON)
    written = AuditEvent.objects.order_by("id")[before:]
    assert [(one.action, one.actor_kind, one.patient_id) for one in written] == [
        ("chart.read", "staff", patient),
        ("chart.read", "patient", patient),
    ]


def test_nothing_recorded_is_not_nothing_known(patient, doctor) -> None:
    read = lambda: queries.allergies(patient, viewer=doctor, at=NOON)  # noqa: E731
    assert (read().state, read().statements) == (queries.AllergyState.NOT_RECORDED, ())
    actions.state_no_known_allergies(patient, scope="medication", by=doctor, at=NOON)
    assert read().state == queries.AllergyState.NOT_RECORDED
    assert [one.scope for one in read().statements] == ["medication"]
    actions.state_no_known_allergies(patient, by=doctor, at=NOON)
    assert read().state == queries.AllergyState.NONE_KNOWN
    actions.record_allergy(patient, clinical.allergy("Latex"), by=doctor, at=NOON + HOUR)
    assert (read().state, read().statements) == (queries.AllergyState.RECORDED, ())


def test_the_most_dangerous_allergy_comes_first_and_past_ones_apart(patient, doctor) -> None:
    for words, more in (
        ("Dust", {"criticality": "low"}),
        ("Bee venom", {"criticality": "high"}),
        ("Apple", {}),
        ("Milk", {"status": "resolved"}),
        ("Penicillin", {"verification": "refuted"}),
        ("Mistake", {"verification": "entered-in-error"}),
    ):
        actions.record_allergy(patient, clinical.allergy(words, **more), by=doctor, at=NOON)
    found = queries.allergies(patient, viewer=doctor, at=NOON)
    assert [one.display for one in found.active] == ["Bee venom", "Apple", "Dust"]
    assert [one.display for one in found.past] == ["Milk", "Penicillin"]


def test_an_imported_allergy_beats_an_imported_statement(patient, doctor) -> None:
    record = Record(
        allergies=(clinical.allergy("Nuts"),), no_known_allergies=(details.NoKnownAllergiesDetails(recorded_at=NOON),)
    )
    actions.import_record(patient, record, by=ACTOR, at=NOON)
    found = queries.allergies(patient, viewer=doctor, at=NOON)
    assert (found.state, found.statements) == (queries.AllergyState.RECORDED, ())


def test_active_problems_leave_out_what_is_over_refuted_or_wrong(patient, doctor) -> None:
    for words, more in (
        ("Asthma", {}),
        ("Gout", {"status": "resolved"}),
        ("Rumour", {"verification": "refuted"}),
        ("Mistake", {"verification": "entered-in-error"}),
        ("Back again", {"status": "recurrence", "onset": Moment(NOON - HOUR)}),
    ):
        actions.record_problem(patient, clinical.problem(words, **more), by=doctor, at=NOON)
    read = lambda active: queries.problems(patient, viewer=doctor, at=NOON, active_only=active)  # noqa: E731
    assert [one.display for one in read(True)] == ["Back again", "Asthma"]
    assert {one.display for one in read(False)} == {"Back again", "Asthma", "Gout"}


def test_current_medicines_are_those_that_are_taken_now(patient, doctor) -> None:
    wanted = {
        "Taken": {},
        "Paused": {"status": "on-hold"},
        "Until tomorrow": {"ended_at": NOON + 24 * HOUR},
        "Until yesterday": {"ended_at": NOON - 24 * HOUR},
        "Stopped": {"status": "stopped"},
        "Proposed": {"intent": "proposal"},
        "Mistake": {"status": "entered-in-error"},
    }
    for words, more in wanted.items():
        line = details.MedicineDetails(code=Code("", "", words), recorded_at=NOON, **more)
        actions.record_medicine(patient, line, by=doctor, at=NOON)
    current = queries.current_medicines(patient, viewer=doctor, at=NOON)
    assert {one.display for one in current} == {"Taken", "Paused", "Until tomorrow"}
    assert queries.medicines(patient, viewer=doctor, at=NOON).count() == 6


def test_a_trend_is_told_for_numbers_of_one_unit_and_for_nothing_else(patient, doctor) -> None:
    def latest(*lines: details.ObservationDetails) -> queries.Trend:
        actions.record_results(patient, lines, by=doctor, at=NOON)
        (trend,) = queries.results(patient, viewer=doctor, at=NOON)
        return trend

    one = latest(clinical.potassium("3.10", NOON - 9 * HOUR))
    assert (str(one.latest.value), one.previous, one.direction, one.change) == ("3.10", None, None, None)
    two = latest(clinical.potassium("4.2", NOON - 8 * HOUR))
    assert (two.direction, two.change, two.previous.value) == (queries.Direction.UP, Decimal("1.10"), Decimal("3.10"))
    late = latest(clinical.potassium("9.9", NOON - 20 * HOUR))
    assert (late.latest.value, late.previous.value) == (Decimal("4.2"), Decimal("3.10"))
    same = latest(clinical.potassium("4.20", NOON - 7 * HOUR))
    assert (same.direction, same.change) == (queries.Direction.SAME, 0)
    other_unit = details.ObservationDetails(
        code=clinical.POTASSIUM,
        effective=Moment(NOON - 6 * HOUR),
        value=Value(number=Decimal(16), unit="mg/dL", ucum="mg/dL"),
    )
    unlike = latest(other_unit)
    assert (unlike.direction, unlike.change, unlike.previous.value) == (None, None, Decimal("4.20"))
    below = latest(
        details.ObservationDetails(
            code=clinical.POTASSIUM,
            effective=Moment(NOON - 5 * HOUR),
            value=Value(number=Decimal(16), comparator="<", unit="mg/dL", ucum="mg/dL"),
        )
    )
    assert below.direction is None
    assert [point.effective_at for point in below.points] == sorted(point.effective_at for point in below.points)


def test_what_is_wrong_cancelled_or_only_requested_is_no_result(patient, doctor) -> None:
    lines = [clinical.potassium("4.0", NOON - 9 * HOUR)]
    for place, status in enumerate(("entered-in-error", "cancelled", "registered")):
        lines.append(clinical.potassium("9.9", NOON - place * HOUR, status=status))
    actions.record_results(patient, lines, by=doctor, at=NOON)
    (trend,) = queries.results(patient, viewer=doctor, at=NOON)
    assert (trend.latest.value, trend.previous) == (Decimal("4.0"), None)
    assert len(queries.series(patient, trend.latest.concept, viewer=doctor, at=NOON)) == 1


def test_a_blood_pressure_is_one_result_with_two_parts_and_each_part_has_a_series(patient, doctor) -> None:
    lines = [clinical.pressure(120 + place, 80, NOON - place * HOUR) for place in range(3)]
    actions.record_results(patient, lines, by=doctor, at=NOON)
    with looks(patient, "results"):
        (trend,) = queries.results(patient, viewer=doctor, at=NOON, category="vital-signs")
    assert trend.latest.display == "Blood pressure"
    assert [(part.display, part.value) for part in trend.latest.parts] == [("Systolic", 120), ("Diastolic", 80)]
    assert [part.value for part in trend.previous.parts] == [121, 80]
    systolic = queries.series(patient, trend.latest.parts[0].concept, viewer=doctor, at=NOON)
    assert [one.value for one in systolic] == [122, 121, 120]
    since = queries.series(patient, trend.latest.parts[0].concept, viewer=doctor, at=NOON, since=NOON - HOUR)
    assert [one.value for one in since] == [121, 120]


def test_a_chart_with_everything_takes_fifteen_questions_and_one_look(patient, doctor) -> None:
    clinical.long_stay(patient, observations=400, concepts=40)
    actions.record_results(patient, [clinical.pressure(120, 80, NOON)], by=doctor, at=NOON)
    actions.record_allergy(patient, clinical.allergy("Nuts"), by=doctor, at=NOON)
    actions.record_problem(patient, clinical.problem("Asthma"), by=doctor, at=NOON)
    actions.raise_flag(patient, "falls", by=doctor, at=NOON)
    visit = details.EncounterDetails(code=Code("", "", "Check-up"))
    actions.open_encounter(patient, visit, by=doctor, at=NOON)
    with (
        looks(patient, "summary"),
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        chart = queries.open_chart(patient, viewer=doctor, at=NOON)
    questions = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(questions) <= 15, questions
    assert len(chart.results) == 41
    assert [flag.kind for flag in chart.flags] == ["falls"]
    assert [one.display for one in chart.encounters] == ["Check-up"]
    assert len(chart.recent.lines) == 15


def test_the_timeline_goes_back_page_by_page_and_misses_nothing(patient, doctor) -> None:
    moments = [NOON - place * HOUR for place in range(40)]
    lines = [clinical.potassium("4.0", moment) for moment in moments for _ in range(2)]
    procedures = tuple(
        details.ProcedureDetails(code=Code("", "", f"Procedure {place}"), performed=Moment(moment))
        for place, moment in enumerate(moments)
    )
    wrong = details.ProcedureDetails(code=Code("", "", "Mistake"), performed=Moment(NOON), status="entered-in-error")
    record = Record(observations=tuple(lines), procedures=(*procedures, wrong))
    actions.import_record(patient, record, by=ACTOR, at=NOON)
    seen, cursor, pages = [], "", 0
    while pages == 0 or cursor:
        page = queries.timeline(patient, viewer=doctor, at=NOON, before=cursor)
        seen += page.lines
        cursor, pages = page.next, pages + 1
    assert pages == 3
    assert len(seen) == len({one.id for one in seen}) == 80
    assert [(one.at, one.id) for one in seen] == sorted(((one.at, one.id) for one in seen), reverse=True)
    results = [one for one in seen if one.kind == "results"]
    assert {(one.title, one.detail) for one in results} == {("Potassium", "2")}
    assert "Mistake" not in {one.title for one in seen}


@pytest.mark.parametrize(
    "cursor", ["x", "2026-01-01_x", "2026-01-01T00:00:00_00000000-0000-0000-0000-000000000000", "_"]
)
def test_a_cursor_that_nobody_gave_is_refused(cursor, patient, doctor) -> None:
    with pytest.raises(queries.BadCursor):
        queries.timeline(patient, viewer=doctor, at=NOON, before=cursor)


def test_documents_open_with_their_content_for_those_who_may(patient, doctor) -> None:
    line = details.DocumentDetails(code=Code("", "", "Letter"), written_at=NOON, content_type="text/plain")
    key = actions.record_document(patient, line, content=b"Dear colleague", by=doctor, at=NOON)
    found = queries.document_content(key, viewer=doctor, at=NOON)
    assert (found.content, found.document.size_bytes) == (b"Dear colleague", 14)
    assert AuditEvent.objects.latest("id").action == "document.read"
    with pytest.raises(access.NotPermitted):
        queries.document_content(key, viewer=people.staff(access.Role.NURSE).actor, at=NOON)


def test_a_board_gets_the_flags_of_the_patients_it_may_show(patient, doctor) -> None:
    other = people.patient("Other")
    actions.raise_flag(patient, "falls", by=doctor, at=NOON)
    lowered = actions.raise_flag(patient, "isolation", by=doctor, at=NOON)
    actions.lower_flag(lowered, by=doctor, at=NOON + HOUR)
    found = queries.safety_flags_of([patient, other], viewer=doctor, at=NOON + HOUR)
    assert {key: [one.kind for one in flags] for key, flags in found.items()} == {patient: ["falls"]}


def test_at_twenty_thousand_observations_the_summary_reads_a_few_of_each(patient, doctor) -> None:
    clinical.long_stay(patient, observations=20_000, concepts=100, at=datetime(2026, 3, 1, tzinfo=UTC))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE clinical_observation")
        from ehospital.clinical.queries import trends

        wanted = {"patient": patient, "points": trends.POINTS_IN_SUMMARY, "final_only": False, "hidden": []}
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {trends._LATEST}", wanted)
        plan = cursor.fetchone()[0][0]["Plan"]
    read = sum(rows for node, rows in _scanned(plan))
    assert read < 2_000, plan


def _scanned(node: dict) -> Iterator[tuple[str, float]]:
    if node.get("Relation Name") == "clinical_observation":
        yield node["Node Type"], (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    for child in node.get("Plans", []):
        yield from _scanned(child)
