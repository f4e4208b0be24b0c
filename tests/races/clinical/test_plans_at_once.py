"""The same moment twice: one of two who adapt a plan is told, and what is due once is said once."""

from dataclasses import replace
from uuid import UUID

from ehospital.clinical import actions
from ehospital.clinical.models import CareActivityEvent, CarePlan, PlanChange
from ehospital.people import access
from tests.domain.clinical.test_races import together
from tests.engines import Clone
from tests.factories import clinical, people, plans
from tests.factories.people import NOON

ROUNDS = 10


def plan(number: int) -> tuple[CarePlan, access.Actor]:
    patient = people.patient(f"Patient{number}")
    doctor = clinical.carer(patient).actor
    return plans.running(patient, by=doctor), doctor


def test_what_is_due_once_is_said_once(own_database: Clone) -> None:
    for number in range(ROUNDS):
        made, doctor = plan(number)
        walk = plans.activity(made)

        def act(walk: UUID = walk, doctor: access.Actor = doctor) -> None:
            actions.tick(walk, "done", on=plans.TODAY, by=doctor, at=NOON)

        raised = together(act, act, act)
        assert [type(error) for error in raised] == [actions.NothingLeft] * 2, raised
        assert CareActivityEvent.objects.filter(care_plan=made).count() == 1


def test_what_is_taken_back_at_once_is_taken_back_once(own_database: Clone) -> None:
    for number in range(ROUNDS):
        made, doctor = plan(number)
        event = actions.tick(plans.activity(made), "done", on=plans.TODAY, by=doctor, at=NOON)

        def act(event: UUID = event, doctor: access.Actor = doctor) -> None:
            actions.take_back_tick(event, by=doctor, at=NOON)

        assert [type(error) for error in together(act, act)] == [actions.UntickedBefore]
        assert CareActivityEvent.objects.filter(care_plan=made).count() == 2


def test_of_two_who_adapt_at_once_one_is_told(own_database: Clone) -> None:
    for number in range(ROUNDS):
        made, doctor = plan(number)

        def act(title: str, made: CarePlan = made, doctor: access.Actor = doctor) -> None:
            details = replace(plans.small(), title=title)
            actions.adapt_plan(made.pk, details, seen_version=made.version, by=doctor, at=NOON)

        raised = together(lambda: act("one"), lambda: act("two"))
        assert [type(error) for error in raised] == [actions.EntryChanged]
        assert PlanChange.objects.filter(care_plan=made, field="title").count() == 1
