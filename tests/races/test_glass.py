"""Two tabs of one clinician, two privacy officers: one opening, one verdict."""

import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import connection

from ehospital.foundation.models import AuditEvent
from ehospital.people import actions
from ehospital.people.access import Role
from ehospital.people.models import BrokenGlass
from tests.engines import Clone
from tests.factories import people
from tests.factories.people import NOON

ROUNDS = 8


def together(*acts: Callable[[], object]) -> list[object]:
    """Do all at once, each with a connection of its own; return what each gave back or raised."""
    start, told = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait(20)
            told.append(act())
        except BaseException as error:
            told.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return told


def test_two_tabs_open_one_chart_once(own_database: Clone) -> None:
    doctor = people.staff(Role.DOCTOR)
    for number in range(ROUNDS):
        patient = people.patient(f"P{number}")
        said = {"kind": "emergency", "reason": "Found unconscious."}
        told = together(*[lambda: actions.break_glass(patient, **said, by=doctor.actor, at=NOON)] * 3)  # noqa: B023
        (glass,) = BrokenGlass.objects.filter(patient_id=patient)
        assert told == [glass.id] * 3
        assert AuditEvent.objects.filter(action="glass.broken", patient_id=patient).count() == 1


def test_of_two_verdicts_the_first_stands(own_database: Clone) -> None:
    doctor = people.staff(Role.DOCTOR)
    officers = [people.staff(Role.PRIVACY_OFFICER).actor for _ in range(2)]
    at = NOON + timedelta(minutes=1)
    for number in range(ROUNDS):
        key = actions.break_glass(
            people.patient(f"P{number}"), kind="wish", reason="She asks for it.", by=doctor.actor, at=NOON
        )
        told = together(
            lambda: actions.review_glass(key, verdict="justified", note="yes", by=officers[0], at=at),  # noqa: B023
            lambda: actions.review_glass(key, verdict="not-justified", note="no", by=officers[1], at=at),  # noqa: B023
        )
        assert [type(one) for one in sorted(told, key=repr)].count(actions.AlreadyReviewed) == 1
        assert AuditEvent.objects.filter(action="glass.reviewed", subject=f"glass:{key}").count() == 1
