"""A whole record in one look, however long it is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ehospital.clinical import actions, details
from ehospital.clinical.details import ActivityDetails, Code, Moment, Record
from ehospital.clinical.queries import whole_record
from ehospital.foundation.models import AuditEvent
from ehospital.people import access
from tests.factories import clinical, people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db


def test_everything_is_read_in_one_look_and_twenty_four_questions() -> None:
    key = people.patient()
    vaccines = tuple(
        details.ImmunisationDetails(code=Code("", "", f"Dose {year}"), given=Moment(NOON - timedelta(days=365 * year)))
        for year in range(4)
    )
    record = Record(
        problems=(clinical.problem("Asthma"), clinical.problem("Gout", status="resolved")),
        allergies=(clinical.allergy("Nuts", reactions=(details.ReactionDetails(("Rash",)),)),),
        observations=(clinical.potassium("4.1", NOON), clinical.pressure(120, 80, NOON)),
        immunisations=vaccines,
        encounters=(details.EncounterDetails(code=Code("", "", "Check-up"), started_at=NOON),),
        procedures=(details.ProcedureDetails(code=Code("", "", "X-ray"), performed=Moment(NOON)),),
        documents=(details.DocumentDetails(code=Code("", "", "Letter"), written_at=NOON),),
        medicines=(details.MedicineDetails(code=Code("", "", "Metformin")),),
        care_plans=(
            details.CarePlanDetails(code=Code("", "", "Plan"), activities=(ActivityDetails(Code("", "", "Walk")),)),
        ),
    )
    actions.import_record(key, record, by=people.machinery(), at=NOON)
    me, before = access.of_patient(key, name="Amina", at=NOON), AuditEvent.objects.count()
    with CaptureQueriesContext(connection) as asked:
        found = whole_record.open_record(key, viewer=me, at=NOON, most=3)
        assert [one.display for one in found.care_plans.lines[0].activities.all()] == ["Walk"]
    questions = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(questions) <= 24, questions
    events = list(AuditEvent.objects.order_by("id")[before:])
    assert [(one.action, one.details) for one in events] == [("chart.read", {"part": "whole record"})]
    assert [one.display for one in found.problems] == ["Asthma"]
    assert [one.display for one in found.immunisations.lines] == ["Dose 0", "Dose 1", "Dose 2"]
    assert found.immunisations.more is True
    assert (len(found.encounters.lines), found.encounters.more) == (1, False)
    assert [one.latest.display for one in found.results] == ["Potassium", "Blood pressure"]


def test_nobody_elses_record_is_read() -> None:
    key, other = people.patient(), people.patient("Hamid", "Karimi")
    me, before = access.of_patient(key, name="Amina", at=NOON), AuditEvent.objects.count()
    with pytest.raises(access.NotPermitted):
        whole_record.open_record(other, viewer=me, at=NOON, most=3)
    assert AuditEvent.objects.count() == before
