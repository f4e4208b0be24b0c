"""A patient asks why somebody looked, and wants to be told of looks; a privacy officer answers."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max

from ehospital.foundation import audit, locks, outbox
from ehospital.foundation.models import AuditEvent
from ehospital.people import access, events
from ehospital.people.models import LookNotice, LookQuestion, Patient


class AnswerNeeded(ValueError):
    """An answer without words answers nothing; nothing was written."""


class AlreadyAnswered(RuntimeError):
    """A colleague has answered meanwhile; nothing was written."""


class OwnLook(PermissionError):
    """Nobody answers for their own look; nothing was written."""


class NoAddress(ValueError):
    """There is no e-mail address to write to; nothing was written."""


@transaction.atomic
def question_look(patient_id: UUID, event: int, *, by: access.Actor, at: datetime) -> UUID:
    """Ask why somebody looked; asking twice changes nothing. The privacy officers are told.

    Args:
        event: the number of the line in "who looked".
    Raises:
        NotPermitted: it is not the actor's record to act on, or no look of another person at it.
    """
    locks.rows(Patient.objects.all(), [patient_id])
    access.require(by, access.Permission.OWN_RECORD_ACT, patient_id=patient_id)
    look = AuditEvent.objects.filter(pk=event, patient_id=patient_id, actor_kind__in=("staff", "patient")).first()
    if look is None or look.actor_id == by.id or look.action == "patient.searched":
        raise access.NotPermitted(f"{by.name} may not {access.Permission.OWN_RECORD_ACT.value}")
    made, new = LookQuestion.objects.get_or_create(
        patient_id=patient_id,
        event=event,
        defaults={
            "looker_id": look.actor_id, "looker_name": look.actor_name, "looked_at": look.at, "asked_at": at,
        },
    )  # fmt: skip
    if new:
        audit.record("look.questioned", by=by, at=at, patient_id=patient_id, subject=f"question:{made.id}")
        outbox.publish(events.LookWasQuestioned(question_id=made.id, patient_id=patient_id, at=at))
    return made.id


@transaction.atomic
def answer_question(question_id: UUID, *, answer: str, by: access.Actor, at: datetime) -> None:
    """Answer a patient's question, once.

    Raises:
        NotPermitted: `by` is no privacy officer, or there is no such question.
        OwnLook: the question is about `by`.
        AnswerNeeded: no words.
        AlreadyAnswered: a colleague was faster.
    """
    found = locks.rows(LookQuestion.objects.all(), [question_id])
    access.require(by, access.Permission.LOOK_ANSWER)
    if not found or by.staff_id is None:
        raise access.NotPermitted(f"{by.name} may not {access.Permission.LOOK_ANSWER.value}")
    (asked,) = found
    if asked.looker_id == by.id:
        raise OwnLook(f"{by.name} looked: a colleague answers")
    if asked.answer:
        raise AlreadyAnswered("a colleague has answered")
    if not answer.strip():
        raise AnswerNeeded("write the answer; the patient reads it")
    asked.answer, asked.answered_by_id, asked.answered_at = answer.strip(), by.staff_id, at
    asked.save(update_fields=["answer", "answered_by", "answered_at"])
    audit.record("look.answered", by=by, at=at, patient_id=asked.patient_id, subject=f"question:{question_id}")
    outbox.publish(events.LookWasAnswered(question_id=question_id, patient_id=asked.patient_id, at=at))


@transaction.atomic
def ask_for_messages(patient_id: UUID, email: str, *, by: access.Actor, at: datetime) -> None:
    """Have a message sent when the record is opened: one for each viewer and day, from now on.

    Raises:
        NotPermitted: it is not the actor's record to act on.
        NoAddress: that is no e-mail address.
    """
    locks.rows(Patient.objects.all(), [patient_id])
    access.require(by, access.Permission.OWN_RECORD_ACT, patient_id=patient_id)
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise NoAddress("type the e-mail address to write to") from error
    newest = AuditEvent.objects.aggregate(newest=Max("id"))["newest"] or 0
    LookNotice.objects.update_or_create(
        patient_id=patient_id, defaults={"email": email.strip()}, create_defaults={
            "email": email.strip(), "since": at, "scanned_to": newest,
        },
    )  # fmt: skip
    audit.record("look.messages_wanted", by=by, at=at, patient_id=patient_id)


@transaction.atomic
def end_messages(patient_id: UUID, *, by: access.Actor, at: datetime) -> bool:
    """Have no more messages sent, and return whether any were.

    Raises:
        NotPermitted: it is not the actor's record to act on.
    """
    locks.rows(Patient.objects.all(), [patient_id])
    access.require(by, access.Permission.OWN_RECORD_ACT, patient_id=patient_id)
    gone, _ = LookNotice.objects.filter(patient_id=patient_id).delete()
    if gone:
        audit.record("look.messages_ended", by=by, at=at, patient_id=patient_id)
    return bool(gone)
