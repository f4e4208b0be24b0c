"""What a certificate of death does: the patient has died, until the certificate is found to be wrong."""

from datetime import datetime
from uuid import UUID

from ehospital.algorithms.questionnaires import Answers, Questionnaire
from ehospital.clinical.models import FilledForm
from ehospital.clinical.queries.form_definitions import parsed
from ehospital.people import access
from ehospital.people import actions as people


class NotADoctor(PermissionError):
    """Only whoever certifies deaths finishes this form; nothing was written."""


def certified(patient_id: UUID, form: Questionnaire, answers: Answers, *, by: access.Actor, at: datetime) -> None:
    """Record the death that a finished form certifies; a form that certifies none does nothing.

    Raises:
        NotADoctor, DeathRefused: nothing is written.
    """
    if (died_at := _died_at(form, answers)) is None:
        return
    _require(patient_id, by)
    people.record_death(patient_id, died_at, by=by, at=at)


def withdrawn(root: FilledForm, *, by: access.Actor, at: datetime) -> None:
    """Take back the death of a certificate that was entered in error.

    Raises:
        NotADoctor: nothing is written.
    """
    died_at = _certifies(root)
    if died_at is not None:
        _require(root.patient_id, by)
        people.take_back_death(root.patient_id, died_at, by=by, at=at)


def restored(root: FilledForm, *, by: access.Actor, at: datetime) -> None:
    """Record the death again of a certificate that stands again.

    Raises:
        NotADoctor: nothing is written.
    """
    died_at = _certifies(root)
    if died_at is not None:
        _require(root.patient_id, by)
        people.record_death(root.patient_id, died_at, by=by, at=at)


def _require(patient_id: UUID, by: access.Actor) -> None:
    if not access.may(by, access.Permission.DEATH_CERTIFY, patient_id=patient_id):
        raise NotADoctor(f"{by.name} certifies no deaths")


def _certifies(root: FilledForm) -> datetime | None:
    newest = FilledForm.objects.filter(amends=root).select_related("definition").order_by("-edition").first() or root
    return _died_at(parsed(newest.definition), newest.answers)


def _died_at(form: Questionnaire, answers: Answers) -> datetime | None:
    told = answers.get(form.death) if form.death else None
    return datetime.fromisoformat(str(told[0])) if told else None
