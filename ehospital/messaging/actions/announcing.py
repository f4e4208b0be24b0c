"""Announcing a notice, and telling the steps of its ladder when they are due."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from ehospital.algorithms import notice_ladder as ladder
from ehospital.foundation import audit, outbox
from ehospital.messaging import channels, details, events, locks
from ehospital.messaging.actions import timers
from ehospital.messaging.models import Channel, Delivery, Notice, NoticeStep, ToldPerson
from ehospital.messaging.policies.urgency import RULES, held_until, wanted
from ehospital.messaging.queries import recipients
from ehospital.messaging.queries.recipients import Recipient
from ehospital.people import access

State = Delivery.State


@transaction.atomic
def announce(
    *,
    kind: Notice.Kind,
    subject: str,
    patient_id: UUID | None,
    url: str,
    steps: Sequence[details.Step],
    by: access.Actor,
    at: datetime,
) -> Notice:
    """Tell people of something until somebody has acted (`settle`); announcing it again meanwhile changes nothing.

    A part of the caller's act, which has asked for the permission. Steps that are due at once are on people's screens
    with the caller's commit; mail, text and push messages leave after it.

    Args:
        subject: what it is about; one notice of a kind is open for it at a time.
        url: the path where it is acted on.
        steps: whom to tell, and how long after `at`; at the end they begin anew.
    Raises:
        UnusableLadder: no step, or one before the step it follows.
    """
    locks.subject(kind, subject)
    running = Notice.objects.filter(kind=kind, subject=subject, settled_at=None).first()
    if running is not None:
        return running
    plan = ladder.Plan(at, tuple(step.after for step in steps), RULES[kind].repeat)
    notice = Notice.objects.create(
        kind=kind, subject=subject, patient_id=patient_id, url=url, ladder=details.to_json(steps), announced_at=at,
        lead=timedelta(0), next_at=plan.planned_at(0),
    )  # fmt: skip
    audit.record(
        "notice.announced", by=by, at=at, patient_id=patient_id, subject=f"notice:{notice.id}", details={"kind": kind}
    )
    if not advance(notice, by=by, at=at):
        timers.wake(notice)
    return notice


@transaction.atomic
def tell_due(notice_id: UUID, *, by: access.Actor, at: datetime) -> int:
    """Tell the steps of a notice that are due, each once, and return how many there were.

    Raises:
        NotPermitted: `by` is not the machinery.
    """
    access.require(by, access.Permission.NOTICES_SEND)
    notice = locks.notice(notice_id)
    return advance(notice, by=by, at=at) if notice is not None else 0


def advance(notice: Notice, *, by: access.Actor, at: datetime) -> int:
    """Tell every step of a locked notice that is due, have the next one wake a worker; return how many were told."""
    steps = details.from_json(notice.ladder)
    plan = plan_of(notice)
    told, staff_ids = 0, set[UUID]()
    while notice.next_at is not None and notice.next_at <= at:
        standing = ladder.Standing(notice.position, notice.lead)
        step = steps[standing.position % len(steps)]
        people = recipients.of_step(step, at=at)
        reach = _tell(notice, step, people, at)
        stand(notice, plan, ladder.told(plan, standing, at=at), reach, at=at)
        told += 1
        staff_ids |= {one.staff_id for one in people}
        audit.record(
            "notice.told", by=by, at=at, patient_id=notice.patient_id, subject=f"notice:{notice.id}",
            details={"step": standing.position, "people": len(people)},
        )  # fmt: skip
    if told:
        notice.save(update_fields=["position", "lead", "next_at", "unreached_at"])
        timers.wake(notice)
        outbox.publish(events.NoticesChanged(staff_ids=tuple(sorted(staff_ids)), at=at))
    return told


def plan_of(notice: Notice) -> ladder.Plan:
    """Return the ladder of a notice as the rules know it."""
    after = tuple(step.after for step in details.from_json(notice.ladder))
    return ladder.Plan(notice.announced_at, after, RULES[notice.kind].repeat)


def stand(notice: Notice, plan: ladder.Plan, standing: ladder.Standing, reach: ladder.Reach, *, at: datetime) -> None:
    """Note, unsaved, how far a notice is, and whether its newest step is known to reach somebody, or nobody."""
    if reach is ladder.Reach.NOBODY:
        standing = ladder.reached_nobody(plan, standing, at=at)
        notice.unreached_at = notice.unreached_at or at
    elif reach is ladder.Reach.SOMEBODY:
        notice.unreached_at = None
    notice.position, notice.lead = standing.position, standing.lead
    notice.next_at = ladder.due_at(plan, standing)


def _tell(notice: Notice, step: details.Step, people: Sequence[Recipient], at: datetime) -> ladder.Reach:
    """Put a step on the screens of its people, queue its messages, and return whether it reached anybody so far."""
    made = put(notice, step, people, position=notice.position, at=at)
    reach = reach_of(made)
    NoticeStep.objects.create(
        notice=notice, position=notice.position, due_at=notice.next_at or at, told_at=at,
        reached=None if reach is ladder.Reach.NOT_YET else reach is ladder.Reach.SOMEBODY,
    )  # fmt: skip
    return reach


def put(
    notice: Notice, step: details.Step, people: Sequence[Recipient], *, position: int, at: datetime
) -> list[Delivery]:
    """Put a step on the screens of these people and queue its messages; return the messages, unsent ones too."""
    made = [one for person in people for one in _messages(notice, step, person, position, at)]
    Delivery.objects.bulk_create(made)
    known = {one.staff_id: one for one in ToldPerson.objects.filter(notice=notice)}
    for person in people:
        row = known.get(person.staff_id)
        if row is None:
            ToldPerson.objects.create(notice=notice, staff_id=person.staff_id, told_at=at)
        elif row.told_at < at:
            row.told_at, row.times, row.relieved_at = at, row.times + 1, None
            row.save(update_fields=["told_at", "times", "relieved_at"])
    timers.send(made)
    return made


def _messages(notice: Notice, step: details.Step, person: Recipient, position: int, at: datetime) -> list[Delivery]:
    """Return the unsaved messages of a step to one person: the screen, and each channel that is wanted or asked for."""
    urgency = RULES[notice.kind].urgency
    made = []
    for channel in Channel:
        if channel not in step.channels and not wanted(person.wishes, channel, urgency):
            continue
        one = Delivery(
            notice=notice, position=position, staff_id=person.staff_id, channel=channel, queued_at=at,
            state=State.QUEUED, next_at=at,
        )  # fmt: skip
        if why := channels.obstacle(channel, person):
            one.state, one.why, one.next_at = State.LEFT_OUT, why, None
        elif channel == Channel.SCREEN:
            one.state, one.next_at, one.sent_at = State.SENT, None, at
        elif until := held_until(person.wishes, urgency, at):
            one.why, one.next_at = Delivery.Why.QUIET, until
        made.append(one)
    return made


def reach_of(deliveries: Sequence[Delivery]) -> ladder.Reach:
    """Return whether the messages of one step reached anybody."""
    people: dict[UUID, list[Delivery]] = {}
    for one in deliveries:
        people.setdefault(one.staff_id, []).append(one)
    return ladder.reach(
        ladder.Person(
            on_screen=any(one.channel == Channel.SCREEN and one.state == State.SENT for one in theirs),
            tries=tuple(_try(one) for one in theirs if one.channel != Channel.SCREEN),
        )
        for theirs in people.values()
    )


def _try(one: Delivery) -> ladder.Try:
    if one.state == State.SENT:
        return ladder.Try.SENT
    if one.state == State.LEFT_OUT or (one.why == Delivery.Why.QUIET and not one.attempts):
        return ladder.Try.LEFT_OUT
    first = (one.state == State.QUEUED and one.attempts == 0) or (one.state == State.SENDING and one.attempts == 1)
    return ladder.Try.PENDING if first else ladder.Try.FAILED
