"""Why somebody looked, questions about it, and messages when a record is opened."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from ehospital.foundation import audit
from ehospital.foundation.models import AuditEvent
from ehospital.people import access, actions, queries
from ehospital.people.access import Role
from ehospital.people.actions import telling
from ehospital.people.models import CareRelationship, LookMessage, LookNotice, LookQuestion
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def look(by: access.Actor, patient: UUID) -> int:
    """Somebody opens the record; the number of the event."""
    with transaction.atomic():
        audit.record("chart.read", by=by, at=by.at, patient_id=patient)
    return AuditEvent.objects.latest("id").pk


def me(patient: UUID) -> access.Actor:
    return access.of_patient(patient, name="Amina", at=NOON)


def test_a_look_says_in_which_care_it_was(patient: UUID | None = None) -> None:
    patient = people.patient()
    unit = actions.add_unit(name="Clinic", by=people.machinery(), at=NOON)
    nurse, named, other = people.staff(Role.NURSE, unit_id=unit), people.staff(Role.DOCTOR), people.staff(Role.DOCTOR)
    kinds = CareRelationship.Kind
    for more in ({"unit_id": unit, "kind": kinds.CLINIC}, {"staff_id": named.id, "kind": kinds.NAMED}):
        actions.begin_care(patient_id=patient, source="test:1", by=people.machinery(), at=NOON, **more)
    for who in (nurse, named, other):
        look(who.actor, patient)
    actions.break_glass(patient, kind="advice", reason="Asked by the ward.", by=other.actor, at=NOON)
    look(access.later(other.actor, NOON), patient)
    actions.end_care(source="test:1", by=people.machinery(), at=NOON + DAY)
    look(access.later(nurse.actor, NOON + DAY), patient)
    found = queries.who_looked(patient, viewer=me(patient), at=NOON, machines=False)
    read = [(one.care, one.purpose) for one in reversed(found) if one.action == "chart.read"]
    assert read == [("clinic", ""), ("named", ""), ("", ""), ("", "glass-advice"), ("", "")]


def test_a_patient_asks_once_and_is_answered_once() -> None:
    patient, nurse = people.patient(), people.staff(Role.NURSE)
    officer, second = people.staff(Role.PRIVACY_OFFICER).actor, people.staff(Role.PRIVACY_OFFICER).actor
    number = look(nurse.actor, patient)
    key = actions.question_look(patient, number, by=me(patient), at=NOON)
    assert actions.question_look(patient, number, by=me(patient), at=NOON) == key
    with pytest.raises(actions.AnswerNeeded):
        actions.answer_question(key, answer="  ", by=officer, at=NOON)
    for who in (nurse.actor, me(patient)):
        with pytest.raises(access.NotPermitted):
            actions.answer_question(key, answer="x", by=who, at=NOON)
    actions.answer_question(key, answer="She gave you your medicine.", by=officer, at=NOON + DAY)
    with pytest.raises(actions.AlreadyAnswered):
        actions.answer_question(key, answer="Because.", by=second, at=NOON + DAY)
    shown = next(
        one for one in queries.who_looked(patient, viewer=me(patient), at=NOON) if one.number == number
    ).question
    assert shown is not None
    assert shown.answer == "She gave you your medicine."
    assert AuditEvent.objects.filter(action="look.questioned").count() == 1


def test_nobody_asks_about_what_is_not_a_look_at_their_record() -> None:
    patient, other, nurse = people.patient(), people.patient("Hamid"), people.staff(Role.NURSE)
    foreign, own = look(nurse.actor, other), look(me(patient), patient)
    machine = AuditEvent.objects.filter(patient_id=patient, actor_kind="system").latest("id").pk
    for number in (foreign, own, machine, 10**12):
        with pytest.raises(access.NotPermitted):
            actions.question_look(patient, number, by=me(patient), at=NOON)
    with pytest.raises(access.NotPermitted):
        actions.question_look(other, foreign, by=me(patient), at=NOON)
    assert not LookQuestion.objects.exists()


def test_an_officer_does_not_answer_for_their_own_look() -> None:
    patient, officer = people.patient(), people.staff(Role.PRIVACY_OFFICER)
    key = actions.question_look(patient, look(officer.actor, patient), by=me(patient), at=NOON)
    with pytest.raises(actions.OwnLook):
        actions.answer_question(key, answer="I may.", by=officer.actor, at=NOON)
    assert LookQuestion.objects.get().answer == ""


def test_a_message_for_each_viewer_and_day_and_none_for_oneself() -> None:
    patient, other = people.patient(), people.patient("Hamid")
    nurse, doctor = people.staff(Role.NURSE).actor, people.staff(Role.DOCTOR).actor
    look(nurse, patient)
    actions.ask_for_messages(patient, "amina@example.org", by=me(patient), at=NOON)
    later = NOON + timedelta(minutes=1)
    for who in (nurse, nurse, doctor, me(patient), people.machinery()):
        look(access.later(who, later), patient)
    look(access.later(nurse, later), other)
    assert telling.find_looks(by=people.machinery(), at=later) == 2
    assert telling.find_looks(by=people.machinery(), at=later) == 0
    look(access.later(nurse, later + DAY), patient)
    assert telling.find_looks(by=people.machinery(), at=later + DAY) == 1
    messages = list(LookMessage.objects.order_by("on", "id"))
    assert [one.looker_id for one in messages] == [nurse.id, doctor.id, nurse.id]
    assert telling.send_of_look(messages[0].id, at=later)
    assert not telling.send_of_look(messages[0].id, at=later)
    (letter,) = mail.outbox
    assert letter.to == ["amina@example.org"]
    assert "Berg" not in letter.body
    assert "Amina" not in letter.body
    assert actions.end_messages(patient, by=me(patient), at=later)
    assert not actions.end_messages(patient, by=me(patient), at=later)
    assert not telling.send_of_look(messages[1].id, at=later)
    assert len(mail.outbox) == 1


def test_messages_need_an_address_and_ones_own_record() -> None:
    patient = people.patient()
    for address in ("", "nonsense", "a@b@c"):
        with pytest.raises(actions.NoAddress):
            actions.ask_for_messages(patient, address, by=me(patient), at=NOON)
    for by, key in ((people.staff(Role.NURSE).actor, patient), (me(patient), people.patient()), (me(patient), uuid4())):
        with pytest.raises(access.NotPermitted):
            actions.ask_for_messages(key, "a@example.org", by=by, at=NOON)
    assert not LookNotice.objects.exists()


def test_whoever_hears_of_a_question_and_its_answer_has_a_job_in_the_same_transaction() -> None:
    patient, officer = people.patient(), people.staff(Role.PRIVACY_OFFICER)
    key = actions.question_look(patient, look(people.staff(Role.NURSE).actor, patient), by=me(patient), at=NOON)
    actions.answer_question(key, answer="Because.", by=officer.actor, at=NOON)
    jobs = ProcrastinateJob.objects.filter(task_name__startswith="ehospital.messaging.tasks.look_was_").order_by("id")
    assert [(job.task_name.rsplit(".", 1)[1], job.args["question_id"]) for job in jobs] == [
        ("look_was_questioned", str(key)), ("look_was_answered", str(key)),
    ]  # fmt: skip
