"""An outpatient visit: begun once, kept while typed, finished with everything that it decided or not at all."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from ehospital.clinical import actions, queries
from ehospital.clinical.details import Code, EncounterDetails, PrescriptionDetails, StopDetails
from ehospital.clinical.models import (
    Encounter,
    MedicineTaken,
    Note,
    NoteDraft,
    Prescription,
    Problem,
    Visit,
    VisitDraft,
)
from ehospital.clinical.queries import lists
from ehospital.foundation.models import AuditEvent
from ehospital.monitoring.models import VitalFrame
from ehospital.people import access
from ehospital.people import actions as people_actions
from tests.factories import clinical, people, visits
from tests.factories.visits import NOW as NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=10)


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(patient: UUID) -> access.Actor:
    return clinical.carer(patient).actor


def counts() -> tuple[int, ...]:
    """How much of everything that a visit writes there is."""
    kinds = (Note, Prescription, MedicineTaken, Visit, Problem, AuditEvent, VitalFrame)
    return tuple(kind.objects.count() for kind in kinds)


def taken(patient: UUID) -> list[tuple[str, str]]:
    """What the patient takes now."""
    found = lists.current_medicines_of(patient, at=LATER).order_by("display", "recorded_at", "id")
    return [(one.display, one.dosage_text) for one in found]


def test_one_press_begins_a_visit_and_the_next_goes_on_with_it(patient: UUID, doctor: access.Actor) -> None:
    key = visits.begin(patient, doctor)
    assert visits.begin(patient, doctor, LATER) == key
    found = Encounter.objects.get(patient_id=patient)
    assert (found.status, found.setting, found.started_at, found.clinician_id) == (
        "in-progress", "AMB", NOON, doctor.staff_id,
    )  # fmt: skip


def test_a_planned_visit_begins_and_one_that_is_over_does_not(patient: UUID, doctor: access.Actor) -> None:
    planned = actions.plan_encounter(patient, EncounterDetails(code=Code("", "", "Control")), by=doctor, at=NOON)
    assert actions.begin_visit(patient, words="x", encounter_id=planned, by=doctor, at=LATER) == planned
    assert Encounter.objects.get(pk=planned).status == "in-progress"
    visits.finish(patient, planned, doctor, at=LATER)
    with pytest.raises(actions.VisitOver) as raised:
        actions.begin_visit(patient, words="x", encounter_id=planned, by=doctor, at=LATER)
    assert (raised.value.by, raised.value.at) == (doctor.name, LATER)


def test_a_stay_in_hospital_is_no_visit(patient: UUID, doctor: access.Actor) -> None:
    stay = EncounterDetails(code=Code("", "", "Stay"), setting="IMP")
    key = actions.open_encounter(patient, stay, by=doctor, at=NOON)
    with pytest.raises(actions.UnknownEntry):
        actions.begin_visit(patient, words="x", encounter_id=key, by=doctor, at=NOON)
    with pytest.raises(actions.UnknownEntry):
        actions.keep_visit(key, visits.typed(), by=doctor, at=NOON)
    assert visits.begin(patient, doctor) != key


def test_what_is_typed_is_kept_for_its_author_alone(patient: UUID, doctor: access.Actor) -> None:
    key = visits.begin(patient, doctor)
    assert actions.keep_visit(key, visits.typed(visits.TEMPLATE), by=doctor, at=NOON) == (1, 0)
    assert not NoteDraft.objects.exists()
    sent = visits.typed("Findings: well", seen_version=1)
    assert actions.keep_visit(key, sent, by=doctor, at=LATER) == (1, 2)
    shown = queries.open_visit(patient, key, viewer=doctor, at=LATER)
    assert shown.draft and shown.note_draft
    assert (shown.draft.fields["reason"], shown.note_draft.text) == ("Control", "Findings: well")
    other = clinical.carer(people.patient("Else")).actor
    colleague = people.staff("doctor")
    people_actions.begin_care(
        patient_id=patient, kind="named", source="second", staff_id=colleague.id, by=people.machinery(), at=people.NOON
    )
    theirs = queries.open_visit(patient, key, viewer=colleague.actor, at=LATER)
    assert (theirs.draft, theirs.note_draft) == (None, None)
    with pytest.raises(access.NotPermitted):
        queries.open_visit(patient, key, viewer=other, at=LATER)


def test_two_windows_do_not_overwrite_each_other(patient: UUID, doctor: access.Actor) -> None:
    key = visits.begin(patient, doctor)
    first = visits.typed(visits.TEMPLATE, editor="one", turn=1)
    actions.keep_visit(key, first, by=doctor, at=NOON)
    with pytest.raises(actions.DraftChanged):
        actions.keep_visit(key, replace(first, editor="two", fields={"reason": "Else"}), by=doctor, at=NOON)
    assert VisitDraft.objects.get().fields == {"reason": "Control"}
    late = replace(first, fields={"reason": "Older"})  # the same turn once more: a later word came first
    assert actions.keep_visit(key, late, by=doctor, at=NOON) == (1, 0)
    assert VisitDraft.objects.get().fields == {"reason": "Control"}


def test_a_visit_is_finished_with_everything(patient: UUID, doctor: access.Actor) -> None:
    gout = actions.record_problem(patient, clinical.problem("Gout"), by=doctor, at=NOON)
    goes, stops, changes = (visits.medicine(patient, name, doctor) for name in ("Aspirin", "Codeine", "Metformin"))
    key = visits.begin(patient, doctor)
    visit_id = visits.finish(
        patient, key, doctor, at=LATER, measured={"sbp": 130.0, "dbp": 80.0, "weight": 71.5},
        problem_ids=(gout,), new_problem=clinical.problem("Hypertension"),
        orders=(
            PrescriptionDetails(replaces_id=goes, dose="75 mg daily", days=90, supply="90 tablets"),
            PrescriptionDetails(replaces_id=changes, dose="1 g twice a day"),
            visits.order("Amlodipine 5 mg", "1 tablet", route="by mouth", frequency="in the morning", days=28),
        ),
        stops=(StopDetails(medicine_id=stops, reason="drowsy"),), follow_up_days=91, follow_up_for="Blood pressure",
    )  # fmt: skip
    visit = Visit.objects.get(pk=visit_id)
    encounter = Encounter.objects.get(pk=key)
    assert (encounter.status, encounter.ended_at, encounter.reason) == ("finished", LATER, "Control")
    new = Problem.objects.get(display="Hypertension")
    assert (visit.problem_ids, visit.follow_up_days, visit.finished_at) == ([gout, new.pk], 91, LATER)
    assert (visit.note.text, visit.note.encounter_id, visit.note.signed_at) == ("Well.", key, LATER)
    assert taken(patient) == [
        ("Amlodipine 5 mg", "1 tablet, by mouth, in the morning"),
        ("Aspirin", "75 mg daily"),
        ("Metformin", "1 g twice a day"),
    ]
    assert MedicineTaken.objects.get(pk=stops).stop_reason == "drowsy"
    assert MedicineTaken.objects.get(pk=goes).status == "completed"
    signed = Prescription.objects.get(display="Aspirin")
    assert (signed.code, signed.days, signed.supply, signed.replaces_id) == ("aspirin", 90, "90 tablets", goes)
    assert (signed.prescriber_id, signed.signed_at, signed.encounter_id) == (doctor.staff_id, LATER, key)
    repeat = {"repeat": {"boundsDuration": {"value": 28, "unit": "d", "code": "d"}}}
    assert Prescription.objects.get(display__startswith="Amlo").medicine.dosage == [
        {
            "text": "1 tablet, by mouth, in the morning",
            "route": {"text": "by mouth"},
            "timing": {**repeat, "code": {"text": "in the morning"}},
        }
    ]
    assert VitalFrame.objects.get(patient_id=patient).weight == 71.5
    assert not VisitDraft.objects.exists()
    assert not NoteDraft.objects.exists()
    paper = queries.visit_paper(patient, key, viewer=doctor, at=LATER)
    assert paper is not None
    assert [one.display for one in paper.prescriptions] == ["Aspirin", "Metformin", "Amlodipine 5 mg"]
    assert [one.display for one in paper.stopped] == ["Codeine"]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"reason": " "}, actions.ReasonMissing),
        ({"sent": visits.typed(visits.TEMPLATE)}, actions.NothingWritten),
        ({"orders": (visits.order(), visits.order("Aspirin", " "))}, actions.DoseMissing),
        ({"orders": (visits.order("Amoxicillin 500 mg"),)}, actions.AllergySpeaksAgainst),
        ({"orders": (PrescriptionDetails(replaces_id=uuid4(), dose="1"),)}, actions.UnknownEntry),
        ({"problem_ids": (uuid4(),)}, actions.UnknownEntry),
        ({"measured": {"hr": 9000.0}}, Exception),
    ],
)
def test_whatever_is_missing_leaves_all_of_it_open(
    patient: UUID, doctor: access.Actor, more: dict[str, object], error: type[Exception]
) -> None:
    actions.record_allergy(patient, clinical.allergy("Penicillin"), by=doctor, at=NOON)
    key = visits.begin(patient, doctor)
    before = counts()
    with pytest.raises(error):
        visits.finish(patient, key, doctor, at=LATER, **{"measured": {"hr": 70.0}, **more})  # type: ignore[arg-type]
    assert counts() == before
    assert Encounter.objects.get(pk=key).status == "in-progress"


def test_an_allergy_is_overruled_only_with_a_reason_that_stays(patient: UUID, doctor: access.Actor) -> None:
    actions.record_allergy(patient, clinical.allergy("Penicillin"), by=doctor, at=NOON)
    key = visits.begin(patient, doctor)
    order = visits.order("Amoxicillin 500 mg", despite="Tolerated twice since.")
    visits.finish(patient, key, doctor, orders=(order,))
    signed = Prescription.objects.get()
    assert (signed.allergies_found, signed.despite_reason) == (["Penicillin"], "Tolerated twice since.")
    assert signed.check_version == "allergy-match-1"


def test_a_past_allergy_speaks_against_nothing(patient: UUID, doctor: access.Actor) -> None:
    actions.record_allergy(patient, clinical.allergy("Penicillin", verification="refuted"), by=doctor, at=NOON)
    key = visits.begin(patient, doctor)
    visits.finish(patient, key, doctor, orders=(visits.order("Amoxicillin 500 mg"),))
    assert Prescription.objects.get().allergies_found == []


def test_a_nurse_finishes_a_visit_but_prescribes_and_stops_nothing(patient: UUID, doctor: access.Actor) -> None:
    nurse = clinical.carer(people.patient("Else"), "nurse").actor
    people_actions.begin_care(
        patient_id=patient, kind="named", source="nurse", staff_id=nurse.staff_id, by=people.machinery(), at=people.NOON
    )
    aspirin = visits.medicine(patient, "Aspirin", doctor)
    key = visits.begin(patient, nurse)
    before = counts()
    for more in ({"orders": (visits.order(),)}, {"stops": (StopDetails(medicine_id=aspirin, reason="x"),)}):
        with pytest.raises(access.NotPermitted):
            visits.finish(patient, key, nurse, **more)  # type: ignore[arg-type]
    assert counts() == before
    visits.finish(patient, key, nurse)
    assert Encounter.objects.get(pk=key).status == "finished"


def test_what_was_stopped_meanwhile_is_not_repeated(patient: UUID, doctor: access.Actor) -> None:
    aspirin = visits.medicine(patient, "Aspirin", doctor)
    key = visits.begin(patient, doctor)
    actions.stop_medicine(aspirin, reason="bleeding", by=doctor, at=NOON)
    with pytest.raises(actions.NotTaken):
        visits.finish(patient, key, doctor, at=LATER, orders=(PrescriptionDetails(replaces_id=aspirin, dose="75 mg"),))
    assert Prescription.objects.count() == 0


def test_a_mistaken_prescription_gives_back_what_it_replaced(patient: UUID, doctor: access.Actor) -> None:
    aspirin = visits.medicine(patient, "Aspirin", doctor, dose="75 mg")
    key = visits.begin(patient, doctor)
    visits.finish(patient, key, doctor, at=LATER, orders=(PrescriptionDetails(replaces_id=aspirin, dose="750 mg"),))
    wrong = Prescription.objects.get().medicine_id
    assert taken(patient) == [("Aspirin", "750 mg")]
    mark = actions.enter_in_error("medicines", wrong, reason="a zero too many", by=doctor, at=LATER)
    assert taken(patient) == [("Aspirin", "75 mg")]
    paper = queries.visit_paper(patient, key, viewer=doctor, at=LATER)
    assert paper is not None
    assert paper.prescriptions == ()
    actions.undo_error(mark, by=doctor, at=LATER)
    assert taken(patient) == [("Aspirin", "750 mg")]
    assert MedicineTaken.objects.get(pk=aspirin).ended_at == LATER


def test_what_was_stopped_since_stays_stopped_when_the_mark_is_taken_back(patient: UUID, doctor: access.Actor) -> None:
    aspirin = visits.medicine(patient, "Aspirin", doctor, dose="75 mg")
    key = visits.begin(patient, doctor)
    visits.finish(patient, key, doctor, orders=(PrescriptionDetails(replaces_id=aspirin, dose="750 mg"),))
    mark = actions.enter_in_error(
        "medicines", Prescription.objects.get().medicine_id, reason="wrong", by=doctor, at=NOON
    )
    actions.stop_medicine(aspirin, reason="bleeding", by=doctor, at=LATER)
    actions.undo_error(mark, by=doctor, at=LATER)
    old = MedicineTaken.objects.get(pk=aspirin)
    assert (old.status, old.stop_reason) == ("stopped", "bleeding")


def test_the_page_tells_what_changed_since_the_visit_before(patient: UUID, doctor: access.Actor) -> None:
    key = visits.begin(patient, doctor)
    old = clinical.potassium("4.0", NOON - timedelta(days=1))
    actions.record_result(patient, old, by=doctor, at=NOON)
    visits.finish(patient, key, doctor, at=LATER, sent=visits.typed("Take care."))
    then = LATER + timedelta(days=30)
    actions.record_result(patient, clinical.potassium("5.9", then), by=doctor, at=then)
    actions.record_problem(patient, clinical.problem("Hyperkalaemia"), by=doctor, at=then)
    again = visits.begin(patient, doctor, then)
    since = queries.open_visit(patient, again, viewer=doctor, at=then).since
    assert (since.encounter and since.encounter.pk, since.note and since.note.text) == (key, "Take care.")
    assert [str(one.value) for one in since.results] == ["5.9"]
    assert [one.display for one in since.problems] == ["Hyperkalaemia"]
    assert queries.open_visit(patient, again, viewer=doctor, at=then).reasons == ("Control",)


def test_my_visits_are_mine_and_of_patients_i_may_open(patient: UUID, doctor: access.Actor) -> None:
    key = visits.begin(patient, doctor)
    other = clinical.carer(people.patient("Else"))
    assert [one.pk for one in queries.my_visits(viewer=doctor, at=NOON)] == [key]
    assert queries.my_visits(viewer=other.actor, at=NOON) == ()


def test_the_wish_for_the_next_appointment_is_kept(patient: UUID, doctor: access.Actor) -> None:
    key = visits.begin(patient, doctor)
    visits.finish(patient, key, doctor, follow_up_on=NOON.date() + timedelta(days=90))
    assert Visit.objects.get().follow_up_on == NOON.date() + timedelta(days=90)
