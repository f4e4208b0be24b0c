"""The chart by one problem, as a page."""

from datetime import datetime
from uuid import UUID

import pytest

from ehospital.clinical import actions as clinical
from ehospital.clinical.details import Code, EncounterDetails, Record
from tests.doors.web.conftest import SignedIn
from tests.factories import people
from tests.factories.clinical import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def asthma(patient: UUID, now: datetime) -> UUID:
    by = people.machinery(now)
    visits = tuple(
        EncounterDetails(code=Code("", "", f"Visit <{n}>"), started_at=now, reason=Code("", "", "Asthma"))
        for n in range(10)
    )
    clinical.import_record(patient, Record(encounters=visits), by=by, at=now)
    return clinical.record_problem(patient, problem("Asthma"), by=by, at=now)


def test_the_timeline_leads_to_the_problem_and_its_lanes(nurse: SignedIn, patient: UUID, asthma: UUID) -> None:
    chart = f"/staff/patients/{patient}/"
    address = f"{chart}problems/{asthma}/timeline/"
    assert address in nurse.client.get(chart + "timeline/").content.decode()
    page = nurse.client.get(address).content.decode()
    assert page.count("names it as the reason") == 8 and "Visit &lt;" in page
    assert 'aria-labelledby="lane-results"' in page and "None is linked." in page
    one = nurse.client.get(address, {"lane": "encounters"}).content.decode()
    assert one.count("names it as the reason") == 10 and 'id="lane-results"' not in one


def test_a_period_is_asked_for_in_words_and_a_made_up_place_is_nowhere(
    nurse: SignedIn, patient: UUID, asthma: UUID, now: datetime
) -> None:
    address = f"/staff/patients/{patient}/problems/{asthma}/timeline/"
    page = nurse.client.get(address, {"since": "2001-01-01", "until": "2001-12-31"}).content.decode()
    assert "names it as the reason" not in page
    turned = nurse.client.get(address, {"since": "2002-01-01", "until": "2001-12-31"})
    assert turned.status_code == 200 and "This day lies before the first." in turned.content.decode()
    assert nurse.client.get(address, {"lane": "encounters", "before": "nonsense"}).status_code == 404
    assert nurse.client.get(address, {"lane": "nonsense"}).status_code == 200
