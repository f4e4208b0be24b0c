"""Somebody takes a notice over from a colleague: it waits for them from now on, and its ladder goes on as before."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.foundation import audit, outbox
from ehospital.messaging import details, events, locks
from ehospital.messaging.actions import announcing, timers
from ehospital.messaging.actions.delivering import weigh
from ehospital.messaging.models import Delivery, Notice, NoticeStep, ToldPerson
from ehospital.messaging.queries import recipients
from ehospital.people import access

State, Why = Delivery.State, Delivery.Why


@transaction.atomic
def relieve(*, kind: Notice.Kind, subject: str, whom: UUID | None, to: UUID, by: access.Actor, at: datetime) -> bool:
    """Tell `to` of an open notice at once, in the place of `whom`, and return whether there was one.

    A part of the caller's act, which has asked for the permission. The ladder neither begins anew nor waits longer:
    what was due next stays due when it was. `whom` is told no more in their own name, their bell falls silent, and that
    they were reached counts no more; when nobody else is, the next step follows at once. Nobody is told the same step
    twice: who has it already keeps it.
    """
    locks.subject(kind, subject)
    running = Notice.objects.filter(kind=kind, subject=subject, settled_at=None).values_list("pk", flat=True).first()
    notice = locks.notice(running) if running is not None else None
    if notice is None or notice.settled_at is not None or whom == to:
        return False
    notice.ladder = details.to_json(in_place_of(details.from_json(notice.ladder), whom, to))
    notice.save(update_fields=["ladder"])
    if whom is not None:
        _let_go(notice, whom, at)
    _tell_at_once(notice, to, at)
    audit.record(
        "notice.handed_over", by=by, at=at, patient_id=notice.patient_id, subject=f"notice:{notice.id}",
        details={"from": str(whom or ""), "to": str(to)},
    )  # fmt: skip
    outbox.publish(events.NoticesChanged(staff_ids=tuple(sorted({to, whom or to})), at=at))
    NoticeStep.objects.filter(notice=notice, position=notice.position - 1).update(reached=None)
    weigh(notice.id, by=by, at=at)
    return True


def in_place_of(steps: Sequence[details.Step], whom: UUID | None, to: UUID) -> list[details.Step]:
    """Return the steps with one person's name in place of another's; who stood on none comes to the first one too."""
    named = [
        replace(one, staff_ids=tuple(dict.fromkeys(to if key == whom else key for key in one.staff_ids)))
        for one in steps
    ]
    if not any(to in one.staff_ids for one in named):
        named[0] = replace(named[0], staff_ids=(*named[0].staff_ids, to))
    return named


def _let_go(notice: Notice, whom: UUID, at: datetime) -> None:
    """Take the notice from somebody's screen, and their messages that have not left out of the queue."""
    ToldPerson.objects.filter(notice=notice, staff_id=whom, relieved_at=None).update(relieved_at=at)
    waiting = Delivery.objects.filter(notice=notice, staff_id=whom, state=State.QUEUED)
    waiting.update(state=State.LEFT_OUT, why=Why.RELIEVED, next_at=None)


def _tell_at_once(notice: Notice, to: UUID, at: datetime) -> None:
    """Tell somebody the step that was told last, unless they were told it: then it stands on their screen again."""
    if notice.position == 0:
        return  # nothing was told yet: the first step names them
    newest, steps = notice.position - 1, details.from_json(notice.ladder)
    ToldPerson.objects.filter(notice=notice, staff_id=to).update(relieved_at=None)
    kept_back = Delivery.objects.filter(notice=notice, position=newest, staff_id=to)
    if kept_back.exists():
        again = list(kept_back.filter(state=State.LEFT_OUT, why=Why.RELIEVED, sent_at=None).order_by("pk"))
        for one in again:
            one.state, one.why, one.next_at = State.QUEUED, "", at
            one.save(update_fields=["state", "why", "next_at"])
        timers.send(again)
        return
    step = replace(steps[newest % len(steps)], staff_ids=(to,), unit_ids=(), roles=())
    announcing.put(notice, step, recipients.of_step(step, at=at), position=newest, at=at)
