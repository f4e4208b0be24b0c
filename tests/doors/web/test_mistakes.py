"""Marking a line of a chart as entered in error, on the pages."""

from datetime import datetime
from uuid import UUID

import pytest
from django.test import Client

from ehospital.clinical import actions as clinical
from ehospital.clinical.actions.columns import TABLES
from ehospital.clinical.models import Correction, Problem
from ehospital.people import actions as people_actions
from ehospital.people.access import Role
from tests.domain.clinical.test_mistakes import everything, lines
from tests.doors.web.conftest import PASSWORD, SignedIn, SignIn
from tests.factories import monitoring as wards
from tests.factories import people
from tests.factories.clinical import carer, note, problem

pytestmark = pytest.mark.django_db
PAGES = ("", "results/", "medicines/", "documents/", "timeline/", "notes/", "observations/")
SECTIONS = ("problems", "medicines", "vaccinations", "visits", "procedures", "documents", "notes", "plans")
PORTAL = ("", "record/", "record/results/", "record/print/", *(f"record/{slug}/" for slug in SECTIONS))


@pytest.fixture
def gout(patient: UUID, now: datetime) -> UUID:
    return clinical.record_problem(patient, problem("Gout <b>"), by=people.machinery(now), at=now)


def test_a_line_is_marked_shown_struck_through_and_the_mark_taken_back(
    nurse: SignedIn, patient: UUID, gout: UUID
) -> None:
    chart = f"/staff/patients/{patient}/"
    address = f"{chart}error/problems/{gout}/"
    assert address in nurse.client.get(chart + "history/").content.decode()
    assert "Gout &lt;b&gt;" in nurse.client.get(address).content.decode()
    assert nurse.client.post(address, {"reason": " "}).status_code == 422
    assert not Correction.objects.exists()
    answer = nurse.client.post(address, {"reason": "Other patient <i>"}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(f"{chart}history/#mistakes", 302)]
    assert "<del" in page and "Other patient &lt;i&gt;" in page and "Tove Berg-nurse" in page
    assert nurse.client.get(address).status_code == 404
    mark = Correction.objects.get()
    assert nurse.client.get(f"{chart}error/{mark.pk}/undo/").status_code == 405
    nurse.client.post(f"{chart}error/{mark.pk}/undo/")
    assert Problem.objects.get(pk=gout).verification == "confirmed"
    page = nurse.client.post(f"{chart}error/{mark.pk}/undo/", follow=True).content.decode()
    assert "The mark was taken back before." in page


def test_only_who_may_write_sees_the_way_and_may_go_it(
    ward: wards.WardOfTests, patient: UUID, gout: UUID, nurse: SignedIn, sign_in: SignIn
) -> None:
    address = f"/staff/patients/{patient}/error/problems/{gout}/"
    pharmacist = sign_in(Role.PHARMACIST, unit_id=ward.unit_id)
    assert "/error/" not in pharmacist.client.get(f"/staff/patients/{patient}/history/").content.decode()
    assert pharmacist.client.post(address, {"reason": "x"}).status_code == 403
    stranger = sign_in(Role.DOCTOR)
    assert stranger.client.post(address, {"reason": "x"}).status_code == 404
    other = f"/staff/patients/{ward.patient_ids[1]}/error/problems/{gout}/"
    assert nurse.client.get(other).status_code == 404
    for kind in ("nothing", "goals"):
        assert nurse.client.get(f"/staff/patients/{patient}/error/{kind}/{gout}/").status_code == 404
    assert not Correction.objects.exists()


def test_no_page_shows_a_mistake_but_the_history(nurse: SignedIn, patient: UUID, now: datetime) -> None:
    record = everything()
    clinical.import_record(patient, record, by=people.machinery(now), at=now)
    note(patient, "Zebra note", by=carer(patient, at=now).actor, at=now)
    people_actions.give_account(
        username="amina", password=PASSWORD, patient_id=patient, by=people.machinery(now), at=now
    )
    portal = Client()
    portal.post("/accounts/login/", {"login": "amina", "password": PASSWORD})
    chart = f"/staff/patients/{patient}/"
    seen = [nurse.client.get(chart + part).content.decode() for part in PAGES]
    seen += [portal.get("/portal/" + part).content.decode() for part in PORTAL]
    assert all("Zebra" in page for page in seen[:1] + seen[2:6])
    assert all("Zebra" in page for page in seen[7:9] + seen[10:-2] + seen[-1:])
    assert "Your visit to the clinic" in seen[-2]
    for kind, key in lines(record):
        clinical.enter_in_error(kind, key, reason="not hers", by=people.machinery(now), at=now)
    for part in PAGES:
        assert "Zebra" not in nurse.client.get(chart + part).content.decode(), part
    for part in PORTAL:
        assert "Zebra" not in portal.get("/portal/" + part).content.decode(), part
    assert "Your visit to the clinic" not in portal.get("/portal/record/notes/").content.decode()
    history = nurse.client.get(chart + "history/").content.decode()
    assert history.count("<del") == len(lines(record)) >= len(TABLES)
