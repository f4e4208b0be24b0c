"""An encounter goes step by step, and every refused step changes nothing."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from ehospital.clinical import actions, queries
from ehospital.clinical.details import Code, EncounterDetails
from ehospital.clinical.models import Encounter
from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.people import access
from tests.factories import clinical, people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(patient: UUID) -> access.Actor:
    return clinical.carer(patient).actor


def visit(setting: str = "AMB", **more: object) -> EncounterDetails:
    return EncounterDetails(code=Code("", "", "Visit"), setting=setting, **more)  # type: ignore[arg-type]


def traces() -> tuple[object, ...]:
    return list(Encounter.objects.order_by("id").values()), AuditEvent.objects.count(), OutboxMessage.objects.count()


def test_a_planned_visit_goes_its_way(patient, doctor) -> None:
    key = actions.plan_encounter(patient, visit(started_at=NOON + 24 * HOUR), by=doctor, at=NOON)
    row = Encounter.objects.get()
    assert (row.status, row.started_at) == ("planned", NOON + 24 * HOUR)
    for hours, seen, to in (
        (25, "planned", "arrived"),
        (26, "arrived", "in-progress"),
        (27, "in-progress", "finished"),
    ):
        actions.move_encounter(key, to, seen=seen, outcome="Home", by=doctor, at=NOON + hours * HOUR)
    row.refresh_from_db()
    assert (row.status, row.started_at, row.ended_at, row.outcome) == (
        "finished", NOON + 25 * HOUR, NOON + 27 * HOUR, "Home",
    )  # fmt: skip
    actions.move_encounter(key, "in-progress", seen="finished", by=doctor, at=NOON + 28 * HOUR)
    row.refresh_from_db()
    assert (row.status, row.started_at, row.ended_at, row.outcome) == ("in-progress", NOON + 25 * HOUR, None, "")
    told = AuditEvent.objects.filter(action__startswith="encounter.").order_by("id").values_list("action", flat=True)
    assert list(told) == [
        "encounter.planned", "encounter.moved", "encounter.moved", "encounter.closed", "encounter.moved",
    ]  # fmt: skip
    assert OutboxMessage.objects.filter(payload__what__startswith="encounter.").count() == 5


def test_a_visit_without_a_time_begins_when_the_patient_comes(patient, doctor) -> None:
    key = actions.plan_encounter(patient, visit(), by=doctor, at=NOON)
    actions.move_encounter(key, "cancelled", seen="planned", by=doctor, at=NOON)
    assert Encounter.objects.get().started_at is None
    actions.move_encounter(key, "planned", seen="cancelled", by=doctor, at=NOON)
    actions.move_encounter(key, "arrived", seen="planned", by=doctor, at=NOON + HOUR)
    assert Encounter.objects.get().started_at == NOON + HOUR


def test_refused_steps_change_nothing(patient, doctor) -> None:
    key = actions.open_encounter(patient, visit(), by=doctor, at=NOON)
    stranger = people.staff(access.Role.DOCTOR).actor
    before = traces()
    for to in ("planned", "arrived", "triaged", "onleave", "cancelled", "in-progress", "entered-in-error", "nonsense"):
        with pytest.raises(actions.NoSuchStep):
            actions.move_encounter(key, to, seen="in-progress", by=doctor, at=NOON)
    for seen in ("planned", "finished", ""):
        with pytest.raises(actions.EncounterMoved):
            actions.move_encounter(key, "finished", seen=seen, by=doctor, at=NOON)
    for wrong, by in ((key, stranger), (uuid4(), doctor)):
        with pytest.raises(actions.UnknownEntry):
            actions.move_encounter(wrong, "finished", seen="in-progress", by=by, at=NOON)
    with pytest.raises(access.NotPermitted):
        actions.plan_encounter(patient, visit(), by=stranger, at=NOON)
    assert traces() == before
    actions.enter_in_error("encounters", key, reason="other patient", by=doctor, at=NOON)
    before = traces()
    with pytest.raises(actions.UnknownEntry):
        actions.move_encounter(key, "finished", seen="entered-in-error", by=doctor, at=NOON)
    assert traces() == before


def test_nobody_is_in_hospital_twice_at_once(patient, doctor) -> None:
    stay = actions.open_encounter(patient, visit("IMP"), by=doctor, at=NOON)
    second = actions.plan_encounter(patient, visit("IMP"), by=doctor, at=NOON)
    actions.move_encounter(second, "arrived", seen="planned", by=doctor, at=NOON)
    actions.move_encounter(stay, "onleave", seen="in-progress", by=doctor, at=NOON)
    before = traces()
    with pytest.raises(actions.StayRunning):
        actions.open_encounter(patient, visit("IMP"), by=doctor, at=NOON)
    with pytest.raises(actions.StayRunning):
        actions.move_encounter(second, "in-progress", seen="arrived", by=doctor, at=NOON)
    assert traces() == before
    actions.move_encounter(stay, "in-progress", seen="onleave", by=doctor, at=NOON)
    actions.open_encounter(patient, visit("AMB"), by=doctor, at=NOON)
    actions.move_encounter(stay, "finished", seen="in-progress", by=doctor, at=NOON + HOUR)
    actions.move_encounter(second, "in-progress", seen="arrived", by=doctor, at=NOON + HOUR)
    with pytest.raises(actions.StayRunning):
        actions.move_encounter(stay, "in-progress", seen="finished", by=doctor, at=NOON + HOUR)
    assert queries.reasons_for_stay([patient], viewer=doctor) == {patient: "Visit"}
