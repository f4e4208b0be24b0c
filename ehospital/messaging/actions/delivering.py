"""Sending one message: claimed under a lock, sent without one, and its end noted under a lock again."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from ehospital.algorithms import notice_ladder as ladder
from ehospital.foundation import audit
from ehospital.messaging import channels, locks
from ehospital.messaging.actions import timers
from ehospital.messaging.actions.announcing import advance, plan_of, reach_of, stand
from ehospital.messaging.models import Delivery, NoticeStep, PushSubscription
from ehospital.messaging.queries import recipients
from ehospital.people import access

log = logging.getLogger(__name__)
State = Delivery.State

LOST_AFTER = timedelta(minutes=2)
"""Whoever has been sending for so long died at it: every channel gives up much earlier."""


def deliver(delivery_id: UUID, *, by: access.Actor, at: datetime) -> bool:
    """Send one message if its time has come and nobody else sends it, and return whether it left.

    Failing is no error: it is noted with its reason and tried again. When everything that a step sent has failed, the
    next step follows at once.

    Raises:
        NotPermitted: `by` is not the machinery.
    """
    access.require(by, access.Permission.NOTICES_SEND)
    claimed = _claim(delivery_id, at=at)
    if claimed is None:
        return False
    outcome = _attempt(claimed, at)
    _note(claimed, outcome, at=at)
    weigh(claimed.notice_id, by=by, at=at)
    return outcome.sent


@transaction.atomic
def _claim(delivery_id: UUID, *, at: datetime) -> Delivery | None:
    """Take a message that is due, so that no other worker sends it; None when there is nothing to send."""
    one = locks.delivery(delivery_id)
    if one is None or one.next_at is None or one.next_at > at:
        return None
    if one.notice.settled_at is not None:
        one.state, one.why, one.next_at = State.LEFT_OUT, Delivery.Why.SETTLED, None
        one.save(update_fields=["state", "why", "next_at"])
        return None
    if one.staff_id in recipients.relieved(one.notice_id):
        one.state, one.why, one.next_at = State.LEFT_OUT, Delivery.Why.RELIEVED, None
        one.save(update_fields=["state", "why", "next_at"])
        return None
    one.state, one.attempts, one.next_at = State.SENDING, one.attempts + 1, at + LOST_AFTER
    one.save(update_fields=["state", "attempts", "next_at"])
    return one


def _attempt(claimed: Delivery, at: datetime) -> channels.Outcome:
    """Send it, outside of any transaction."""
    person = recipients.of([claimed.staff_id]).get(claimed.staff_id)
    if person is None or (why := channels.obstacle(claimed.channel, person)):
        return channels.Outcome(why=why if person else Delivery.Why.NO_ACCOUNT, final=True)
    try:
        return channels.send(claimed, person, at=at)
    except Exception as error:
        # Whatever a channel breaks at, it must not keep the next one from being tried.
        log.exception("a message over %s broke", claimed.channel)
        return channels.Outcome(why=f"{type(error).__name__}: {error}")


@transaction.atomic
def _note(claimed: Delivery, outcome: channels.Outcome, *, at: datetime) -> None:
    one = locks.delivery(claimed.id)
    PushSubscription.objects.filter(pk__in=outcome.gone).delete()
    if one is None or one.state != State.SENDING or one.attempts != claimed.attempts:
        return  # it was taken for lost meanwhile, and another worker sends it again
    wait = None if outcome.final else ladder.wait_after(one.attempts)
    one.why = outcome.why[:300]
    if outcome.sent:
        one.state, one.sent_at, one.next_at = State.SENT, at, None
    elif wait is None:
        one.state, one.next_at, one.why = State.FAILED, None, one.why or "refused"
    else:
        one.state, one.next_at = State.QUEUED, at + wait
    one.save(update_fields=["state", "why", "next_at", "sent_at"])
    timers.send([one])


@transaction.atomic
def weigh(notice_id: UUID, *, by: access.Actor, at: datetime) -> None:
    """Note whether the newest step of a notice reached anybody; when it is nobody, the next one follows at once."""
    notice = locks.notice(notice_id)
    if notice is None or notice.settled_at is not None:
        return
    step = NoticeStep.objects.filter(notice=notice, position=notice.position - 1, reached=None).first()
    if step is None:
        return
    counted = Delivery.objects.filter(notice=notice, position=step.position)
    counted = counted.exclude(staff_id__in=recipients.relieved(notice_id))
    reach = reach_of(list(counted.order_by("pk")))
    if reach is ladder.Reach.NOT_YET:
        return
    step.reached = reach is ladder.Reach.SOMEBODY
    step.save(update_fields=["reached"])
    stand(notice, plan_of(notice), ladder.Standing(notice.position, notice.lead), reach, at=at)
    notice.save(update_fields=["lead", "next_at", "unreached_at"])
    if reach is ladder.Reach.NOBODY:
        audit.record(
            "notice.reached_nobody", by=by, at=at, patient_id=notice.patient_id, subject=f"notice:{notice_id}",
            details={"step": step.position},
        )  # fmt: skip
        advance(notice, by=by, at=at)
