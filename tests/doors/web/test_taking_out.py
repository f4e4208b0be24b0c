"""Printing a chart's summary: who may, what is on it, and that it is on record with its reason."""

import json
from datetime import datetime
from uuid import UUID

import pytest

from ehospital.clinical import actions as clinical
from ehospital.foundation.models import AuditEvent
from ehospital.people.access import Role
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import ips, people
from tests.factories import monitoring as wards
from tests.factories.clinical import allergy, potassium, problem
from tests.factories.pdfs import pages_of, text_of

pytestmark = pytest.mark.django_db


def printed(nurse: SignedIn, patient: UUID, **sent: str) -> bytes:
    answer = nurse.client.post(
        f"/staff/patients/{patient}/take-out/", {"reason": "ward", "language": "en", "form": "pdf", **sent}
    )
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), answer.content.decode()[:2000]
    assert answer["Content-Disposition"].startswith("inline") and "no-store" in answer["Cache-Control"]
    return answer.content


def test_the_summary_holds_the_chart_and_says_what_is_not_known(nurse: SignedIn, patient: UUID, now: datetime) -> None:
    by = people.machinery(now)
    empty = text_of(printed(nurse, patient))
    assert "Allergies are not recorded. That does not mean that there are none: ask." in empty
    assert "No medicine is recorded. That does not mean that none is taken: ask." in empty
    assert "Nobody is recorded." in empty
    clinical.record_problem(patient, problem("Gout #panic()", severity="severe"), by=by, at=now)
    clinical.record_allergy(patient, allergy("Penicillin", criticality="high"), by=by, at=now)
    clinical.record_result(patient, potassium("6.9", now, interpretation="HH"), by=by, at=now)
    mistake = clinical.record_problem(patient, problem("Of another patient"), by=by, at=now)
    clinical.enter_in_error("problems", mistake, reason="Not theirs.", by=by, at=now)
    told = text_of(printed(nurse, patient))
    for words in ("Gout #panic()", "Severe", "Penicillin", "High risk", "6.9 mmol/L", "Critically high", "Tove Berg"):
        assert words in told, words
    assert "Of another patient" not in told and "Allergies are not recorded" not in told


def test_taking_out_is_on_record_with_its_reason(nurse: SignedIn, patient: UUID) -> None:
    page = nurse.client.get(f"/staff/patients/{patient}/").content.decode()
    assert f"/staff/patients/{patient}/take-out/" in page
    assert nurse.client.get(f"/staff/patients/{patient}/take-out/").status_code == 200
    refused = nurse.client.post(f"/staff/patients/{patient}/take-out/", {"language": "en", "form": "pdf"})
    assert refused.status_code == 422 and not AuditEvent.objects.filter(action="chart.printed").exists()
    printed(nurse, patient, reason="law")
    event = AuditEvent.objects.get(action="chart.printed")
    assert (event.category, event.patient_id, event.actor_id) == ("R", patient, str(nurse.member.id))
    assert event.details == {"form": "pdf", "reason": "law"}


def test_another_system_gets_the_patient_summary(nurse: SignedIn, patient: UUID) -> None:
    address = f"/staff/patients/{patient}/take-out/"
    answer = nurse.client.post(address, {"reason": "elsewhere", "language": "en", "form": "ips"})
    assert answer["Content-Type"] == "application/fhir+json" and answer["Content-Disposition"].startswith("attachment")
    assert ips.problems(json.loads(answer.content)) == []
    event = AuditEvent.objects.get(action="chart.exported")
    assert (event.patient_id, event.details) == (patient, {"form": "ips", "reason": "elsewhere"})


def test_in_arabic_it_is_in_arabic(nurse: SignedIn, patient: UUID) -> None:
    made = printed(nurse, patient, language="ar")
    assert b"/Lang(ar)" in made.replace(b" ", b"") and pages_of(made) >= 1


def test_who_may_not_take_out_sees_no_way_and_gets_none(
    ward: wards.WardOfTests, patient: UUID, sign_in: SignIn
) -> None:
    pharmacist = sign_in(Role.PHARMACIST, unit_id=ward.unit_id)
    page = pharmacist.client.get(f"/staff/patients/{patient}/")
    assert page.status_code == 200 and "take-out" not in page.content.decode()
    assert pharmacist.client.post(f"/staff/patients/{patient}/take-out/", {"reason": "ward"}).status_code == 403
    stranger = sign_in(Role.DOCTOR)
    assert stranger.client.post(f"/staff/patients/{patient}/take-out/", {"reason": "ward"}).status_code == 404
    assert not AuditEvent.objects.filter(action="chart.printed").exists()
