"""The certificate of death: who finishes it, what follows, and what its error takes back."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from ehospital.clinical import actions
from ehospital.clinical.actions import Filled
from ehospital.clinical.models import FilledForm, FormDraft
from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.models import Patient
from tests.factories import clinical, forms, people
from tests.factories.forms import own
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
DEATH = "urn:ehospital:form:death"
HOUR = timedelta(hours=1)


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(patient: UUID) -> access.Actor:
    return clinical.carer(patient, access.Role.DOCTOR).actor


@pytest.fixture
def nurse(patient: UUID) -> access.Actor:
    return clinical.carer(patient, access.Role.NURSE).actor


def answers(died: datetime = NOON - HOUR, **more: Any) -> dict[str, list[Any]]:
    told = {
        "died": [died.isoformat()], "known-by": [own("examined")], "cause-a-what": ["Pneumonia"],
        "manner": [own("disease")], "authority": [own("not-needed")], "autopsy": [own("no")], "surgery": [own("no")],
        "pregnant": [own("not")], "kin": ["The daughter, by telephone."], "infectious": [own("no")],
    }  # fmt: skip
    return told | more


def life(patient: UUID) -> tuple[bool, datetime | None, int]:
    found = Patient.objects.get(pk=patient)
    return found.deceased, found.deceased_at, found.version


def told() -> list[str]:
    subjects = OutboxMessage.objects.order_by("id").values_list("subject", flat=True)
    return [one.rsplit(".", 1)[1] for one in subjects if "Died" in one or "Death" in one]


def test_a_doctor_certifies_and_the_record_says_so(patient: UUID, doctor: access.Actor) -> None:
    forms.filled(patient, answers(), by=doctor, url=DEATH)
    assert life(patient) == (True, NOON - HOUR, 2) and told() == ["PatientDied"]
    assert AuditEvent.objects.filter(action="patient.died", patient_id=patient).count() == 1


def test_a_nurse_begins_it_and_does_not_finish_it(patient: UUID, nurse: access.Actor) -> None:
    draft = actions.begin_form(patient, DEATH, by=nurse, at=NOON)
    actions.keep_form(draft, Filled(answers(), 1), by=nurse, at=NOON)
    before = (life(patient), AuditEvent.objects.count(), OutboxMessage.objects.count())
    with pytest.raises(actions.NotADoctor):
        actions.finish_form(draft, Filled(answers(), 2), by=nurse, at=NOON)
    assert (life(patient), AuditEvent.objects.count(), OutboxMessage.objects.count()) == before
    assert not FilledForm.objects.exists() and FormDraft.objects.get().version == 2


@pytest.mark.parametrize(("died", "why"), [
    (NOON + timedelta(minutes=6), "future"), (datetime(1957, 3, 12, tzinfo=NOON.tzinfo), "before-birth"),
])  # fmt: skip
def test_a_time_that_cannot_be_is_refused(patient: UUID, doctor: access.Actor, died: datetime, why: str) -> None:
    with pytest.raises(people_actions.DeathRefused) as refused:
        forms.filled(patient, answers(died), by=doctor, url=DEATH)
    assert refused.value.why == why
    assert life(patient) == (False, None, 1) and not FilledForm.objects.exists() and told() == []


def test_an_amendment_corrects_the_time_and_the_same_time_tells_nobody(patient: UUID, doctor: access.Actor) -> None:
    key = forms.filled(patient, answers(), by=doctor, url=DEATH)
    forms.amended(key, answers(manner=[own("accident")]), by=doctor)
    assert life(patient) == (True, NOON - HOUR, 2) and told() == ["PatientDied"]
    forms.amended(key, answers(NOON - 2 * HOUR), by=doctor)
    assert life(patient) == (True, NOON - 2 * HOUR, 3) and told() == ["PatientDied"] * 2


def test_its_error_takes_the_death_back_and_taking_that_back_restores_it(
    patient: UUID, doctor: access.Actor, nurse: access.Actor
) -> None:
    key = forms.filled(patient, answers(), by=doctor, url=DEATH)
    with pytest.raises(actions.NotADoctor):
        actions.enter_in_error("forms", key, reason="Another patient.", by=nurse, at=NOON)
    assert life(patient)[0]
    mark = actions.enter_in_error("forms", key, reason="Another patient.", by=doctor, at=NOON)
    assert life(patient) == (False, None, 3)
    actions.undo_error(mark, by=doctor, at=NOON)
    assert life(patient) == (True, NOON - HOUR, 4)
    assert told() == ["PatientDied", "DeathWasTakenBack", "PatientDied"]


def test_what_was_corrected_since_is_not_taken_back(patient: UUID, doctor: access.Actor) -> None:
    key = forms.filled(patient, answers(), by=doctor, url=DEATH)
    people_actions.record_death(patient, NOON - 3 * HOUR, by=doctor, at=NOON)
    actions.enter_in_error("forms", key, reason="Two certificates.", by=doctor, at=NOON)
    assert life(patient) == (True, NOON - 3 * HOUR, 3)


def test_a_stranger_certifies_nothing(patient: UUID) -> None:
    stranger = people.staff(access.Role.DOCTOR).actor
    with pytest.raises(access.NotPermitted):
        people_actions.record_death(patient, NOON, by=stranger, at=NOON)
    assert life(patient) == (False, None, 1)
