"""A notice handed over: told to whoever has it now, at once; its ladder goes on, and nobody is told a step twice."""

from datetime import timedelta

import pytest

from ehospital.foundation.models import AuditEvent
from ehospital.messaging import actions, queries
from ehospital.messaging.details import Step, from_json
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


def relieve(whom, to, at=NOON + MINUTE, by=None) -> bool:
    by = by or people.machinery(at)
    return actions.relieve(kind=KIND, subject="result:1", whom=whom and whom.id, to=to.id, by=by, at=at)


def told(who: people.Staff) -> list[tuple[int, str, str]]:
    rows = Delivery.objects.filter(staff_id=who.id).exclude(why__startswith="no_").order_by("position", "channel")
    return list(rows.values_list("position", "channel", "state"))


def test_it_goes_to_the_new_person_at_once_and_no_longer_to_the_old_one() -> None:
    old, new = make.colleague(username="old", email="o@example.org"), make.colleague(username="new")
    notice = make.announced(*make.ladder([old.id], [make.colleague(username="third").id]))
    assert (unread(old), unread(new)) == (1, 0)
    due = notice.next_at
    assert relieve(old, new)
    assert (unread(old), unread(new)) == (0, 1)
    assert queries.notices(viewer=old.actor, at=NOON + MINUTE) == []
    (seen,) = queries.notices(viewer=new.actor, at=NOON + MINUTE)
    assert (seen.told_at, [one.name for one in seen.others]) == (NOON + MINUTE, [])
    with pytest.raises(access.NotPermitted):
        actions.see_notice(notice.id, by=old.actor, at=NOON + MINUTE)
    notice.refresh_from_db()
    assert (notice.position, notice.next_at, notice.announced_at) == (1, due, NOON), "the ladder goes on as it was"
    assert told(old) == [(0, "email", "left_out"), (0, "screen", "sent")]
    assert told(new) == [(0, "screen", "sent")]
    event = AuditEvent.objects.get(action="notice.handed_over")
    assert event.details == {"from": str(old.id), "to": str(new.id)}


def test_a_message_of_the_old_one_that_has_not_left_does_not_leave() -> None:
    old, new = make.colleague(username="old", email="o@example.org"), make.colleague(username="new")
    make.announced(*make.ladder([old.id]))
    waiting = Delivery.objects.get(staff_id=old.id, channel=Channel.EMAIL)
    assert relieve(old, new)
    Delivery.objects.filter(pk=waiting.pk).update(
        state="queued", why="", next_at=NOON
    )  # as if it was being tried again
    assert not actions.deliver(waiting.id, by=people.machinery(), at=NOON + 2 * MINUTE)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.why, waiting.attempts) == ("left_out", "relieved", 0)


def test_later_rounds_name_the_new_one_in_the_place_of_the_old_one() -> None:
    old, new, third = (make.colleague(username=name) for name in ("old", "new", "third"))
    notice = make.announced(*make.ladder([old.id], [old.id, third.id]))
    assert relieve(old, new)
    notice.refresh_from_db()
    assert [one.staff_ids for one in from_json(notice.ladder)] == [(new.id,), (new.id, third.id)]
    assert go_on(notice, NOON + 10 * MINUTE) == 1
    assert (unread(old), unread(new), unread(third)) == (0, 1, 1)
    assert [position for position, *_ in told(old)] == [0]
    assert [position for position, *_ in told(new)] == [0, 1]


def test_who_was_told_the_step_already_is_not_told_it_again() -> None:
    old, new = make.colleague(username="old"), make.colleague(username="new")
    notice = make.announced(*make.ladder([old.id, new.id]))
    before = told(new)
    assert relieve(old, new)
    assert told(new) == before
    assert ToldPerson.objects.get(notice=notice, staff_id=new.id).times == 1


def test_handed_back_within_the_same_step_it_is_told_nobody_twice() -> None:
    old, new = make.colleague(username="old", email="o@example.org"), make.colleague(username="new")
    notice = make.announced(*make.ladder([old.id]))
    assert relieve(old, new)
    assert relieve(new, old, at=NOON + 2 * MINUTE)
    assert (unread(old, NOON + 2 * MINUTE), unread(new, NOON + 2 * MINUTE)) == (1, 0)
    assert told(old) == [(0, "email", "queued"), (0, "screen", "sent")], "the mail that was kept back leaves after all"
    assert ToldPerson.objects.get(notice=notice, staff_id=old.id).times == 1
    assert not relieve(old, old)


def test_taken_over_from_nobody_it_stands_on_the_first_step() -> None:
    team, new = make.colleague(username="team"), make.colleague(username="new")
    notice = make.announced(Step(timedelta(0), staff_ids=(team.id,)), Step(5 * MINUTE, roles=("doctor",)))
    assert relieve(None, new)
    notice.refresh_from_db()
    assert from_json(notice.ladder)[0].staff_ids == (team.id, new.id)
    assert (unread(team), unread(new)) == (1, 1)


def test_when_the_new_one_cannot_be_reached_the_next_step_follows_at_once() -> None:
    old, nobody, third = make.colleague(username="old"), make.colleague(), make.colleague(username="third")
    notice = make.announced(*make.ladder([old.id], [third.id]))
    assert relieve(old, nobody)
    notice.refresh_from_db()
    assert (notice.position, unread(third)) == (2, 1)
    reached = dict(NoticeStep.objects.filter(notice=notice).values_list("position", "reached"))
    assert reached == {0: False, 1: True}, "that the old one was reached does not count any more"


def test_when_nobody_stands_on_the_next_step_either_it_goes_on_to_whoever_is_there() -> None:
    old, nobody, third = make.colleague(username="old"), make.colleague(), make.colleague(username="third")
    steps = [Step(timedelta(0), staff_ids=(old.id,)), Step(5 * MINUTE, roles=("pharmacist",))]
    notice = make.announced(*steps, Step(10 * MINUTE, staff_ids=(third.id,)))
    assert relieve(old, nobody)
    notice.refresh_from_db()
    assert (notice.position, unread(third), unread(old)) == (3, 1, 0)


def test_whoever_is_still_on_duty_is_told_again_with_their_unit() -> None:
    unit = staffing.add_unit(name="Ward", by=people.machinery(), at=NOON)
    old, new = make.colleague(username="old", unit_id=unit), make.colleague(username="new")
    notice = make.announced(
        Step(timedelta(0), staff_ids=(old.id,)), Step(5 * MINUTE, unit_ids=(unit,), roles=("doctor",))
    )
    assert relieve(old, new)
    assert (unread(old), unread(new)) == (0, 1)
    assert go_on(notice, NOON + 5 * MINUTE) == 1
    assert (unread(old), unread(new)) == (1, 1), "handed over, and still one of those whom the unit's step means"


def test_a_settled_notice_is_told_nobody() -> None:
    old, new = make.colleague(username="old"), make.colleague(username="new")
    make.announced(*make.ladder([old.id]))
    actions.settle(kind=KIND, subject="result:1", by=old.actor, at=NOON)
    before = (Delivery.objects.count(), ToldPerson.objects.count(), AuditEvent.objects.count())
    assert not relieve(old, new)
    assert (Delivery.objects.count(), ToldPerson.objects.count(), AuditEvent.objects.count()) == before
