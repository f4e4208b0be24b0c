"""A notice from its announcement to its end: who has it on the screen, and when the next ones are told."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from ehospital.algorithms.notice_ladder import UnusableLadder
from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.journeys import merging
from ehospital.messaging import actions, queries
from ehospital.messaging.actions import Step, timers
from ehospital.messaging.models import Channel, Delivery, Notice, NoticeStep, ToldPerson
from ehospital.people import access
from ehospital.people import actions as staffing
from tests.factories import messaging as make
from tests.factories import people
from tests.factories.messaging import MINUTE
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
KIND = Notice.Kind.CRITICAL_RESULT


def go_on(notice: Notice, at) -> int:
    return actions.tell_due(notice.id, by=people.machinery(at), at=at)


def unread(who: people.Staff, at=NOON) -> int:
    return queries.unread_count(viewer=access.later(who.actor, at))


def test_the_first_step_is_on_the_screen_at_once_and_the_next_ones_in_their_time() -> None:
    first, second = make.colleague(username="first"), make.colleague(username="second")
    notice = make.announced(*make.ladder([first.id], [second.id]))
    assert (unread(first), unread(second)) == (1, 0)
    assert notice.next_at == NOON + 10 * MINUTE
    assert go_on(notice, NOON + 10 * MINUTE - timedelta(microseconds=1)) == 0
    assert go_on(notice, NOON + 10 * MINUTE) == 1
    assert (unread(first), unread(second)) == (1, 1)
    notice.refresh_from_db()
    assert (notice.position, notice.next_at) == (2, NOON + 25 * MINUTE)
    assert go_on(notice, NOON + 25 * MINUTE) == 1
    assert ToldPerson.objects.get(notice=notice, staff_id=first.id).times == 2
    assert list(NoticeStep.objects.order_by("position").values_list("position", "reached")) == [
        (0, True), (1, True), (2, True),
    ]  # fmt: skip


def test_the_timer_is_a_job_of_the_same_transaction() -> None:
    first = make.colleague(username="first")
    notice = make.announced(*make.ladder([first.id], [first.id]))
    (job,) = ProcrastinateJob.objects.filter(task_name=timers.STEP_JOB)
    assert (job.args, job.scheduled_at) == ({"notice_id": str(notice.id)}, NOON + 10 * MINUTE)


def test_announcing_again_while_it_is_open_changes_nothing() -> None:
    first = make.colleague(username="first")
    notice = make.announced(*make.ladder([first.id]))
    again = make.announced(*make.ladder([uuid4()]), at=NOON + MINUTE)
    assert again.id == notice.id
    assert (Notice.objects.count(), NoticeStep.objects.count(), ToldPerson.objects.count()) == (1, 1, 1)
    assert actions.settle(kind=KIND, subject="result:1", by=first.actor, at=NOON + MINUTE)
    assert make.announced(*make.ladder([first.id]), at=NOON + 2 * MINUTE).id != notice.id


def test_settled_by_whom_and_nothing_more_is_told() -> None:
    first, second = make.colleague(username="first"), make.colleague(username="second", email="s@example.org")
    notice = make.announced(*make.ladder([first.id, second.id], [second.id]))
    waiting = Delivery.objects.get(channel=Channel.EMAIL, staff_id=second.id)
    assert actions.settle(kind=KIND, subject="result:1", by=first.actor, at=NOON + MINUTE)
    assert not actions.settle(kind=KIND, subject="result:1", by=first.actor, at=NOON + MINUTE)
    assert go_on(notice, NOON + timedelta(days=1)) == 0
    assert not actions.deliver(waiting.id, by=people.machinery(), at=NOON + MINUTE)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.why) == ("left_out", "settled")
    (seen,) = queries.notices(viewer=second.actor, at=NOON + 2 * MINUTE)
    assert (seen.settled_by, seen.settled_at, seen.unread) == ("Tove Berg", NOON + MINUTE, False)
    assert unread(second, NOON + 2 * MINUTE) == 0
    assert queries.notices(viewer=second.actor, at=NOON + timedelta(days=2)) == []
    assert OutboxMessage.objects.filter(subject="event.messaging.NoticesChanged").count() == 2
    assert AuditEvent.objects.filter(action="notice.settled").count() == 1


def test_a_step_without_anybody_is_followed_by_the_next_at_once_and_the_screen_says_so() -> None:
    second = make.colleague(username="second")
    notice = make.announced(Step(timedelta(0), roles=("privacy_officer",)), Step(60 * MINUTE, staff_ids=(second.id,)))
    assert list(NoticeStep.objects.order_by("position").values_list("told_at", "reached")) == [
        (NOON, False), (NOON, True),
    ]  # fmt: skip
    assert unread(second) == 1
    assert notice.next_at == NOON + 15 * MINUTE


def test_a_ladder_that_reaches_nobody_at_all_waits_before_it_begins_anew_and_goes_on() -> None:
    notice = make.announced(Step(timedelta(0), roles=("doctor",)), Step(60 * MINUTE, roles=("nurse",)))
    assert NoticeStep.objects.count() == 2
    assert (notice.next_at, notice.unreached_at) == (NOON + 15 * MINUTE, NOON)
    doctor = make.colleague(username="later")
    assert go_on(notice, NOON + 15 * MINUTE) == 1
    (seen,) = queries.notices(viewer=doctor.actor, at=NOON + 15 * MINUTE)
    assert seen.unreached_at is None


def test_a_worker_that_was_away_for_hours_tells_one_ladder_and_no_more() -> None:
    first, second = make.colleague(username="first"), make.colleague(username="second")
    notice = make.announced(*make.ladder([first.id], [second.id]))
    late = NOON + timedelta(hours=9)
    assert go_on(notice, late) == 1
    notice.refresh_from_db()
    assert notice.next_at == late + 15 * MINUTE


def test_units_and_roles_together_mean_both_and_who_left_is_not_told() -> None:
    by = people.machinery()
    ward = staffing.add_unit(name="Ward", organisation_id=None, by=by, at=NOON)
    nurse = make.colleague("nurse", "nurse", unit_id=ward)
    doctor = make.colleague("doctor", "doctor", unit_id=ward)
    elsewhere = make.colleague("nurse", "elsewhere")
    make.announced(Step(timedelta(0), unit_ids=(ward,), roles=("nurse",)))
    assert (unread(nurse), unread(doctor), unread(elsewhere)) == (1, 0, 0)
    make.announced(Step(timedelta(0), unit_ids=(ward,), but_not=(nurse.id,)), subject="result:2")
    assert (unread(nurse), unread(doctor), unread(elsewhere)) == (1, 1, 0)
    make.announced(Step(timedelta(0), roles=("nurse",)), subject="result:3")
    assert (unread(nurse), unread(doctor), unread(elsewhere)) == (2, 1, 1)


def test_seen_until_told_again_and_it_goes_on() -> None:
    first = make.colleague(username="first")
    notice = make.announced(*make.ladder([first.id]))
    at = NOON + MINUTE
    assert actions.see_notice(notice.id, by=first.actor, at=at).url == "/staff/results/1/"
    actions.see_notice(notice.id, by=first.actor, at=at + MINUTE)
    assert ToldPerson.objects.get().seen_at == at
    assert AuditEvent.objects.filter(action="notice.seen").count() == 1
    assert unread(first, at) == 0
    assert go_on(notice, NOON + 15 * MINUTE) == 1
    assert unread(first, at) == 1


def test_nobody_sees_what_does_not_wait_for_them() -> None:
    first, other = make.colleague(username="first"), make.colleague(username="other")
    notice = make.announced(*make.ladder([first.id]))
    for who in (other.actor, people.machinery(), access.of_patient(people.patient(), name="x", at=NOON)):
        for key in (notice.id, uuid4()):
            with pytest.raises(access.NotPermitted):
                actions.see_notice(key, by=who, at=NOON)
        assert queries.notices(viewer=who, at=NOON) == []
        assert queries.unread_count(viewer=who) == 0
    assert ToldPerson.objects.get().seen_at is None
    with pytest.raises(access.NotPermitted):
        actions.tell_due(notice.id, by=first.actor, at=NOON + 15 * MINUTE)
    assert NoticeStep.objects.count() == 1


def test_the_patient_is_named_only_to_who_may_open_the_chart_and_that_is_written_down() -> None:
    by = people.machinery()
    ward = staffing.add_unit(name="Ward", organisation_id=None, by=by, at=NOON)
    near, far = make.colleague("nurse", "near", unit_id=ward), make.colleague("nurse", "far")
    key = people.patient()
    staffing.begin_care(patient_id=key, unit_id=ward, kind="ward", source="t", by=by, at=NOON)
    make.announced(*make.ladder([near.id, far.id]), patient_id=key)
    assert [one.patient_name for one in queries.notices(viewer=near.actor, at=NOON)] == ["OKAFOR, Amina"]
    assert [one.patient_name for one in queries.notices(viewer=far.actor, at=NOON)] == [""]
    assert [one.actor_id for one in AuditEvent.objects.filter(action="notices.read")] == [near.actor.id]


def test_the_most_urgent_and_then_the_newest_first() -> None:
    me = make.colleague("privacy_officer", "me")
    for number, kind in enumerate(
        [
            Notice.Kind.PATIENT_QUESTION,
            Notice.Kind.CRITICAL_RESULT,
            Notice.Kind.BROKEN_GLASS,
            Notice.Kind.CRITICAL_RESULT,
        ]
    ):
        make.announced(*make.ladder([me.id]), subject=f"s:{number}", kind=kind, at=NOON + number * MINUTE)
    actions.settle(kind=KIND, subject="s:1", by=me.actor, at=NOON + 5 * MINUTE)
    shown = queries.notices(viewer=me.actor, at=NOON + 6 * MINUTE)
    assert [(one.kind, one.settled_by) for one in shown] == [
        ("critical_result", ""), ("broken_glass", ""), ("patient_question", ""), ("critical_result", "Tove Berg"),
    ]  # fmt: skip


@pytest.mark.parametrize("steps", [[], [Step(MINUTE), Step(timedelta(0))], [Step(-MINUTE)]])
def test_a_ladder_that_makes_no_sense_is_refused(steps: list[Step]) -> None:
    with pytest.raises(UnusableLadder):
        make.announced(*steps)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"url": "https://elsewhere.example/"}, "notice_leads_into_this_hospital"),
        ({"url": "//elsewhere.example/"}, "notice_leads_into_this_hospital"),
        ({"settled_at": NOON}, "notice_open_or_settled"),
        ({"next_at": None}, "notice_open_or_settled"),
    ],
)
def test_the_database_holds_the_rules(change: dict[str, object], constraint: str) -> None:
    notice = make.announced(*make.ladder([make.colleague(username="x").id]))
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(**change)


def test_one_message_a_step_person_and_channel() -> None:
    make.announced(*make.ladder([make.colleague(username="x").id]))
    one = Delivery.objects.get(channel=Channel.SCREEN)
    with pytest.raises(IntegrityError, match="one_message_a_step_person_and_channel"), transaction.atomic():
        Delivery.objects.create(
            notice=one.notice, position=0, staff_id=one.staff_id, channel="screen", state="sent", queued_at=NOON,
            sent_at=NOON,
        )  # fmt: skip


def test_a_merge_takes_notices_along_and_gives_them_back() -> None:
    by = people.machinery()
    survivor, absorbed = people.patient(), people.patient("Amena")
    notice = make.announced(*make.ladder([make.colleague(username="x").id]), patient_id=absorbed)
    merge = merging.merge(survivor_id=survivor, absorbed_id=absorbed, choices={}, by=by, at=NOON)
    notice.refresh_from_db()
    assert notice.patient_id == survivor
    assert go_on(notice, NOON + 15 * MINUTE) == 1
    merging.unmerge(merge, by=by, at=NOON + 16 * MINUTE)
    notice.refresh_from_db()
    assert notice.patient_id == absorbed
