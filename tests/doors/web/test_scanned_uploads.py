"""Uploads before a virus scanner: infected ones are kept nowhere; while it is away they wait, and nobody opens them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ehospital.clinical import tasks
from ehospital.clinical.models import Correction, Document
from ehospital.foundation import contents, quarantine
from ehospital.foundation import tasks as foundation_tasks
from ehospital.foundation.models import AuditEvent, KeptFile
from ehospital.people.access import Role
from ehospital.people.models import PatientPhoto
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import servers
from tests.factories.files import PDF, picture

pytestmark = pytest.mark.django_db
WAITS = "waiting for the virus scanner"


def sent(content: bytes, name: str = "letter.txt", **more: str) -> dict[str, object]:
    return {"file": SimpleUploadedFile(name, content), "kind": "letter", "title": "From elsewhere", **more}


def kept() -> set[Path]:
    return {path for path in (Path(settings.DATA) / "files").rglob("*") if path.is_file()}


def test_what_is_infected_is_refused_and_written_down(
    nurse: SignedIn, chart: str, settings: LazySettings, now: datetime
) -> None:
    before = kept()
    with servers.clamd() as settings.ANTIVIRUS:
        answer = nurse.client.post(f"{chart}documents/add/", sent(servers.EICAR))
        assert answer.status_code == 422
        assert "The virus scanner found Eicar-Test-Signature" in answer.content.decode()
        assert (Document.objects.count(), KeptFile.objects.count(), kept()) == (0, 0, before)
        assert AuditEvent.objects.get(action="document.infected").details["found"] == "Eicar-Test-Signature"
        answer = nurse.client.post(f"{chart}documents/add/", sent(b"Dear you " * 20_000), follow=True)
        assert "The document is in the chart." in answer.content.decode() and WAITS not in answer.content.decode()
    document = Document.objects.get()
    assert nurse.client.get(f"{chart}documents/{document.pk}/").content == b"Dear you " * 20_000


@pytest.mark.parametrize("content", [b"break off", b"odd", b"nobody is there"])
def test_what_the_scanner_did_not_see_waits_and_is_opened_by_nobody(
    nurse: SignedIn, chart: str, settings: LazySettings, content: bytes
) -> None:
    with servers.clamd() as settings.ANTIVIRUS:
        if content == b"nobody is there":
            settings.ANTIVIRUS = servers.AWAY
        page = nurse.client.post(f"{chart}documents/add/", sent(content), follow=True).content.decode()
    document = Document.objects.get()
    assert "It opens once the virus scanner, which is away now, has looked at it." in page
    assert WAITS in page and f'"{chart}documents/{document.pk}/"' not in page
    asked = nurse.client.get(f"{chart}documents/{document.pk}/", follow=True)
    assert asked.redirect_chain == [(f"{chart}documents/", 302)]
    assert "The virus scanner has not looked into this document yet." in asked.content.decode()
    assert content not in asked.content


def test_once_it_is_back_what_is_well_opens(nurse: SignedIn, chart: str, settings: LazySettings) -> None:
    settings.ANTIVIRUS = servers.AWAY
    nurse.client.post(f"{chart}documents/add/", sent(PDF, "letter.pdf"))
    document = Document.objects.get()
    with servers.clamd() as settings.ANTIVIRUS:
        assert quarantine.next_turn(at=timezone.now())
    page = nurse.client.get(f"{chart}documents/").content.decode()
    assert WAITS not in page and f'"{chart}documents/{document.pk}/"' in page
    assert nurse.client.get(f"{chart}documents/{document.pk}/").content == PDF


def test_once_it_is_back_what_is_infected_is_taken_away(
    nurse: SignedIn, chart: str, settings: LazySettings, sign_in: SignIn
) -> None:
    settings.ANTIVIRUS = servers.AWAY
    before = kept()
    nurse.client.post(f"{chart}documents/add/", sent(b"Look! " + servers.EICAR))
    (document,) = Document.objects.all()
    with servers.clamd() as settings.ANTIVIRUS:
        while quarantine.next_turn(at=timezone.now()):
            pass
    # Before the charts have heard of it, nobody opens it any more either.
    assert "a virus was found" in nurse.client.get(f"{chart}documents/").content.decode()
    assert nurse.client.get(f"{chart}documents/{document.pk}/").status_code == 404
    assert tasks.file_was_infected(document.file_key, "Eicar-Test-Signature") == 1
    assert tasks.file_was_infected(document.file_key, "Eicar-Test-Signature") == 0
    document.refresh_from_db()
    mark = Correction.objects.get()
    assert (document.status, mark.reason) == ("entered-in-error", "infected: Eicar-Test-Signature")
    event = AuditEvent.objects.get(action="document.infected")
    assert (event.patient_id, event.actor_name) == (document.patient_id, "virus scanner")
    assert event.details == {"found": "Eicar-Test-Signature", "sha256": document.file_key}
    assert kept() == before
    page = nurse.client.get(f"{chart}documents/").content.decode()
    assert "The virus scanner took these away." in page and "Eicar-Test-Signature" in page
    assert f"documents/{document.pk}/" not in page
    assert nurse.client.get(f"{chart}documents/{document.pk}/").status_code == 404


def test_a_photo_is_looked_at_before_it_is_drawn(
    ward: object, chart: str, settings: LazySettings, sign_in: SignIn
) -> None:
    desk = sign_in(Role.RECEPTIONIST)
    photo: Callable[[bytes], dict[str, object]] = lambda content: sent(content, "a.jpg", consent="given")  # noqa: E731
    before = kept()
    with servers.clamd() as settings.ANTIVIRUS:
        answer = desk.client.post(f"{chart}photo/", photo(picture() + servers.EICAR))
        assert (answer.status_code, PatientPhoto.objects.count(), kept()) == (422, 0, before)
        assert "The virus scanner found Eicar-Test-Signature" in answer.content.decode()
        assert AuditEvent.objects.filter(action="photo.infected").count() == 1
        assert "The file is empty." in desk.client.post(f"{chart}photo/", photo(b"")).content.decode()
        assert desk.client.post(f"{chart}photo/", photo(picture())).status_code == 302
    one = PatientPhoto.objects.get()
    assert set(KeptFile.objects.values_list("key", "state")) == {(one.large_key, "clean"), (one.small_key, "clean")}


def test_while_it_is_away_a_photo_is_drawn_shown_and_looked_at_later(
    ward: object, chart: str, settings: LazySettings, sign_in: SignIn
) -> None:
    desk = sign_in(Role.RECEPTIONIST)
    settings.ANTIVIRUS = servers.AWAY
    given = sent(picture() + servers.EICAR, "a.jpg", consent="given")
    assert desk.client.post(f"{chart}photo/", given).status_code == 302
    one = PatientPhoto.objects.get()
    shown = desk.client.get(f"{chart}photo/{one.pk}/large/")
    assert shown.content[8:12] == b"WEBP" and servers.EICAR not in shown.content
    with servers.clamd() as settings.ANTIVIRUS:
        while quarantine.next_turn(at=datetime.now(UTC) + timedelta(minutes=1)):
            pass
    assert set(KeptFile.objects.values_list("state", flat=True)) == {"clean"}


def test_what_is_too_large_for_the_scanner_is_refused_in_its_own_words(
    nurse: SignedIn, chart: str, settings: LazySettings
) -> None:
    before = kept()
    with servers.clamd(most_bytes=100_000) as settings.ANTIVIRUS:
        answer = nurse.client.post(f"{chart}documents/add/", sent(b"Dear you " * 20_000))
    assert answer.status_code == 422
    assert (
        "The virus scanner takes no file of this size. Nothing was kept; send it in parts." in answer.content.decode()
    )
    assert (Document.objects.count(), KeptFile.objects.count(), kept()) == (0, 0, before)


@pytest.mark.parametrize(
    ("content", "tag", "said"),
    [
        (b"Dear you " * 20_000, "too large for the virus scanner", "This document is too large for the virus scanner"),
        (None, "missing or damaged", "The file of this document is missing or damaged."),
    ],
)
def test_why_a_document_does_not_open_is_said_in_words(
    nurse: SignedIn, chart: str, settings: LazySettings, content: bytes | None, tag: str, said: str
) -> None:
    settings.ANTIVIRUS = servers.AWAY
    nurse.client.post(f"{chart}documents/add/", sent(content or b"Dear you"))
    document = Document.objects.get()
    if content is None:
        contents.remove(document.file_key)
    with servers.clamd(most_bytes=100_000) as settings.ANTIVIRUS:
        assert quarantine.next_turn(at=timezone.now())
    page = nurse.client.get(f"{chart}documents/").content.decode()
    assert tag in page and f'"{chart}documents/{document.pk}/"' not in page and "not stored here" not in page
    asked = nurse.client.get(f"{chart}documents/{document.pk}/", follow=True)
    assert asked.redirect_chain == [(f"{chart}documents/", 302)] and said in asked.content.decode()


def test_a_document_without_a_row_of_its_file_waits_until_the_worker_has_taken_it_up(
    nurse: SignedIn, chart: str, settings: LazySettings
) -> None:
    nurse.client.post(f"{chart}documents/add/", sent(PDF, "letter.pdf"))
    KeptFile.objects.all().delete()
    document = Document.objects.get()
    page = nurse.client.get(f"{chart}documents/").content.decode()
    assert WAITS in page and "not stored here" not in page
    asked = nurse.client.get(f"{chart}documents/{document.pk}/", follow=True)
    assert "The virus scanner has not looked into this document yet." in asked.content.decode()
    with servers.clamd() as settings.ANTIVIRUS:
        assert foundation_tasks.look_into_files(0) == 1
    assert nurse.client.get(f"{chart}documents/{document.pk}/").content == PDF
