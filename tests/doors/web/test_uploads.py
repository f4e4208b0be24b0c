"""Files taken into a chart: by what they hold, under harmless names, and refused in words."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from ehospital.algorithms.file_types import MOST_BYTES
from ehospital.clinical import actions
from ehospital.clinical.models import Document
from ehospital.people.access import Role
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import monitoring as wards
from tests.factories import people
from tests.factories.files import PDF, png, zip_bomb

pytestmark = pytest.mark.django_db


@pytest.fixture
def documents(patient: UUID) -> str:
    return f"/staff/patients/{patient}/documents/"


def sent(content: bytes, name: str = "scan.pdf", **more: str) -> dict[str, object]:
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    return {"file": file, "kind": "letter", "title": "From <b>Weirside</b>", **more}


def kept_files() -> set[Path]:
    return {path for path in (Path(settings.DATA) / "files").rglob("*") if path.is_file()}


def test_a_file_is_taken_shown_and_given_out(nurse: SignedIn, documents: str, now: datetime) -> None:
    answer = nurse.client.post(documents + "add/", sent(PDF, "../a\u202e<i>.pdf", written="05-2020"), follow=True)
    page = answer.content.decode()
    assert "The document is in the chart." in page and "From &lt;b&gt;Weirside&lt;/b&gt;" in page
    row = Document.objects.get()
    assert (row.content_type, row.size_bytes, row.file_name) == ("application/pdf", len(PDF), "a i.pdf")
    assert (row.display, row.recorded_by_id, row.written_at.year) == ("Letter", nurse.member.id, 2020)
    given = nurse.client.get(f"{documents}{row.pk}/")
    assert given.content == PDF
    assert given["X-Content-Type-Options"] == "nosniff" and "sandbox" in given["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "scan.pdf", "is empty"),
        (png(), "scan.pdf", "Its name says something else than it holds: PNG"),
        (zip_bomb(), "letter.docx", "archive or an office file"),
        (b"MZ\x90\x00\xff", "scan.pdf", "does not take this type"),
        (PDF[:20], "scan.pdf", "cut off or damaged"),
        (png(100_000, 100_000), "scan.png", "more than 50 million pixels"),
        (PDF + b" " * MOST_BYTES, "scan.pdf", "larger than 20 MB"),
    ],
    ids=["empty", "lying", "zip bomb", "program", "cut off", "pixel bomb", "too large"],
)
def test_what_is_refused_is_refused_in_words_and_kept_nowhere(
    nurse: SignedIn, documents: str, content: bytes, name: str, words: str
) -> None:
    before = kept_files()
    answer = nurse.client.post(documents + "add/", sent(content, name))
    assert answer.status_code == 422
    assert words in answer.content.decode() and "From &lt;b&gt;Weirside" in answer.content.decode()
    assert not Document.objects.exists()
    assert kept_files() == before


def test_a_slip_of_the_form_is_caught(nurse: SignedIn, documents: str) -> None:
    for wrong in ({"written": "31-02-2020"}, {"written": "2999"}, {"kind": "spell"}, {"title": ""}):
        assert nurse.client.post(documents + "add/", sent(PDF, **wrong)).status_code == 422
    assert nurse.client.post(documents + "add/", {"kind": "letter", "title": "x"}).status_code == 422
    assert nurse.client.post(documents + "add/", {"kind": "letter", "title": "x", "file": "text"}).status_code == 422
    assert not Document.objects.exists()


def test_the_same_file_is_in_a_chart_once_unless_it_was_entered_in_error(
    nurse: SignedIn, documents: str, now: datetime
) -> None:
    nurse.client.post(documents + "add/", sent(PDF))
    assert "in the chart already" in nurse.client.post(documents + "add/", sent(PDF)).content.decode()
    key = Document.objects.get().pk
    actions.enter_in_error("documents", key, reason="other patient", by=people.machinery(now), at=now)
    assert nurse.client.get(f"{documents}{key}/").status_code == 404
    assert nurse.client.post(documents + "add/", sent(PDF)).status_code == 302
    assert Document.objects.count() == 2


def test_nobody_else_adds_a_file(nurse: SignedIn, documents: str, ward: wards.WardOfTests, sign_in: SignIn) -> None:
    before = kept_files()
    unseen = PDF.replace(b"Catalog", b"Katalog")
    assert sign_in(Role.DOCTOR).client.post(documents + "add/", sent(unseen)).status_code == 404
    pharmacist = sign_in(Role.PHARMACIST, unit_id=ward.unit_id)
    assert pharmacist.client.post(documents + "add/", sent(unseen)).status_code == 403
    assert not Document.objects.exists() and kept_files() == before
    assert "/documents/add/" not in pharmacist.client.get(documents).content.decode()
