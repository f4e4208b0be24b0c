"""Corrections that patients ask for: every refusal changes nothing, every answer is whole."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from ehospital.clinical import actions
from ehospital.clinical.actions.rectifying import MOST_OPEN
from ehospital.clinical.models import Rectification
from ehospital.clinical.queries import rectifications
from ehospital.foundation.models import AuditEvent
from ehospital.people import access
from ehospital.people.access import NotPermitted, Role
from tests.factories import people
from tests.factories.clinical import carer, note, problem
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
State = Rectification.State


@pytest.fixture
def amina() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(amina: UUID) -> people.Staff:
    return carer(amina)


@pytest.fixture
def gout(amina: UUID, doctor: people.Staff) -> UUID:
    return actions.record_problem(amina, problem("Gout"), by=doctor.actor, at=NOON)


def herself(key: UUID) -> access.Actor:
    return access.of_patient(key, name="Amina", at=NOON)


def asked(key: UUID, line: UUID | None = None, **more: str) -> UUID:
    told = {"kind": "problems", "entry_id": line} if line else {}
    return actions.ask_for_correction(key, **told, wrong="It was never so.", by=herself(key), at=NOON, **more)  # type: ignore[arg-type]


def rows() -> list[dict[str, object]]:
    return list(Rectification.objects.order_by("pk").values())


def test_a_patient_asks_and_it_is_due_in_a_month(amina: UUID, gout: UUID) -> None:
    key = asked(amina, gout, should_be=" Nothing. ")
    found = Rectification.objects.get(pk=key)
    assert (found.about, found.wrong, found.should_be) == ("Gout", "It was never so.", "Nothing.")
    assert (found.state, found.due_on, found.asked_by_id) == (State.OPEN, date(2026, 4, 2), str(amina))
    event = AuditEvent.objects.get(action="rectification.asked")
    assert (event.patient_id, event.subject) == (amina, f"rectification:{key}")


def test_one_line_is_asked_about_once_and_ten_at_most_wait(amina: UUID, gout: UUID) -> None:
    asked(amina, gout)
    with pytest.raises(actions.AskedAlready):
        asked(amina, gout)
    asked(amina)
    with pytest.raises(actions.AskedAlready):
        asked(amina)
    by = people.machinery()
    lines = [actions.record_problem(amina, problem(f"P {n}"), by=by, at=NOON) for n in range(MOST_OPEN - 1)]
    keys = [asked(amina, line) for line in lines[:-1]]
    before = rows()
    with pytest.raises(actions.TooManyOpen):
        asked(amina, lines[-1])
    with pytest.raises(actions.WordsNeeded):
        actions.ask_for_correction(amina, wrong="  ", by=herself(amina), at=NOON)
    assert rows() == before and len(before) == MOST_OPEN
    actions.withdraw_correction(keys[0], by=herself(amina), at=NOON)
    asked(amina, lines[-1])


def test_only_of_ones_own_record_and_only_what_the_portal_shows(amina: UUID, gout: UUID, doctor: people.Staff) -> None:
    other = people.patient("Hamid", "Karimi")
    between = note(amina, "Between staff.", by=doctor.actor, kind="ward-round")
    wrong = actions.record_problem(amina, problem("Mistake"), by=doctor.actor, at=NOON)
    actions.enter_in_error("problems", wrong, reason="Not hers.", by=doctor.actor, at=NOON)
    for who, kind, entry in (
        (other, "problems", gout), (amina, "problems", uuid4()), (amina, "notes", between), (amina, "problems", wrong),
        (amina, "flags", gout), (amina, "nothing", gout), (amina, "problems", None),
    ):  # fmt: skip
        with pytest.raises(NotPermitted):
            actions.ask_for_correction(who, kind=kind, entry_id=entry, wrong="No.", by=herself(who), at=NOON)
    with pytest.raises(NotPermitted):
        actions.ask_for_correction(amina, wrong="No.", by=doctor.actor, at=NOON)
    assert rows() == []


def test_accepting_names_the_change_that_was_made_since(amina: UUID, gout: UUID, doctor: people.Staff) -> None:
    key = asked(amina, gout)
    early = AuditEvent.objects.get(action="problem.recorded").pk
    before = rows()
    for change in (early, 10**15, AuditEvent.objects.get(action="rectification.asked").pk):
        with pytest.raises(actions.NoSuchChange):
            actions.accept_correction(key, change=change, answer="Corrected.", by=doctor.actor, at=LATER)
    assert rows() == before
    actions.enter_in_error("problems", gout, reason="Never so.", by=doctor.actor, at=LATER)
    found = Rectification.objects.get(pk=key)
    (made,) = rectifications.changes_of(found)
    assert made.action == "problem.entered_in_error" and not rectifications.stands(found)
    actions.accept_correction(key, change=made.pk, answer=" Corrected. ", by=doctor.actor, at=LATER)
    found.refresh_from_db()
    assert (found.state, found.answer, found.answered_by_id, found.change) == (
        State.ACCEPTED, "Corrected.", doctor.id, made.pk,
    )  # fmt: skip
    with pytest.raises(actions.NotWaiting):
        actions.decline_correction(key, answer="No.", by=doctor.actor, at=LATER)
    with pytest.raises(actions.NotDeclined):
        actions.disagree(key, "But still.", by=herself(amina), at=LATER)


def test_declining_says_why_and_the_patient_may_disagree_once(amina: UUID, gout: UUID, doctor: people.Staff) -> None:
    key = asked(amina, gout)
    with pytest.raises(actions.WordsNeeded):
        actions.decline_correction(key, answer=" ", by=doctor.actor, at=LATER)
    with pytest.raises(actions.NotDeclined):
        actions.disagree(key, "But still.", by=herself(amina), at=LATER)
    actions.decline_correction(key, answer="The crystals were seen.", by=doctor.actor, at=LATER)
    with pytest.raises(actions.WordsNeeded):
        actions.disagree(key, " ", by=herself(amina), at=LATER)
    actions.disagree(key, "They were not mine.", by=herself(amina), at=LATER)
    before = rows()
    with pytest.raises(actions.NotDeclined):
        actions.disagree(key, "And more.", by=herself(amina), at=LATER)
    with pytest.raises(actions.NotWaiting):
        actions.withdraw_correction(key, by=herself(amina), at=LATER)
    assert rows() == before and before[0]["statement"] == "They were not mine."
    assert [one.statement for one in rectifications.of_chart(amina, viewer=doctor.actor)] == ["They were not mine."]


def test_only_who_treats_the_patient_answers(amina: UUID, gout: UUID) -> None:
    key = asked(amina, gout)
    stranger, pharmacist = people.staff(Role.DOCTOR), carer(amina, Role.PHARMACIST)
    for member in (stranger, pharmacist):
        with pytest.raises(NotPermitted):
            actions.decline_correction(key, answer="No.", by=member.actor, at=LATER)
        with pytest.raises(NotPermitted):
            rectifications.request(key, viewer=member.actor, at=LATER)
    with pytest.raises(NotPermitted):
        actions.withdraw_correction(key, by=herself(people.patient("Hamid", "Karimi")), at=LATER)
    assert list(rectifications.worklist(viewer=stranger.actor)) == []
    assert rows()[0]["state"] == State.OPEN
    nurse = carer(amina, Role.NURSE)
    assert [one.id for one in rectifications.worklist(viewer=nurse.actor)] == [key]
    assert rectifications.waiting(viewer=nurse.actor) == 1


def test_the_database_itself_refuses_half_answers(amina: UUID, gout: UUID, doctor: people.Staff) -> None:
    key = asked(amina, gout)
    halves: list[dict[str, object]] = [
        {"state": State.ACCEPTED}, {"state": State.DECLINED, "answer": "No."}, {"answer": "No."},
        {"statement": "No.", "stated_at": NOON}, {"change": 7}, {"wrong": " "}, {"kind": ""},
        {"state": State.ACCEPTED, "answer": "Yes.", "answered_by_id": doctor.id, "answered_at": NOON},
    ]  # fmt: skip
    for half in halves:
        with pytest.raises(IntegrityError), transaction.atomic():
            Rectification.objects.filter(pk=key).update(**half)
