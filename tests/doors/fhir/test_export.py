"""Out of one database and into another: the charts are the same; and every leaving is on record."""

import json
import os
import tarfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from ehospital.clinical import actions as clinical
from ehospital.clinical.models import Problem
from ehospital.fhir.exporting import folders, records
from ehospital.foundation.models import AuditEvent
from ehospital.people import access
from ehospital.people.models import Patient
from tests.doors.fhir.conftest import NOW, Importing
from tests.factories import fhir as make
from tests.factories import people, r4
from tests.factories.charts_compared import charts
from tests.factories.clinical import carer, note, problem

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
Take = Callable[[], None]


@pytest.fixture(autouse=True)
def oslo(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Oslo"


def machinery() -> access.Actor:
    return access.system("fhir export", at=LATER)


def away_and_back(imported: Importing, brought: Path, out: Path, *, one: bool = False) -> dict[str, Counter[str]]:
    """Import, export, empty the database, import what was exported; return the charts, which must be as before."""
    with transaction.atomic():
        imported(brought)
        before = charts()
        if one:
            folders.write_bundle(Patient.objects.get().pk, out, by=machinery(), at=LATER)
        else:
            folders.write_folder(records.patient_ids(), out, by=machinery(), at=LATER)
        transaction.set_rollback(True)
    assert not Patient.objects.exists()
    assert structure(out) == []
    report = imported(out, source="elsewhere", at=LATER)
    assert not report.left_out, report.left_out
    after = charts()
    for name, rows in before.items():
        assert (rows - after[name], after[name] - rows) == (Counter(), Counter()), name
    return before


def structure(out: Path) -> list[str]:
    """What is wrong with the structure of the resources that left."""
    if out.is_file():
        return r4.problems(json.loads(out.read_text()))
    lines = (line for file in sorted(out.iterdir()) for line in file.read_text().splitlines())
    return [wrong for line in lines for wrong in r4.resource(json.loads(line))]


def everything() -> list[make.Json]:
    """A patient with a line of every kind, and odd ones among them."""
    none_known = make.coded(make.SNOMED, "716186003", "No known allergy")
    printed = [{"contentType": "application/pdf", "data": "JVBERi0xLjQ=", "title": "panel.pdf"}]
    return [
        make.patient("ida"),
        make.patient("a", birthDate="1961-04", deceasedDateTime="2020-05-01T10:00:00+02:00"),
        make.practitioner("house"),
        make.organisation(),
        *make.chart("ida"),
        make.about("AllergyIntolerance", "none", "a", code=none_known, recordedDate="2019-03-01T10:00:00Z"),
        make.about("MedicationStatement", "aspirin", "ida", status="on-hold", effectivePeriod={"start": "2020-03"})
        | {
            "medicationCodeableConcept": {"text": "Aspirin"},
            "dateAsserted": make.WHEN,
            "note": [{"text": "by hearsay"}],
        }
        | {"dosage": [{"asNeededBoolean": True, "text": "one tablet"}], "reasonCode": [{"text": "Headache"}]},
        make.about("MedicationRequest", "stopped", "ida", status="stopped", intent="order", authoredOn="2021-04")
        | {"medicationCodeableConcept": {"text": "Ibuprofen"}, "statusReason": {"text": "Bleeding"}},
        make.about("DiagnosticReport", "printed", "ida", status="final", code={"text": "Panel"}, issued=make.WHEN)
        | {"effectivePeriod": {"start": "2024-03-01", "end": "2024-03-02"}, "presentedForm": printed},
        make.about("DocumentReference", "elsewhere", "ida", status="superseded", type={"text": "Letter"})
        | {"date": make.WHEN, "content": [{"attachment": {"url": "https://example.org/1", "title": "one.pdf"}}]},
        make.about("Immunization", "missed", "ida", status="not-done", occurrenceString="as a child")
        | {"vaccineCode": {"text": "Measles"}, "statusReason": {"text": "refused"}, "primarySource": False}
        | {"doseQuantity": {"value": make.Digits("0.5"), "unit": "mL"}, "lotNumber": "L7", "site": {"text": "arm"}},
        make.relative("ida"),
        make.pregnancy("ida"),
    ]


def test_every_kind_of_line_comes_back_the_same(imported: Importing, tmp_path: Path) -> None:
    brought = make.write(tmp_path / "in.json", make.bundle(everything()))
    before = away_and_back(imported, brought, tmp_path / "out")
    assert {name for name, rows in before.items() if not sum(rows.values())} == set()


def test_one_patient_comes_back_from_one_bundle(imported: Importing, tmp_path: Path) -> None:
    lines = [one for one in everything() if make.key("a") not in str(one)]
    brought = make.write(tmp_path / "in.json", make.bundle(lines))
    away_and_back(imported, brought, tmp_path / "out.json", one=True)
    exported = json.loads((tmp_path / "out.json").read_text())
    urls = {entry["fullUrl"] for entry in exported["entry"]}
    assert references(exported) <= urls
    assert (tmp_path / "out.json").stat().st_mode & 0o077 == 0


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["reference"]} if isinstance(value.get("reference"), str) else set()
        return own.union(*(references(one) for one in value.values()))
    return set().union(*(references(one) for one in value)) if isinstance(value, list) else set()


def test_what_was_entered_in_error_stays_here_and_notes_go_along(tmp_path: Path) -> None:
    key = people.patient()
    doctor = carer(key)
    at = people.NOON
    clinical.record_problem(key, problem("Gout"), by=doctor.actor, at=at)
    wrong = clinical.record_problem(key, problem("Not theirs"), by=doctor.actor, at=at)
    clinical.enter_in_error("problems", wrong, reason="Another patient's.", by=doctor.actor, at=at)
    note(key, "Well today.", by=doctor.actor)
    mistaken = note(key, "Of somebody else.", by=doctor.actor, kind="ward-round")
    clinical.enter_in_error("notes", mistaken, reason="Another patient's.", by=doctor.actor, at=at)
    found = list(records.Export(by=machinery(), at=LATER).resources([key]))
    assert Counter(one["resourceType"] for one in found) == {
        "Patient": 1, "Practitioner": 1, "Condition": 1, "DocumentReference": 1,
    }  # fmt: skip
    assert "Not theirs" not in str(found) and "Problem" not in str(Problem.objects.none())
    names = [one["name"][0]["text"] for one in found if one["resourceType"] == "Practitioner"]
    assert names == ["Tove Berg"]


def test_each_leaving_is_on_record_and_nobody_unknown_leaves(tmp_path: Path) -> None:
    keys = sorted(people.patient(name) for name in ("Amina", "Hamid"))
    folders.write_folder(keys, tmp_path / "out", by=machinery(), at=LATER)
    told = AuditEvent.objects.filter(action="chart.exported").order_by("patient_id")
    assert [(one.patient_id, one.details, one.category) for one in told] == [
        (key, {"form": "fhir"}, "R") for key in keys
    ]
    with pytest.raises(records.UnknownPatient):
        folders.write_bundle(uuid4(), tmp_path / "nobody.json", by=machinery(), at=LATER)
    assert not (tmp_path / "nobody.json").exists()
    assert AuditEvent.objects.filter(action="chart.exported").count() == 2


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    key: UUID = people.patient()
    (tmp_path / "there.json").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    with pytest.raises(folders.NotEmpty):
        folders.write_bundle(key, tmp_path / "there.json", by=machinery(), at=LATER)
    with pytest.raises(folders.NotEmpty):
        folders.write_folder([key], tmp_path / "full", by=machinery(), at=LATER)
    assert (tmp_path / "there.json").read_text() == "mine"
    assert not AuditEvent.objects.filter(action="chart.exported").exists()


@pytest.mark.external
@pytest.mark.timeout(400)
def test_synthea_comes_back_the_same(imported: Importing, tmp_path: Path) -> None:
    folder = Path(os.environ.get("EHOSPITAL_EXTERNAL_DATA", "/none")) / "synthea_r4"
    if not folder.is_dir():
        pytest.skip("the real inputs are not here: name their folder in EHOSPITAL_EXTERNAL_DATA")
    (tmp_path / "in").mkdir()
    with tarfile.open(folder / "patients.tar.xz") as archive:
        files = (one for one in archive if one.isfile() and one.size < 3_000_000)
        for place, member in enumerate(islice(files, 5)):
            content = archive.extractfile(member)
            assert content is not None
            (tmp_path / "in" / f"{place}.json").write_bytes(content.read())
    before = away_and_back(imported, tmp_path / "in", tmp_path / "out")
    assert sum(before["Patient"].values()) >= 4 and sum(before["Observation"].values()) > 200
