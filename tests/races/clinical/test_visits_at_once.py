"""Two doctors finish one visit at the same moment: one of them signs it, the other is told and writes nothing."""

from uuid import UUID

from ehospital.clinical import actions
from ehospital.clinical.details import PrescriptionDetails
from ehospital.clinical.models import Encounter, MedicineTaken, Note, NoteDraft, Prescription, Visit
from ehospital.monitoring.models import VitalFrame
from ehospital.people import access
from ehospital.people import actions as people_actions
from tests.domain.clinical.test_races import together
from tests.engines import Clone
from tests.factories import clinical, people, visits
from tests.factories.visits import NOW as NOON

ROUNDS = 12


def second(patient: UUID, number: int) -> access.Actor:
    member = people.staff("doctor", family=f"Second{number}")
    people_actions.begin_care(
        patient_id=patient,
        kind="named",
        source=f"second:{number}",
        staff_id=member.id,
        by=people.machinery(),
        at=people.NOON,
    )
    return member.actor


def test_a_visit_finished_by_two_at_once_is_finished_once(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient = people.patient(f"Patient{number}")
        doctors = (clinical.carer(patient).actor, second(patient, number))
        aspirin = visits.medicine(patient, "Aspirin", doctors[0])
        key = visits.begin(patient, doctors[0])

        def act(by: access.Actor, patient: UUID = patient, key: UUID = key, aspirin: UUID = aspirin) -> None:
            orders = (PrescriptionDetails(replaces_id=aspirin, dose="75 mg"), visits.order())
            visits.finish(patient, key, by, measured={"hr": 70.0}, orders=orders, sent=visits.typed(by.name))

        raised = together(lambda: act(doctors[0]), lambda: act(doctors[1]))  # noqa: B023
        assert [type(error) for error in raised] == [actions.VisitOver], raised
        assert Visit.objects.filter(encounter_id=key).count() == 1
        assert Note.objects.filter(patient_id=patient).count() == 1
        assert Prescription.objects.filter(patient_id=patient).count() == 2
        assert MedicineTaken.objects.filter(patient_id=patient, status="active").count() == 2
        assert VitalFrame.objects.filter(patient_id=patient).count() == 1
        assert Encounter.objects.get(pk=key).status == "finished"


def test_two_windows_that_begin_or_keep_at_once_share_one_visit_and_one_draft(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient = people.patient(f"Window{number}")
        doctor = clinical.carer(patient).actor
        begin = lambda patient=patient, doctor=doctor: visits.begin(patient, doctor)  # noqa: E731
        assert together(begin, begin, begin) == []
        key = Encounter.objects.get(patient_id=patient).pk

        def keep(editor: str, key: UUID = key, doctor: access.Actor = doctor) -> None:
            actions.keep_visit(key, visits.typed(editor, editor=editor, turn=1), by=doctor, at=NOON)

        raised = together(lambda: keep("one"), lambda: keep("two"))
        assert [type(error) for error in raised] == [actions.DraftChanged]
        assert NoteDraft.objects.filter(patient_id=patient).count() == 1
