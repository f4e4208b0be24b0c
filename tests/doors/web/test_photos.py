"""Photos through the browser: taken at the desk, shown in banner, search and board, given out to few."""

from datetime import datetime
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ehospital.people import actions
from ehospital.people.access import Role
from ehospital.people.models import PatientPhoto
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import monitoring as wards
from tests.factories import people
from tests.factories.files import PDF, picture

pytestmark = pytest.mark.django_db


def sent(content: bytes, name: str = "<script>.jpg", **more: str) -> dict[str, object]:
    return {"file": SimpleUploadedFile(name, content, content_type="text/html"), "consent": "given", **more}


@pytest.fixture
def desk(ward: wards.WardOfTests, sign_in: SignIn) -> SignedIn:
    return sign_in(Role.RECEPTIONIST)


@pytest.fixture
def photo(ward: wards.WardOfTests, now: datetime) -> UUID:
    return actions.take_photo(ward.patient_ids[0], picture(), consent="given", by=people.machinery(now), at=now)


def test_it_is_taken_replaced_and_removed_at_the_desk(desk: SignedIn, chart: str) -> None:
    page = f"{chart}photo/"
    assert b"the initials" in desk.client.get(page).content
    assert desk.client.post(page, sent(picture())).status_code == 302
    first = PatientPhoto.objects.get()
    stale = desk.client.post(page, sent(picture(colour="maroon")))
    assert stale.status_code == 422
    assert b"A colleague has changed the photo" in stale.content
    assert desk.client.post(page, sent(picture(colour="maroon"), seen=str(first.pk))).status_code == 302
    second = PatientPhoto.objects.get(ended_at=None)
    desk.client.post(page, {"do": "remove", "seen": str(second.pk), "reason": ""})
    assert PatientPhoto.objects.filter(ended_at=None).count() == 1
    desk.client.post(page, {"do": "remove", "seen": str(second.pk), "reason": "<i>wish</i>"})
    assert PatientPhoto.objects.filter(ended_at=None).count() == 0
    assert b"&lt;i&gt;wish&lt;/i&gt;" in desk.client.get(page).content
    assert PatientPhoto.objects.count() == 2


def test_what_is_no_picture_is_refused_in_words(desk: SignedIn, chart: str) -> None:
    page = f"{chart}photo/"
    for content, words in ((PDF, "This is no picture"), (b"", "is empty"), (picture(20, 20), "smaller than 64")):
        answer = desk.client.post(page, sent(content))
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert desk.client.post(page, {"consent": "given"}).status_code == 422
    assert desk.client.post(page, sent(picture(), consent="")).status_code == 422
    assert PatientPhoto.objects.count() == 0


def test_it_shows_in_banner_search_and_board(nurse: SignedIn, ward: wards.WardOfTests, chart: str, photo: UUID) -> None:
    address = f"{chart}photo/{photo}/small/"
    for page in (chart, f"/staff/wards/{ward.id}/", "/staff/patients/?q=Okafor"):
        shown = nurse.client.get(page).content.decode()
        assert address in shown, page
    other = nurse.client.get(f"/staff/patients/{ward.patient_ids[1]}/").content.decode()
    assert 'class="portrait small none"' in other


def test_it_is_given_out_to_few_and_kept_by_one_browser_only(
    nurse: SignedIn, chart: str, photo: UUID, sign_in: SignIn
) -> None:
    address = f"{chart}photo/{photo}/large/"
    given = nurse.client.get(address)
    assert (given.status_code, given["Content-Type"]) == (200, "image/webp")
    assert given["Cache-Control"] == "private, max-age=3600, immutable"
    assert "Cookie" in given["Vary"]
    assert "sandbox" in given["Content-Security-Policy"]
    assert sign_in(Role.DOCTOR).client.get(address).status_code == 404
    assert sign_in(Role.CASHIER).client.get(address).status_code == 403
    found = sign_in(Role.NURSE, username="elsewhere").client.get("/staff/patients/?q=Okafor").content.decode()
    assert str(photo) not in found
