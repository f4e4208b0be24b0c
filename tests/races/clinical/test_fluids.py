"""An amount that is sent twice at the same moment is charted once, and both are told so."""

from datetime import timedelta
from uuid import uuid4

from ehospital.clinical import actions, models
from ehospital.clinical.actions import Fluid
from ehospital.foundation.models import AuditEvent
from tests.domain.clinical.test_races import together
from tests.engines import Clone
from tests.factories import clinical, people
from tests.factories.people import NOON

ROUNDS = 12


def test_two_sendings_of_one_amount_are_one(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient = people.patient(f"Patient{number}")
        at = NOON + timedelta(minutes=number)
        nurse = clinical.carer(patient, at=at).actor
        one = Fluid(uuid4(), "oral", 200, at)
        send = lambda patient=patient, one=one, nurse=nurse, at=at: actions.record_fluid(patient, one, by=nurse, at=at)  # type: ignore[misc]  # noqa: E731
        assert together(send, send) == []
        assert models.Observation.objects.filter(patient_id=patient).count() == 1
        assert AuditEvent.objects.filter(patient_id=patient, action="result.recorded").count() == 1
