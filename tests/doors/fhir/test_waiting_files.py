"""Files that an import brings wait for the virus scanner, and an export says so instead of leaving them out."""

import base64
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ehospital.clinical import tasks
from ehospital.clinical.models import DiagnosticReport, Document
from ehospital.fhir.exporting import folders
from ehospital.foundation import files, quarantine
from ehospital.foundation.models import KeptFile
from ehospital.people import access
from ehospital.people.models import Patient
from tests.doors.fhir.conftest import NOW, Importing
from tests.factories import fhir as make
from tests.factories import servers

pytestmark = pytest.mark.django_db
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
BAD = base64.b64encode(servers.EICAR).decode()
PRINTED = b"%PDF-1.4"


@pytest.fixture(autouse=True)
def away(settings: Any) -> None:
    settings.ANTIVIRUS = servers.AWAY


def resources() -> list[make.Json]:
    printed = [{"contentType": "application/pdf", "data": base64.b64encode(PRINTED).decode(), "title": "panel.pdf"}]
    return [
        make.patient("ida"),
        make.about("DiagnosticReport", "printed", "ida", status="final", code={"text": "Panel"}, issued=make.WHEN)
        | {"presentedForm": printed},
        make.about("DocumentReference", "letter", "ida", status="current", type={"text": "Letter"})
        | {"date": make.WHEN, "content": [{"attachment": {"data": BAD, "contentType": "text/plain"}}]},
    ]


def judged(settings: Any) -> None:
    with servers.clamd() as settings.ANTIVIRUS:
        while quarantine.next_turn(at=NOW):
            pass
    settings.ANTIVIRUS = servers.AWAY


def attachments(where: Path) -> Iterator[tuple[str, make.Json]]:
    folders.write_bundle(Patient.objects.get().pk, where, by=access.system("fhir export", at=NOW), at=NOW)
    for entry in json.loads(where.read_text())["entry"]:
        one = entry["resource"]
        for held in [*one.get("presentedForm", []), *(part["attachment"] for part in one.get("content", []))]:
            yield one["resourceType"], held


def test_it_is_stored_waits_and_opens(imported: Importing, tmp_path: Path, settings: Any) -> None:
    report = imported(make.write(tmp_path / "in.json", make.bundle(resources())))
    assert not report.left_out, report.left_out
    assert Counter(KeptFile.objects.values_list("state", flat=True)) == {"waiting": 2}
    told = dict(attachments(tmp_path / "waiting.json"))
    assert told.keys() == {"DocumentReference", "DiagnosticReport"}
    for one in told.values():
        assert "data" not in one
        assert one["_data"] == {"extension": [{"url": ABSENT, "valueCode": "temp-unknown"}]}
        assert one["url"] == "urn:ehospital:content-waits-for-the-virus-scanner"
    judged(settings)
    told = dict(attachments(tmp_path / "judged.json"))
    assert base64.b64decode(told["DiagnosticReport"]["data"]) == PRINTED and "_data" not in told["DiagnosticReport"]
    assert "data" not in told["DocumentReference"]
    assert told["DocumentReference"]["url"] == "urn:ehospital:content-infected"
    letter = Document.objects.get(display="Letter")
    assert tasks.file_was_infected(letter.file_key, "Eicar-Test-Signature") == 1
    assert {kind for kind, _ in attachments(tmp_path / "taken.json")} == {"DiagnosticReport"}


def test_an_infected_printed_form_is_named_in_its_report(imported: Importing, tmp_path: Path, settings: Any) -> None:
    lines = resources()[:2]
    lines[1]["presentedForm"][0]["data"] = BAD
    imported(make.write(tmp_path / "in.json", make.bundle(lines)))
    judged(settings)
    paper = DiagnosticReport.objects.get().document
    assert paper is not None
    assert tasks.file_was_infected(paper.file_key, "Eicar-Test-Signature") == 1
    ((kind, one),) = attachments(tmp_path / "out.json")
    assert (kind, one["title"], one["url"]) == ("DiagnosticReport", "panel.pdf", "urn:ehospital:content-infected")
    assert one["_data"] == {"extension": [{"url": ABSENT, "valueCode": "error"}]}


def test_imported_again_what_was_taken_away_stays_away(imported: Importing, tmp_path: Path, settings: Any) -> None:
    brought = make.write(tmp_path / "in.json", make.bundle(resources()))
    imported(brought)
    judged(settings)
    letter = Document.objects.get(display="Letter")
    tasks.file_was_infected(letter.file_key, "Eicar-Test-Signature")
    imported(brought)
    letter.refresh_from_db()
    assert letter.status == "entered-in-error"
    with pytest.raises(files.FileWaiting):
        files.load(letter.file_key)
    judged(settings)
    with pytest.raises(files.InfectedFile):
        files.load(letter.file_key)
    assert tasks.file_was_infected(letter.file_key, "Eicar-Test-Signature") == 0
