"""The recall registers on the screen, the list of visits, and the letter."""

from datetime import datetime

import pytest

from ehospital.clinical import actions
from ehospital.clinical.details import Code, ProblemDetails, Record
from ehospital.foundation.models import AuditEvent
from ehospital.kernel.codes import ICD10
from ehospital.people import actions as people_actions
from ehospital.people.access import Role
from ehospital.people.details import AddressDetails, NameDetails, PatientDetails, TelecomDetails
from ehospital.people.models import CareRelationship
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import people

pytestmark = pytest.mark.django_db
LIST = "/staff/recalls/"


def in_care_of(staff: SignedIn, at: datetime, *, city: str = "Lund") -> object:
    by = people.machinery(at)
    details = PatientDetails(
        names=(NameDetails("Amina", "Okafor"),), telecoms=(TelecomDetails("phone", "0163 555"),),
        addresses=(AddressDetails("1 Mill Lane", city),),
    )  # fmt: skip
    key = people_actions.register_patient(details, by=by, at=at)
    problem = ProblemDetails(code=Code(ICD10, "I10", "Hypertension"))
    actions.import_record(key, Record(problems=(problem,)), by=by, at=at)
    people_actions.begin_care(
        patient_id=key, staff_id=staff.member.id, kind=CareRelationship.Kind.NAMED, source=f"test:{key}", by=by, at=at
    )
    return key


def test_who_is_overdue_why_and_where(sign_in: SignIn, now: datetime) -> None:
    nurse = sign_in(Role.NURSE)
    assert "Nobody is overdue" in nurse.client.get(LIST).content.decode()
    key = in_care_of(nurse, people.NOON)
    page = nurse.client.get(f"{LIST}?of=hypertension").content.decode()
    assert "OKAFOR, Amina" in page and "Blood pressure" in page and "0163 555" in page and "1 Mill Lane" in page
    assert f"/staff/recalls/hypertension/{key}/letter/" in page
    assert AuditEvent.objects.filter(action="recall.listed", patient_id=key).exists()
    page = nurse.client.get(f"{LIST}?of=hypertension&by=place").content.decode()
    assert "<h2><bdi>Lund</bdi></h2>" in page
    assert nurse.client.get(f"{LIST}?of=nonsense&by=nonsense").status_code == 200


def test_the_letter_is_a_pdf_and_on_record(sign_in: SignIn) -> None:
    doctor = sign_in(Role.DOCTOR)
    key = in_care_of(doctor, people.NOON)
    answer = doctor.client.get(f"{LIST}hypertension/{key}/letter/")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert AuditEvent.objects.filter(action="recall.printed", patient_id=key).count() == 1
    for other in (f"{LIST}diabetes/{key}/letter/", f"{LIST}nonsense/{key}/letter/"):
        assert doctor.client.get(other).status_code == 404
    stranger = sign_in(Role.NURSE)
    assert stranger.client.get(f"{LIST}hypertension/{key}/letter/").status_code == 404


def test_the_desk_has_no_recalls(sign_in: SignIn) -> None:
    assert sign_in(Role.RECEPTIONIST).client.get(LIST).status_code == 403
