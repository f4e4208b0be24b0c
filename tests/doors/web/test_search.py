"""The search at the top of every page: patients, places, and whom one saw lately."""

import re

import pytest
from django.utils import timezone

from ehospital.foundation.models import AuditEvent
from ehospital.people import actions
from ehospital.people.access import Role
from ehospital.people.models import CareRelationship
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import monitoring as wards
from tests.factories import people

pytestmark = pytest.mark.django_db


def answers(who: SignedIn, text: str) -> list[tuple[str, str]]:
    """The links that are answered: where to, and their words."""
    page = who.client.get("/staff/find/", {"q": text}).content.decode()
    links = re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', page, flags=re.DOTALL)
    return [
        (to, " ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", words, flags=re.DOTALL).split())) for to, words in links
    ]


def test_a_patient_in_care_leads_to_the_chart_and_another_to_the_whole_search(
    ward: wards.WardOfTests, nurse: SignedIn
) -> None:
    stranger = people.patient("Zadie", "Zimmer")
    (mine, *_), every = answers(nurse, "Okafor"), answers(nurse, "zimmer")
    assert mine[0] == f"/staff/patients/{ward.patient_ids[0]}/"
    assert re.fullmatch(r"/staff/patients/\?q=\d+", every[0][0])
    assert every[0][1].startswith("ZIMMER, Zadie 14-Mar-1957")
    assert every[0][1].endswith("Not in your care")
    assert every[-1] == ("/staff/patients/?q=zimmer", "All matches for “zimmer”")
    assert AuditEvent.objects.filter(action="patient.searched", patient_id=stranger).count() == 1


def test_places_are_those_that_one_may_open(nurse: SignedIn, sign_in: SignIn) -> None:
    assert ("/staff/devices/", "Devices") in answers(nurse, "dev")
    assert ("/staff/patients/register/", "Register") in answers(nurse, "REG")
    cashier = sign_in(Role.CASHIER)
    assert answers(cashier, "dev") == [("/staff/patients/?q=dev", "All matches for “dev”")]
    assert not [to for to, _ in answers(cashier, "register") if to == "/staff/patients/register/"]


def test_whom_one_saw_lately_comes_first_to_hand(ward: wards.WardOfTests, nurse: SignedIn) -> None:
    assert answers(nurse, "") == []
    first, second = ward.patient_ids[:2]
    for one in (first, second, first, second):
        nurse.client.get(f"/staff/patients/{one}/")
    assert [to for to, _ in answers(nurse, " ")] == [f"/staff/patients/{one}/" for one in (second, first)]
    for one in CareRelationship.objects.filter(patient_id=second):
        actions.end_care(source=one.source, by=people.machinery(ward.at), at=timezone.now())
    assert [to for to, _ in answers(nurse, "")] == [f"/staff/patients/{first}/"]


def test_nothing_typed_can_break_out_of_its_place(nurse: SignedIn) -> None:
    page = nurse.client.get("/staff/find/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>" not in page
