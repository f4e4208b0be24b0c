"""Which encounter runs is one rule: whatever is written of a patient on leave belongs to the stay that goes on."""

from uuid import UUID

import pytest

from ehospital.algorithms import encounter_course
from ehospital.clinical import actions
from ehospital.clinical.details import Code, EncounterDetails
from ehospital.clinical.models import Encounter, FormDraft, NoteDraft, Order
from ehospital.clinical.queries import presence
from ehospital.people import access
from tests.factories import clinical, forms, orders, people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(patient: UUID) -> access.Actor:
    return clinical.carer(patient).actor


def stay(patient: UUID, by: access.Actor, *, on_leave: bool) -> UUID:
    opened = EncounterDetails(code=Code("", "", "Stay"), setting="IMP")
    key = actions.open_encounter(patient, opened, by=by, at=NOON)
    if on_leave:
        seen = Encounter.objects.get(pk=key).status
        actions.move_encounter(key, encounter_course.State.ON_LEAVE, seen=seen, by=by, at=NOON)
    return key


@pytest.mark.parametrize("on_leave", [False, True])
def test_notes_forms_and_orders_belong_to_the_stay_also_on_leave(
    patient: UUID, doctor: access.Actor, on_leave: bool
) -> None:
    key = stay(patient, doctor, on_leave=on_leave)
    actions.start_note(patient, "ward-round", by=doctor, at=NOON)
    actions.begin_form(patient, forms.FALLS, by=doctor, at=NOON)
    orders.one(patient, by=doctor)
    found = [model.objects.get().encounter_id for model in (NoteDraft, FormDraft, Order)]
    assert found == [key, key, key]


@pytest.mark.parametrize("status", Encounter.Status.values)
def test_exactly_the_states_of_the_course_count_as_here(patient: UUID, doctor: access.Actor, status: str) -> None:
    key = stay(patient, doctor, on_leave=False)
    Encounter.objects.filter(pk=key).update(
        status=status, ended_at=NOON if status in ("finished", "cancelled") else None
    )
    assert presence.running_id(patient) == (key if status in encounter_course.HERE else None)
