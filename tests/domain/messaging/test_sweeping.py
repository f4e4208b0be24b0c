"""What a lost job leaves behind is found; broken glass and questions become notices and end with their review."""

from datetime import timedelta

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from ehospital.foundation.models import AuditEvent
from ehospital.messaging import actions, queries
from ehospital.messaging.actions import timers
from ehospital.messaging.models import Delivery, Notice, NoticeStep
from ehospital.people import access
from ehospital.people import actions as staffing
from ehospital.people.access import Role
from tests.factories import messaging as make
from tests.factories import people
from tests.factories.messaging import MINUTE
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
REASON = "Found unconscious."


def swept(at) -> actions.sweeping.Swept:
    return actions.sweep(by=people.machinery(at), at=at)


def numbers(at) -> tuple[int, int, int]:
    found = swept(at)
    return found.steps, found.messages, found.notices


def broken(doctor: people.Staff, patient=None):
    return staffing.break_glass(
        patient or people.patient(), kind="emergency", reason=REASON, by=doctor.actor, at=NOON
    )  # fmt: skip


def send_all(at) -> int:
    waiting = Delivery.objects.filter(state="queued").values_list("pk", flat=True)
    return sum(actions.deliver(key, by=people.machinery(at), at=at) for key in waiting)


def test_a_due_step_without_a_job_is_told_once() -> None:
    me = make.colleague(username="me")
    make.announced(*make.ladder([me.id], [me.id]))
    assert numbers(NOON + 10 * MINUTE - timedelta(seconds=1)) == (0, 0, 0)
    assert numbers(NOON + 10 * MINUTE) == (1, 0, 0)
    assert numbers(NOON + 10 * MINUTE) == (0, 0, 0)
    assert NoticeStep.objects.count() == 2


def test_an_overdue_message_gets_a_job_again_to_run_at_once() -> None:
    me = make.colleague(username="me", email="me@example.org")
    make.announced(*make.ladder([me.id]))
    jobs = ProcrastinateJob.objects.filter(task_name=timers.SEND_JOB)
    assert jobs.count() == 1
    assert numbers(NOON + timedelta(seconds=19)) == (0, 0, 0)
    assert numbers(NOON + timedelta(seconds=20)) == (0, 1, 0)
    assert list(jobs.order_by("id").values_list("scheduled_at", flat=True)) == [NOON, None]


def test_messages_of_long_settled_notices_are_removed() -> None:
    me = make.colleague(username="me", email="me@example.org")
    make.announced(*make.ladder([me.id]))
    later = NOON + timedelta(days=91)
    assert actions.clear(by=people.machinery(later), at=later) == 0
    actions.settle(kind=Notice.Kind.CRITICAL_RESULT, subject="result:1", by=me.actor, at=NOON)
    assert actions.clear(by=people.machinery(NOON), at=NOON + timedelta(days=90)) == 0
    assert actions.clear(by=people.machinery(later), at=later) == 4
    assert Notice.objects.count() == 1


def test_the_officer_is_told_of_broken_glass_again_and_again_until_it_is_reviewed() -> None:
    officer = make.colleague(Role.PRIVACY_OFFICER, "officer", email="officer@example.org")
    doctor = people.staff(Role.DOCTOR)
    key = broken(doctor)
    for _ in range(2):
        actions.glass_was_broken(key, by=people.machinery(), at=NOON)
    assert queries.unread_count(viewer=officer.actor) == 1
    assert send_all(NOON) == 1
    (letter,) = mail.outbox
    assert letter.subject == "A chart was opened outside of care"
    assert "OKAFOR" not in letter.body.upper()
    assert REASON not in letter.body
    for hours in (4, 24, 28, 32):
        again = NOON + timedelta(hours=hours)
        assert numbers(again) == (1, 0, 0)
        assert send_all(again) == 1
    staffing.review_glass(key, verdict="justified", note="Right.", by=access.later(officer.actor, again), at=again)
    actions.glass_was_reviewed(key, at=again)
    notice = Notice.objects.get()
    assert (notice.settled_at, notice.settled_by) == (again, "Tove Berg")
    assert numbers(again + timedelta(days=9)) == (0, 0, 0)
    actions.glass_was_broken(key, by=people.machinery(), at=again)
    assert Notice.objects.count() == 1


def test_without_any_officer_those_who_appoint_one_hear_of_it_at_once() -> None:
    admin = make.colleague(Role.ADMINISTRATOR, "admin")
    actions.glass_was_broken(broken(people.staff(Role.DOCTOR)), by=people.machinery(), at=NOON)
    assert queries.unread_count(viewer=admin.actor) == 1
    assert list(NoticeStep.objects.order_by("position").values_list("reached", flat=True)) == [False, False, True]


def test_who_opened_the_chart_is_not_told_of_it() -> None:
    doctor, officer = people.staff(Role.DOCTOR), make.colleague(Role.PRIVACY_OFFICER, "officer")
    staffing.give_role(staff_id=doctor.id, role=Role.PRIVACY_OFFICER, by=people.machinery(), at=NOON)
    actions.glass_was_broken(broken(doctor), by=people.machinery(), at=NOON)
    assert list(Notice.objects.get().people.values_list("staff_id", flat=True)) == [officer.id]


def test_a_lost_job_of_people_is_made_good_by_the_sweep_both_ways() -> None:
    officer = make.colleague(Role.PRIVACY_OFFICER, "officer")
    key = broken(people.staff(Role.DOCTOR))
    assert numbers(NOON) == (0, 0, 1)
    assert numbers(NOON) == (0, 0, 0)
    staffing.review_glass(key, verdict="justified", note="Right.", by=officer.actor, at=NOON)
    assert numbers(NOON) == (0, 0, 1)
    assert Notice.objects.get().settled_by == "Tove Berg"


def test_the_same_for_a_question_and_its_answer() -> None:
    patient, officer = people.patient(), make.colleague(Role.PRIVACY_OFFICER, "officer")
    me = access.of_patient(patient, name="Amina", at=NOON)
    key = broken(people.staff(Role.DOCTOR), patient)
    event = AuditEvent.objects.get(action="glass.broken").pk
    question = staffing.question_look(patient, event, by=me, at=NOON)
    actions.look_was_questioned(question, by=people.machinery(), at=NOON)
    actions.glass_was_broken(key, by=people.machinery(), at=NOON)
    assert {one.url for one in queries.notices(viewer=officer.actor, at=NOON)} == {
        f"/staff/questions/{question}/", f"/staff/broken-glass/{key}/",
    }  # fmt: skip
    staffing.answer_question(question, answer="Because.", by=officer.actor, at=NOON)
    actions.look_was_answered(question, at=NOON)
    assert Notice.objects.get(kind="patient_question").settled_by == "Tove Berg"
    assert queries.unread_count(viewer=officer.actor) == 1
