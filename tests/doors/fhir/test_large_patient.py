"""A patient whose record is larger than memory should hold: slice after slice, and still all or nothing."""

import base64
from pathlib import Path

import pytest
from django.db import connection

from ehospital.clinical import models
from ehospital.fhir.importing import importer, waiting
from ehospital.foundation import files
from ehospital.people.models import Patient
from tests.doors.fhir.conftest import Importing, everything
from tests.doors.fhir.test_import import relative
from tests.factories import fhir

pytestmark = pytest.mark.django_db

SCAN = 2 << 20


def scans(number: int) -> list[fhir.Json]:
    """Letters of two megabytes each, in the FHIR order that suits nobody: before the encounter that they belong to."""
    found = []
    for place in range(number):
        letter = fhir.letter("ida") | {"id": f"scan-{place}"}
        letter["content"] = [{"attachment": {"data": base64.b64encode(bytes([place]) * SCAN).decode()}}]
        found.append(letter)
    return found


def export(folder: Path, number: int) -> Path:
    """A bulk export of one patient with that many scans, and one other patient."""
    folder.mkdir()
    first = [*scans(number), *fhir.chart("ida"), fhir.practitioner(), fhir.organisation(), fhir.patient("ida")]
    fhir.write_lines(folder / "a.ndjson", [relative(one) for one in first])
    fhir.write_lines(folder / "b.ndjson", [relative(one) for one in [fhir.patient("bo"), *fhir.chart("bo")]])
    return folder


@pytest.mark.parametrize("number", [8, 20], ids=["held in memory", "left on the disk"])
def test_a_large_patient_is_written_whole_in_slices(imported: Importing, tmp_path: Path, number: int) -> None:
    size = number * SCAN * 4 // 3
    assert size > importer.LARGEST_UNIT
    assert (size > waiting.LARGEST_FILE) == (number == 20)
    folder = export(tmp_path / "in", number)
    report = imported(folder)
    assert (report.patients, report.total("left_out"), report.in_part) == (2, 0, {})
    letters = models.Document.objects.filter(patient__names__given="Ida Marie", size_bytes=SCAN)
    assert letters.count() == number
    assert not letters.filter(encounter=None).exists()
    assert {files.load(one.file_key) for one in letters} == {bytes([place]) * SCAN for place in range(number)}
    assert models.Procedure.objects.filter(reason="Asthma").count() == 2
    before = everything()
    again = imported(folder)
    assert (again.total("imported"), again.total("updated"), again.patients) == (0, 0, 2)
    assert everything() == before


def test_when_the_last_slice_is_refused_nothing_of_the_first_stays(imported: Importing, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE clinical_safetyflag ADD CONSTRAINT no_flags CHECK (words <> 'Falls at night') NOT VALID"
        )
    resources = [relative(one) for one in [*scans(8), *fhir.chart("ida"), fhir.patient("ida")]]
    report = imported(fhir.write_lines(tmp_path / "a.ndjson", resources))
    assert {why.split(":")[0] for _, why in report.left_out} == {"the database refused the patient's record"}
    assert (report.total("left_out"), report.patients) == (len(resources), 0)
    assert Patient.objects.count() == models.Document.objects.count() == models.ImportedResource.objects.count() == 0
