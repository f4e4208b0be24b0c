"""Uploads before a virus scanner: what is infected or was not seen is taken nowhere, and the attempt is on record."""

from datetime import datetime
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.core.files.uploadedfile import SimpleUploadedFile

from ehospital.clinical.models import Document
from ehospital.foundation.models import AuditEvent
from tests.doors.web.conftest import SignedIn
from tests.factories import servers

pytestmark = pytest.mark.django_db


def sent(content: bytes, name: str = "letter.txt") -> dict[str, object]:
    return {"file": SimpleUploadedFile(name, content), "kind": "letter", "title": "From elsewhere"}


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
        assert (Document.objects.count(), kept()) == (0, before)
        assert AuditEvent.objects.get(action="document.infected").details["found"] == "Eicar-Test-Signature"
        assert nurse.client.post(f"{chart}documents/add/", sent(b"Dear you " * 20_000)).status_code == 302
    assert Document.objects.count() == 1


@pytest.mark.parametrize("content", [b"break off", b"odd"])
def test_what_the_scanner_did_not_see_is_not_taken(
    nurse: SignedIn, chart: str, settings: LazySettings, content: bytes
) -> None:
    before = kept()
    with servers.clamd() as settings.ANTIVIRUS:
        answer = nurse.client.post(f"{chart}documents/add/", sent(content))
    assert answer.status_code == 422
    assert "cannot be checked or stored right now" in answer.content.decode()
    away = nurse.client.post(f"{chart}documents/add/", sent(b"Dear you"))  # by now it is gone
    assert "cannot be checked or stored right now" in away.content.decode()
    assert (Document.objects.count(), kept()) == (0, before)
