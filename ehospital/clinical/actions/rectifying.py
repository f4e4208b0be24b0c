"""A patient asks for a correction; who treats them corrects it, or says why not; the patient may disagree on record."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.algorithms.deadlines import one_month_after
from ehospital.clinical.models import Rectification
from ehospital.clinical.queries import rectifications
from ehospital.foundation import audit, locks
from ehospital.foundation.days import hospital_day
from ehospital.people import access
from ehospital.people.models import Patient
from ehospital.people.row_security.granting import patient_of

MOST_OPEN = 10
State = Rectification.State


class TooManyOpen(RuntimeError):
    """So many requests of this patient wait already; nothing was written."""


class AskedAlready(RuntimeError):
    """A request about this very line waits already; nothing was written."""


class WordsNeeded(ValueError):
    """It says nothing; nothing was written."""


class NotWaiting(RuntimeError):
    """It was answered or taken back meanwhile; nothing was written."""


class NoSuchChange(ValueError):
    """No such change was made to this record since the patient asked; nothing was written."""


class NotDeclined(RuntimeError):
    """Only what was declined can be disagreed with, and once; nothing was written."""


@transaction.atomic
def ask_for_correction(
    patient_id: UUID,
    *,
    kind: str = "",
    entry_id: UUID | None = None,
    wrong: str,
    should_be: str = "",
    by: access.Actor,
    at: datetime,
) -> UUID:
    """Say that a line of one's record, or one's details, are wrong. It is due within a month.

    Args:
        kind, entry_id: the line, as `policies.mistakes.KINDS` knows it; without, it is about the details.
    Raises:
        NotPermitted: it is not the actor's record to act on, or it has no such line that the portal shows.
        WordsNeeded: `wrong` says nothing.
        AskedAlready, TooManyOpen: a request about it waits, or too many do.
    """
    locks.rows(Patient.objects.all(), [patient_id])
    access.require(by, access.Permission.OWN_RECORD_ACT, patient_id=patient_id)
    about = rectifications.about(patient_id, kind, entry_id, viewer=by)
    if not wrong.strip():
        raise WordsNeeded("say what is wrong")
    waiting = Rectification.objects.filter(patient_id=patient_id, state=State.OPEN)
    if waiting.filter(kind=kind, entry_id=entry_id).exists():
        raise AskedAlready("a request about this waits already")
    if waiting.count() >= MOST_OPEN:
        raise TooManyOpen(f"{MOST_OPEN} requests wait already")
    made = Rectification.objects.create(
        patient_id=patient_id, kind=kind, entry_id=entry_id, about=about[:1000], wrong=wrong.strip(),
        should_be=should_be.strip(), asked_at=at, asked_by_id=by.id, asked_by_name=by.name[:200],
        due_on=one_month_after(hospital_day(at)),
    )  # fmt: skip
    audit.record("rectification.asked", by=by, at=at, patient_id=patient_id, subject=f"rectification:{made.id}")
    return made.id


def _own(request_id: UUID, by: access.Actor) -> Rectification:
    """Lock a request of one's own record."""
    patient_id = patient_of(Rectification, request_id)
    permission = access.Permission.OWN_RECORD_ACT
    if patient_id is None or not access.may(by, permission, patient_id=patient_id):
        raise access.NotPermitted(f"{by.name} may not {permission.value}")
    (found,) = locks.rows(Rectification.objects.all(), [request_id])
    return found


@transaction.atomic
def withdraw_correction(request_id: UUID, *, by: access.Actor, at: datetime) -> None:
    """Take a request back while it waits.

    Raises:
        NotPermitted: it is not the actor's record to act on, or there is no such request.
        NotWaiting: it was answered meanwhile.
    """
    asked = _own(request_id, by)
    if asked.state != State.OPEN:
        raise NotWaiting("it was answered meanwhile")
    asked.state = State.WITHDRAWN
    asked.save(update_fields=["state"])
    audit.record("rectification.withdrawn", by=by, at=at, patient_id=asked.patient_id, subject=_subject(asked))


@transaction.atomic
def disagree(request_id: UUID, statement: str, *, by: access.Actor, at: datetime) -> None:
    """Put a statement of disagreement on record: staff read it with the line.

    Raises:
        NotPermitted: it is not the actor's record to act on, or there is no such request.
        NotDeclined: it was not declined, or a statement stands already.
        WordsNeeded: it says nothing.
    """
    asked = _own(request_id, by)
    if asked.state != State.DECLINED or asked.statement:
        raise NotDeclined("there is nothing to disagree with, or a statement stands already")
    if not statement.strip():
        raise WordsNeeded("say why you disagree")
    asked.statement, asked.stated_at = statement.strip(), at
    asked.save(update_fields=["statement", "stated_at"])
    audit.record("rectification.disagreed", by=by, at=at, patient_id=asked.patient_id, subject=_subject(asked))


def _waiting(request_id: UUID, by: access.Actor, answer: str) -> Rectification:
    """Lock a request that waits, for whoever may answer it."""
    found = locks.rows(Rectification.objects.all(), [request_id])
    permission = access.Permission.RECORD_RECTIFY
    allowed = found and by.staff_id and access.may(by, permission, patient_id=found[0].patient_id)
    if not allowed:
        raise access.NotPermitted(f"{by.name} may not {permission.value}")
    if found[0].state != State.OPEN:
        raise NotWaiting("a colleague has answered, or the patient has taken it back")
    if not answer.strip():
        raise WordsNeeded("write what the patient will read")
    return found[0]


def _answered(asked: Rectification, state: str, answer: str, *, by: access.Actor, at: datetime) -> None:
    asked.state, asked.answer, asked.answered_by_id, asked.answered_at = state, answer.strip(), by.staff_id, at
    asked.save(update_fields=["state", "answer", "answered_by", "answered_at", "change"])
    audit.record(f"rectification.{state}", by=by, at=at, patient_id=asked.patient_id, subject=_subject(asked))


@transaction.atomic
def accept_correction(request_id: UUID, *, change: int, answer: str, by: access.Actor, at: datetime) -> None:
    """Say that it was corrected, and by which change. The change itself was made on the ordinary pages.

    Args:
        change: the number of the change in the audit trail, one of `queries.rectifications.changes_since`.
    Raises:
        NotPermitted: `by` may not answer for this patient, or there is no such request.
        NotWaiting: a colleague was faster, or the patient took it back.
        WordsNeeded: no words for the patient.
        NoSuchChange: nobody changed the record so since the patient asked.
    """
    asked = _waiting(request_id, by, answer)
    if not rectifications.changes_of(asked).filter(pk=change).exists():
        raise NoSuchChange("correct the record first, then name that change")
    asked.change = change
    _answered(asked, State.ACCEPTED, answer, by=by, at=at)


@transaction.atomic
def decline_correction(request_id: UUID, *, answer: str, by: access.Actor, at: datetime) -> None:
    """Say why it is not changed.

    Raises:
        NotPermitted: `by` may not answer for this patient, or there is no such request.
        NotWaiting: a colleague was faster, or the patient took it back.
        WordsNeeded: no reason for the patient.
    """
    _answered(_waiting(request_id, by, answer), State.DECLINED, answer, by=by, at=at)


def _subject(asked: Rectification) -> str:
    return f"rectification:{asked.id}"
