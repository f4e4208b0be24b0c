"""Two people replace a photo at the same moment: one stands, the other is told."""

from ehospital.people import actions
from ehospital.people.models import PatientPhoto
from tests.domain.clinical.test_races import together
from tests.engines import Clone
from tests.factories import people
from tests.factories.files import picture
from tests.factories.people import NOON

ROUNDS = 10


def test_of_two_photos_at_once_one_stands(own_database: Clone) -> None:
    desk = people.staff("receptionist").actor
    for number in range(ROUNDS):
        patient = people.patient(f"Face{number}")

        def act(colour: str, patient: object = patient) -> None:
            content = picture(64, 64, colour=colour)
            actions.take_photo(patient, content, consent="given", by=desk, at=NOON)  # type: ignore[arg-type]

        raised = together(lambda: act("teal"), lambda: act("maroon"))
        assert [type(error) for error in raised] == [actions.PhotoChanged], raised
        assert PatientPhoto.objects.filter(patient_id=patient).count() == 1
