"""Two workers at once, and a caller beside them: one notice, one telling of each step, one message."""

import threading
from datetime import timedelta

from django.core import mail

from ehospital.messaging import actions
from ehospital.messaging.models import Channel, Delivery, Notice, NoticeStep, ToldPerson
from tests.engines import Clone
from tests.factories import messaging as make
from tests.factories import people
from tests.factories.messaging import MINUTE
from tests.factories.people import NOON
from tests.races.test_glass import together

ROUNDS = 5
KIND = Notice.Kind.CRITICAL_RESULT


def test_a_due_step_is_told_once_by_whichever_worker(own_database: Clone) -> None:
    me = make.colleague(username="me", email="me@example.org")
    for number in range(ROUNDS):
        notice = make.announced(*make.ladder([me.id], [me.id]), subject=f"r:{number}")
        at = NOON + 10 * MINUTE
        told = together(*[lambda: actions.tell_due(notice.id, by=people.machinery(at), at=at)] * 3)  # noqa: B023
        assert sorted(told) == [0, 0, 1]  # type: ignore[type-var]
        assert NoticeStep.objects.filter(notice=notice).count() == 2
        assert ToldPerson.objects.get(notice=notice).times == 2


def test_a_message_leaves_once_although_two_workers_want_to_send_it(own_database: Clone) -> None:
    me = make.colleague(username="me", email="me@example.org")
    mail.outbox = []
    for number in range(ROUNDS):
        make.announced(*make.ladder([me.id]), subject=f"r:{number}")
        key = Delivery.objects.get(channel=Channel.EMAIL, notice__subject=f"r:{number}").pk
        told = together(*[lambda: actions.deliver(key, by=people.machinery(), at=NOON)] * 3)  # noqa: B023
        assert sorted(told) == [False, False, True]  # type: ignore[type-var]
        assert len(mail.outbox) == number + 1


def test_announced_by_two_at_once_it_is_one(own_database: Clone) -> None:
    me = make.colleague(username="me")
    for number in range(ROUNDS):
        made = together(*[lambda: make.announced(*make.ladder([me.id]), subject=f"r:{number}").id] * 3)  # noqa: B023
        assert len(set(made)) == 1
        assert Notice.objects.filter(subject=f"r:{number}").count() == 1


def test_settled_while_a_step_falls_due_it_stays_settled(own_database: Clone) -> None:
    me = make.colleague(username="me", email="me@example.org")
    for number in range(ROUNDS):
        notice = make.announced(*make.ladder([me.id], [me.id]), subject=f"r:{number}")
        at = NOON + 10 * MINUTE
        told = together(
            lambda: actions.settle(kind=KIND, subject=f"r:{number}", by=me.actor, at=at),  # noqa: B023
            lambda: actions.tell_due(notice.id, by=people.machinery(at), at=at),  # noqa: B023
            lambda: actions.sweep(by=people.machinery(at), at=at).steps,  # noqa: B023
        )
        assert not [one for one in told if isinstance(one, BaseException)]
        notice.refresh_from_db()
        assert (notice.settled_by, notice.next_at) == ("Tove Berg", None)
        assert not Delivery.objects.filter(notice=notice, state="queued").exists()
        assert actions.sweep(by=people.machinery(), at=NOON + timedelta(days=2)).steps == 0
    assert threading.active_count() < 50
