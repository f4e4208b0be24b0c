"""What people tell becomes a notice, and ends it. The record of people decides, not the order in which jobs run."""

from datetime import datetime, timedelta
from uuid import UUID

from ehospital.messaging.actions.announcing import announce
from ehospital.messaging.actions.settling import settle
from ehospital.messaging.details import Step
from ehospital.messaging.models import Channel, Notice
from ehospital.people import access
from ehospital.people.models import BrokenGlass, LookQuestion

Kind = Notice.Kind
_OFFICERS = (access.Role.PRIVACY_OFFICER,)
_APPOINTS = (*_OFFICERS, access.Role.ADMINISTRATOR)


def glass_was_broken(glass_id: UUID, *, by: access.Actor, at: datetime) -> None:
    """Tell the privacy officers that a chart was opened outside of care, unless it has been reviewed already.

    When none of them is reached, those who appoint officers hear of it at once; else after a day.
    """
    broken = BrokenGlass.objects.filter(pk=glass_id, verdict="").first()
    if broken is None:
        return
    steps = (
        Step(timedelta(0), roles=_OFFICERS, channels=(Channel.EMAIL,), but_not=(broken.staff_id,)),
        Step(timedelta(hours=4), roles=_OFFICERS, channels=(Channel.EMAIL,), but_not=(broken.staff_id,)),
        Step(timedelta(days=1), roles=_APPOINTS, channels=(Channel.EMAIL,), but_not=(broken.staff_id,)),
    )
    announce(
        kind=Kind.BROKEN_GLASS, subject=f"glass:{glass_id}", patient_id=broken.patient_id,
        url=f"/staff/broken-glass/{glass_id}/", steps=steps, by=by, at=at,
    )  # fmt: skip


def glass_was_reviewed(glass_id: UUID, *, at: datetime) -> None:
    """End the notice of an opening that somebody has reviewed."""
    broken = BrokenGlass.objects.select_related("reviewed_by").filter(pk=glass_id).exclude(verdict="").first()
    if broken is not None and broken.reviewed_by is not None:
        who = access.of_staff(broken.reviewed_by.pk, name=broken.reviewed_by.name_text, at=at)
        settle(kind=Kind.BROKEN_GLASS, subject=f"glass:{glass_id}", by=who, at=at)


def look_was_questioned(question_id: UUID, *, by: access.Actor, at: datetime) -> None:
    """Tell the privacy officers that a patient asks why somebody looked, unless it has been answered already."""
    asked = LookQuestion.objects.filter(pk=question_id, answer="").first()
    if asked is None:
        return
    about = [UUID(asked.looker_id)] if _is_uuid(asked.looker_id) else []
    steps = (
        Step(timedelta(0), roles=_OFFICERS, but_not=about),
        Step(timedelta(days=3), roles=_APPOINTS, but_not=about),
    )
    announce(
        kind=Kind.PATIENT_QUESTION, subject=f"question:{question_id}", patient_id=asked.patient_id,
        url=f"/staff/questions/{question_id}/", steps=steps, by=by, at=at,
    )  # fmt: skip


def look_was_answered(question_id: UUID, *, at: datetime) -> None:
    """End the notice of a question that somebody has answered."""
    asked = LookQuestion.objects.select_related("answered_by").filter(pk=question_id).exclude(answer="").first()
    if asked is not None and asked.answered_by is not None:
        who = access.of_staff(asked.answered_by.pk, name=asked.answered_by.name_text, at=at)
        settle(kind=Kind.PATIENT_QUESTION, subject=f"question:{question_id}", by=who, at=at)


def reconcile(*, by: access.Actor, at: datetime) -> int:
    """Announce and settle whatever a lost job has left behind, and return how much that was."""
    kinds = (Kind.BROKEN_GLASS, Kind.PATIENT_QUESTION)
    running = set(Notice.objects.filter(settled_at=None, kind__in=kinds).values_list("kind", "subject"))
    glass = {f"glass:{key}": key for key in BrokenGlass.objects.filter(verdict="").values_list("pk", flat=True)}
    asked = {f"question:{key}": key for key in LookQuestion.objects.filter(answer="").values_list("pk", flat=True)}
    wanted = {(Kind.BROKEN_GLASS, one) for one in glass} | {(Kind.PATIENT_QUESTION, one) for one in asked}
    for kind, subject in sorted(wanted - running):
        if kind == Kind.BROKEN_GLASS:
            glass_was_broken(glass[subject], by=by, at=at)
        else:
            look_was_questioned(asked[subject], by=by, at=at)
    for kind, subject in sorted(running - wanted):
        key = UUID(subject.partition(":")[2])
        if kind == Kind.BROKEN_GLASS:
            glass_was_reviewed(key, at=at)
        else:
            look_was_answered(key, at=at)
    return len(wanted ^ running)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
