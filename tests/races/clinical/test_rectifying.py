"""Two clinicians answer at once, and a patient asks in two windows: one answer stands, and no more than may wait do."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from ehospital.clinical import actions
from ehospital.clinical.actions.rectifying import MOST_OPEN
from ehospital.clinical.models import Rectification
from ehospital.foundation.models import AuditEvent
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.models import CareRelationship
from tests.engines import Clone
from tests.factories import people
from tests.factories.clinical import problem
from tests.factories.people import NOON
from tests.races.test_glass import together

ROUNDS = 6
LATER = NOON + timedelta(hours=1)


def _doctor(key: UUID, tag: str) -> access.Actor:
    member = people.staff(access.Role.DOCTOR)
    people_actions.begin_care(
        patient_id=key, staff_id=member.id, kind=CareRelationship.Kind.NAMED, source=f"test:{key}:{tag}",
        by=people.machinery(), at=NOON,
    )  # fmt: skip
    return member.actor


def _declining(asked: UUID, doctor: access.Actor) -> Callable[[], object]:
    return lambda: actions.decline_correction(asked, answer="It is right.", by=doctor, at=LATER)


def _asking(key: UUID, line: UUID) -> Callable[[], object]:
    herself = access.of_patient(key, name="P", at=NOON)
    said = {"kind": "problems", "entry_id": line}
    return lambda: actions.ask_for_correction(key, **said, wrong="No.", by=herself, at=NOON)  # type: ignore[arg-type]


def test_of_two_answers_the_first_stands(own_database: Clone) -> None:
    for number in range(ROUNDS):
        key = people.patient(f"P{number}")
        herself = access.of_patient(key, name="P", at=NOON)
        asked = actions.ask_for_correction(key, wrong="My name.", by=herself, at=NOON)
        told = together(*[_declining(asked, _doctor(key, tag)) for tag in ("a", "b")])
        assert sorted(type(one).__name__ for one in told) == ["NoneType", "NotWaiting"]
        assert AuditEvent.objects.filter(action="rectification.declined", patient_id=key).count() == 1


def test_no_more_wait_than_may(own_database: Clone) -> None:
    for number in range(ROUNDS):
        key = people.patient(f"P{number}")
        herself, by = access.of_patient(key, name="P", at=NOON), people.machinery()
        lines = [actions.record_problem(key, problem(f"Line {n}"), by=by, at=NOON) for n in range(MOST_OPEN + 2)]
        for line in lines[: MOST_OPEN - 1]:
            actions.ask_for_correction(key, kind="problems", entry_id=line, wrong="No.", by=herself, at=NOON)
        together(*[_asking(key, line) for line in lines[MOST_OPEN - 1 :]])
        assert Rectification.objects.filter(patient_id=key).count() == MOST_OPEN
