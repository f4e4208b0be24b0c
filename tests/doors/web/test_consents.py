"""Consents on the pages, and that no page of a chart shows what is confidential to its reader."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from ehospital.clinical import actions as clinical
from ehospital.clinical.details import Code, Moment, ObservationDetails, ProblemDetails, Record, loinc, quantity
from ehospital.people import actions
from ehospital.people.access import Role
from ehospital.people.models import CareRelationship, Consent
from tests.doors.web.conftest import SignIn
from tests.factories import clinical as charts
from tests.factories import people, portal

pytestmark = pytest.mark.django_db

WORD = "Zyxomorph"
PAGES = (
    "chart", "chart_observations", "chart_results", "chart_medicines", "chart_history", "chart_documents",
    "chart_notes", "chart_timeline", "chart_changes",
)  # fmt: skip


def in_clinic(doctor: people.Staff, patient: UUID) -> None:
    at = doctor.actor.at - timedelta(minutes=1)
    by = people.machinery(at)
    unit = actions.add_unit(name="Clinic 7", by=by, at=at)
    actions.join_unit(staff_id=doctor.id, unit_id=unit, by=by, at=at)
    actions.begin_care(
        patient_id=patient, unit_id=unit, kind=CareRelationship.Kind.CLINIC, source="test:clinic", by=by, at=at
    )


def secrets(patient: UUID, at) -> None:
    """Lines of several kinds that carry one word, confidential by their codes or by hand."""
    by, carer = people.machinery(at), charts.carer(patient, at=at)
    icd = "http://hl7.org/fhir/sid/icd-10"
    record = Record(
        problems=(ProblemDetails(code=Code(icd, "B20", WORD)), ProblemDetails(code=Code(icd, "J45.9", "Asthma"))),
        observations=(
            ObservationDetails(
                code=loinc("20447-9", WORD), effective=Moment(at), value=quantity("50", "mg/L"), recorded_at=at
            ),
        ),
        documents=(portal.document(WORD, "text/plain", b"Dear you"),),
    )
    clinical.import_record(patient, record, by=by, at=at)
    from ehospital.clinical.models import Document

    note = charts.note(patient, WORD, by=carer.actor, at=at)
    for kind, key in (("notes", note), ("documents", Document.objects.get(patient_id=patient).pk)):
        clinical.confide(kind, key, category="other", by=carer.actor, at=at)


def shown(client: Client, patient: UUID) -> dict[str, str]:
    found = {name: client.get(reverse(name, args=[patient])).content.decode() for name in PAGES}
    past = client.get(reverse("chart_past", args=[patient]), {"at": "2026-11-20T12:00"})
    return {**found, "past": past.content.decode()}


def test_no_page_of_a_chart_shows_what_is_confidential_and_each_says_so(sign_in: SignIn) -> None:
    doctor = sign_in(Role.DOCTOR)
    at = doctor.member.actor.at - timedelta(minutes=2)
    patient = people.patient(at=at)
    in_clinic(doctor.member, patient)
    secrets(patient, at)
    pages = shown(doctor.client, patient)
    assert [name for name, text in pages.items() if WORD in text] == []
    assert all("Some entries of this record are restricted" in pages[name] for name in PAGES)
    assert "Asthma" in pages["chart_history"]
    word = actions.Word("treatment", "permit", staff_id=doctor.member.id, category="hiv")
    from ehospital.people import access

    actions.record_consent(patient, word, by=access.of_patient(patient, name="A", at=at), at=at)
    assert WORD in shown(doctor.client, patient)["chart_history"]


def test_a_word_is_written_down_printed_and_taken_back(sign_in: SignIn) -> None:
    doctor = sign_in(Role.DOCTOR)
    patient = people.patient(at=doctor.member.actor.at)
    in_clinic(doctor.member, patient)
    url = reverse("consents", args=[patient])
    assert "Nothing: whoever cares" in doctor.client.get(url).content.decode()
    refused = doctor.client.post(f"{url}record/", {"decision": "deny", "scope": "treatment", "way": "verbal"})
    assert refused.status_code == 422
    sent = {
        "decision": "deny", "scope": "sharing", "way": "written", "document": "Paper file 12", "giver": "patient",
    }  # fmt: skip
    assert doctor.client.post(f"{url}record/", sent)["Location"] == url
    (one,) = Consent.objects.all()
    assert "What I refuse" in doctor.client.get(f"{url}{one.id}/paper/").content.decode()
    assert doctor.client.post(f"{url}{one.id}/withdraw/")["Location"] == url
    assert "Ended" in doctor.client.get(url).content.decode()


def test_a_patient_reads_what_it_means_before_refusing_a_unit(sign_in: SignIn) -> None:
    doctor = sign_in(Role.DOCTOR)
    at = doctor.member.actor.at
    patient = people.patient(at=at - timedelta(minutes=2))
    in_clinic(doctor.member, patient)
    actions.give_account(
        username="amina", password="a long and odd one 7", patient_id=patient, by=people.machinery(at), at=at
    )
    mine = Client()
    mine.post("/accounts/login/", {"login": "amina", "password": "a long and odd one 7"})
    page = mine.get("/portal/consents/").content.decode()
    (about,) = set(re.findall(r"about=(unit-[0-9a-f-]+)", page))
    assert "If your life is in danger" in mine.get(f"/portal/consents/say/?about={about}").content.decode()
    assert doctor.client.get(reverse("chart", args=[patient])).status_code == 200
    assert mine.post("/portal/consents/say/", {"about": about}).status_code == 302
    assert doctor.client.get(reverse("chart", args=[patient])).status_code == 404
    assert "Clinic 7" in mine.get("/portal/consents/").content.decode()
    for made_up in ("unit-01a2094b-1414-743d-8261-6b157ed2999a", "nonsense", ""):
        assert mine.post("/portal/consents/say/", {"about": made_up}).status_code == 404
    (one,) = Consent.objects.all()
    assert mine.post(f"/portal/consents/{one.id}/withdraw/").status_code == 302
    assert doctor.client.get(reverse("chart", args=[patient])).status_code == 200
