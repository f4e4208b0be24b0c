"""Charting what went in and out: once each, within its bounds, corrected by marking it in error."""

from datetime import UTC, timedelta
from uuid import UUID, uuid4

import pytest

from ehospital.algorithms.fluid_balance import KINDS, MOST_ML
from ehospital.clinical import actions, queries
from ehospital.clinical.actions import Fluid
from ehospital.clinical.models import Observation
from ehospital.clinical.policies.fluids import CODES, kind_of
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
def nurse(patient: UUID) -> access.Actor:
    return clinical.carer(patient, access.Role.NURSE).actor


def fluid(kind: str = "oral", ml: int = 200, hours: float = 0, **more: object) -> Fluid:
    return Fluid(uuid4(), kind, ml, NOON + hours * HOUR, **more)  # type: ignore[arg-type]


def test_a_day_adds_up_and_a_slip_leaves_it(patient: UUID, nurse: access.Actor) -> None:
    for one in (fluid(hours=-3), fluid("infusion", 500, -1), fluid("urine", 300, -2, note="dark")):
        actions.record_fluid(patient, one, by=nurse, at=NOON)
    slip = actions.record_fluid(patient, fluid("urine", 3000), by=nurse, at=NOON)
    actions.record_fluid(patient, fluid("urine", 800, -24), by=nurse, at=NOON)

    def day() -> queries.FluidDay:
        return queries.fluid_day(patient, NOON.date(), zone=UTC, viewer=nurse, at=NOON)

    assert (day().whole.taken_ml, day().whole.lost_ml) == (700, 3300)
    actions.enter_in_error("observations", slip, reason="A nought too many.", by=nurse, at=NOON)
    found = day()
    assert (found.whole.balance_ml, [one.balance_ml for one in found.shifts]) == (400, [400, 0, 0])
    assert [(one.kind, one.ml, one.note, one.by) for one in found.amounts] == [
        ("infusion", 500, "", nurse.name), ("urine", 300, "dark", nurse.name), ("oral", 200, "", nurse.name),
    ]  # fmt: skip
    urine = Observation.objects.get(pk=found.amounts[1].id)
    assert (urine.code_system, urine.code, urine.ucum) == ("http://loinc.org", "9187-6", "mL")


def test_what_is_sent_twice_is_charted_once(patient: UUID, nurse: access.Actor) -> None:
    one = fluid()
    assert actions.record_fluid(patient, one, by=nurse, at=NOON) == one.id
    told = (AuditEvent.objects.count(), OutboxMessage.objects.count())
    assert actions.record_fluid(patient, one, by=nurse, at=NOON + HOUR) == one.id
    assert Observation.objects.count() == 1
    assert (AuditEvent.objects.count(), OutboxMessage.objects.count()) == told


@pytest.mark.parametrize(("one", "why"), [
    (fluid("milk"), "kind"), (fluid(ml=-5), "amount"), (fluid(ml=MOST_ML + 1), "amount"),
    (fluid(hours=0.1), "future"), (fluid(hours=-48.01), "old"),
])  # fmt: skip
def test_what_cannot_be_is_refused(patient: UUID, nurse: access.Actor, one: Fluid, why: str) -> None:
    before = (AuditEvent.objects.count(), OutboxMessage.objects.count())
    with pytest.raises(actions.FluidRefused) as refused:
        actions.record_fluid(patient, one, by=nurse, at=NOON)
    assert refused.value.why == why and not Observation.objects.exists()
    assert (AuditEvent.objects.count(), OutboxMessage.objects.count()) == before


@pytest.mark.parametrize("one", [fluid(ml=0), fluid(ml=MOST_ML), fluid(hours=-48), fluid(hours=0.08)])
def test_the_bounds_are_allowed(patient: UUID, nurse: access.Actor, one: Fluid) -> None:
    assert actions.record_fluid(patient, one, by=nurse, at=NOON) == one.id


def test_a_stranger_charts_and_reads_nothing(patient: UUID) -> None:
    stranger = people.staff(access.Role.NURSE).actor
    with pytest.raises(access.NotPermitted):
        actions.record_fluid(patient, fluid(), by=stranger, at=NOON)
    with pytest.raises(access.NotPermitted):
        queries.fluid_day(patient, NOON.date(), zone=UTC, viewer=stranger, at=NOON)
    assert not Observation.objects.exists()


def test_every_kind_has_one_code_of_its_own() -> None:
    assert CODES.keys() == KINDS.keys()
    assert [kind_of(one.system, one.code) for one in CODES.values()] == list(KINDS)
    assert kind_of("http://loinc.org", "29463-7") == ""
