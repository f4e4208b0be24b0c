"""My record to take along: all that the portal shows, nothing that it hides, and on record that it was taken."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from ehospital.clinical import actions as clinical
from ehospital.clinical.details import FlagDetails, Record
from ehospital.foundation.models import AuditEvent
from ehospital.people import actions as people_actions
from tests.doors.web.conftest import PASSWORD
from tests.doors.web.test_portal import entered
from tests.factories import clinical as charts
from tests.factories import ips, people, portal
from tests.factories.pdfs import pages_of, text_of
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
PDF, FHIR = "/portal/record/download/pdf/", "/portal/record/download/fhir/"


@pytest.fixture
def amina(db: None) -> UUID:
    """A patient with an account, a full record, notes for her and not for her, a draft and a flag."""
    key = portal.portal_patient("amina", PASSWORD)
    portal.fill(key)
    doctor = charts.carer(key)
    charts.note(key, "Shared words.", by=doctor.actor)
    charts.note(key, "Words between staff.", by=doctor.actor, kind="ward-round")
    clinical.start_note(key, "discharge", by=doctor.actor, at=NOON)
    wrong = clinical.record_problem(key, charts.problem("Mistaken illness"), by=doctor.actor, at=NOON)
    clinical.enter_in_error("problems", wrong, reason="Not hers.", by=doctor.actor, at=NOON)
    flag = FlagDetails(kind="violence", started_at=NOON, words="Secret flag")
    clinical.import_record(key, Record(flags=(flag,)), by=people.machinery(), at=NOON)
    return key


@pytest.fixture
def me(amina: UUID) -> Client:
    return entered("amina")


def test_the_paper_says_what_the_portal_says_and_hides_what_it_hides(me: Client, amina: UUID) -> None:
    page = me.get("/portal/record/").content.decode()
    assert PDF in page and FHIR in page
    answer = me.get(PDF)
    assert answer["Content-Type"] == "application/pdf" and answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    told = text_of(answer.content)
    for words in ("OKAFOR, Amina", "Penicillin", "Potassium", "Shared words.", "much lower than usual", "Chidi Okafor"):
        assert words in told, words
    for words in ("Words between staff", "Mistaken illness", "Secret flag", "Risk of violence"):
        assert words not in told, words
    assert pages_of(answer.content) > 1


def test_the_file_for_another_hospital_keeps_the_rules_and_hides_the_same(me: Client, amina: UUID) -> None:
    answer = me.get(FHIR)
    assert answer["Content-Type"] == "application/fhir+json" and answer["Content-Disposition"].startswith("attachment")
    found = json.loads(answer.content)
    assert ips.problems(found) == []
    for words in ("Words between staff", "Mistaken illness", "Secret flag", "violence"):
        assert words not in answer.content.decode(), words


def test_taking_it_along_is_on_record_and_seen_in_who_looked(me: Client, amina: UUID) -> None:
    me.get(PDF)
    me.get(FHIR)
    told = AuditEvent.objects.filter(patient_id=amina, action__in=["chart.printed", "chart.exported"]).order_by("pk")
    assert [(one.action, one.actor_id, one.details) for one in told] == [
        ("chart.printed", str(amina), {"form": "pdf"}),
        ("chart.exported", str(amina), {"form": "ips"}),
    ]
    assert "took a copy of your record along as a file" in me.get("/portal/access/").content.decode()


def test_a_proxy_takes_along_what_it_may_see_and_the_trail_says_who(amina: UUID) -> None:
    now = datetime.now(UTC)
    by = people.machinery(now)
    people_actions.give_account(username="chidi", password=PASSWORD, by=by, at=now)
    until = now + timedelta(days=1)
    key = people_actions.give_proxy(
        amina, username="chidi", relation="carer", extent="read", evidence="their word", until=until, by=by, at=now
    )
    client = Client()
    client.post("/accounts/login/", {"login": "chidi", "password": PASSWORD})
    assert client.get(PDF).status_code in (403, 404)
    client.post("/portal/proxies/choose/", {"proxy": str(key)})
    assert "OKAFOR, Amina" in text_of(client.get(PDF).content)
    told = AuditEvent.objects.get(action="chart.printed", patient_id=amina)
    assert told.purpose == "proxy-carer" and told.details == {"form": "pdf", "proxy": str(key)}


def test_in_arabic_it_is_written_from_the_right(me: Client) -> None:
    me.cookies["django_language"] = "ar"
    made = me.get(PDF).content
    assert b"/Lang(ar)" in made.replace(b" ", b"")
