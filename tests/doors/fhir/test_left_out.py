"""What cannot be stored is left out with its reason, and everything else arrives."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ehospital.clinical import models
from ehospital.fhir.importing import importer
from ehospital.people.models import Patient
from tests.doors.fhir.conftest import NOW, Importing, reasons
from tests.factories import fhir

pytestmark = pytest.mark.django_db

MUST_HAVE = {
    "Encounter": ("status", "period"),
    "Condition": ("code",),
    "AllergyIntolerance": ("code",),
    "Observation": ("status", "code"),
    "DiagnosticReport": ("status", "code"),
    "Procedure": ("status", "code"),
    "Immunization": ("status", "vaccineCode", "occurrenceDateTime"),
    "MedicationRequest": ("status", "medicationCodeableConcept"),
    "CarePlan": ("status", "category"),
    "Goal": ("lifecycleStatus", "description"),
    "DocumentReference": ("status", "content"),
    "Flag": ("status", "code", "period"),
}


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, fields in MUST_HAVE.items() for field in fields])
def test_what_a_resource_cannot_do_without_leaves_it_out(
    imported: Importing, tmp_path: Path, kind: str, field: str
) -> None:
    chart = fhir.chart()
    crippled = next(one for one in chart if one["resourceType"] == kind)
    del crippled[field]
    report = imported(fhir.write(tmp_path / "ida.json", fhir.bundle([fhir.patient(), *chart])))
    assert list(reasons(report)) == [kind]
    assert report.counts[kind]["left_out"] == 1
    assert report.total("imported") == 1 + len(chart) - 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {"valueQuantity": {"value": "5.4", "unit": "mmol/L"}},
            "Observation.valueQuantity.value is text, not a number",
        ),
        (
            {"valueQuantity": {"value": 97, "unit": "mg/dL", "system": fhir.UCUM, "code": "mmol/L"}},
            "Observation.valueQuantity.unit says mg/dL, and the code mmol/L",
        ),
        ({"valueQuantity": "5.4"}, "Observation.valueQuantity is text, not an object"),
        ({"valueQuantity": {"value": True}}, "Observation.valueQuantity.value is true or false, not a number"),
        (
            {"valueQuantity": {"value": fhir.Digits("1e99")}},
            "Observation.valueQuantity.value is beyond any measurement",
        ),
        ({"valueQuantity": {"value": fhir.Digits("9" * 5000)}}, "is not JSON"),
        ({"valueQuantity": {"value": fhir.Digits("1e99999999999999999999")}}, "holds a number beyond any measurement"),
        ({"valueQuantity": {"value": 1, "comparator": "~"}}, "changes what the number means"),
        ({"valueString": "x"}, "Observation has more than one value (valueQuantity, valueString)"),
        ({"valueQuantity": None, "valueSampledData": {}}, "a value of this kind is not kept"),
        ({"code": "2823-3"}, "Observation.code is text, not an object"),
        ({"code": {"coding": "2823-3"}}, "Observation.code.coding is text, not a list"),
        ({"category": {}}, "Observation.category is an object, not a list"),
        ({"component": [5]}, "Observation.component holds a number where objects belong"),
        ({"effectiveDateTime": "yesterday"}, "Observation.effectiveDateTime is no date"),
        ({"effectiveDateTime": "2024-02-30"}, "Observation.effectiveDateTime is no date"),
        ({"effectiveDateTime": "0001-01-01"}, "the year 1 cannot be"),
        ({"effectiveDateTime": "2026-03-04T12:00:00Z"}, "Observation.effectiveDateTime lies in the future"),
        ({"effectiveDateTime": 5}, "Observation.effectiveDateTime is a number, not a date"),
        ({"effectiveDateTime": None, "issued": None}, "does not say when"),
        ({"subject": {"reference": "Group/1"}}, "is about a Group, not a patient"),
        ({"subject": None}, "names no patient"),
        ({"id": ""}, "has no id by which it could be known again"),
        ({"id": "x" * 300}, "has no id by which it could be known again"),
    ],
)
def test_a_wrong_observation_is_left_out_and_everything_else_arrives(
    imported: Importing, tmp_path, change, why
) -> None:
    wrong = fhir.observation("wrong", "ida") | change
    entries = fhir.bundle([fhir.patient(), *fhir.chart()])
    entries["entry"].append({"fullUrl": "http://example.org/fhir/x/", "resource": wrong})
    report = imported(fhir.write(tmp_path / "ida.json", entries))
    (reason,) = reasons(report)["Observation"]
    assert why in reason
    assert report.total("imported") == 14


def test_nul_characters_are_taken_out_and_long_texts_shortened(imported: Importing, tmp_path: Path) -> None:
    chart = fhir.chart()
    chart[1]["code"] = {"text": "Asth\0ma" + "a" * 2000}
    chart[8]["dosageInstruction"][0]["text"] = "one\0 a day"
    report = imported(fhir.write(tmp_path / "ida.json", fhir.bundle([fhir.patient(), *chart])))
    assert models.Problem.objects.get().display == "Asthma" + "a" * 993 + "…"
    assert models.MedicineTaken.objects.get().dosage_text == "one a day"
    told = {reason for _, reason in report.in_part}
    assert {
        "Condition.code.text: NUL characters were taken out",
        "Condition.code.text: shortened to 1000 characters",
    } <= told


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": []}, "Patient.name is missing"),
        ({"birthDate": "2030-01-01"}, "Patient.birthDate lies in the future"),
        ({"birthDate": 1961}, "Patient.birthDate is a number, not a date"),
        ({"deceasedDateTime": "1900-01-01"}, "Patient.deceasedDateTime lies before the birth"),
        ({"address": "Bergen"}, "Patient.address is text, not a list"),
    ],
)
def test_a_patient_who_cannot_be_takes_the_record_along(imported: Importing, tmp_path: Path, change, why) -> None:
    report = imported(fhir.write(tmp_path / "ida.json", fhir.whole(**change)))
    assert reasons(report)["Patient"] == [why]
    assert reasons(report)["Observation"] == ["its patient was left out"]
    assert not models.ImportedResource.objects.exclude(patient_id=None).exists()
    assert Patient.objects.count() == models.Encounter.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "born", "precision", "dead", "died_at"),
    [
        ({"birthDate": "1870-01-01"}, None, "unknown", False, None),
        ({"birthDate": "1980"}, date(1980, 1, 1), "year", False, None),
        ({"birthDate": "1980-05"}, date(1980, 5, 1), "month", False, None),
        ({"birthDate": None}, None, "unknown", False, None),
        ({"deceasedBoolean": True}, date(1961, 4, 2), "day", True, None),
        ({"deceasedBoolean": False}, date(1961, 4, 2), "day", False, None),
        ({"deceasedDateTime": "2020"}, date(1961, 4, 2), "day", True, None),
        (
            {"deceasedDateTime": "2020-01-05T10:00:00+02:00"},
            date(1961, 4, 2),
            "day",
            True,
            datetime(2020, 1, 5, 8, 0, tzinfo=UTC),
        ),
    ],
)
def test_birth_and_death_with_what_is_known_of_them(
    imported: Importing, tmp_path, change, born, precision, dead, died_at
) -> None:
    imported(fhir.write(tmp_path / "ida.json", fhir.whole(**change)))
    found = Patient.objects.get()
    assert (found.birth_on, found.birth_precision, found.deceased, found.deceased_at) == (
        born,
        precision,
        dead,
        died_at,
    )


def test_a_birth_date_nobody_can_have_is_left_away_and_told(imported: Importing, tmp_path: Path) -> None:
    report = imported(fhir.write(tmp_path / "ida.json", fhir.whole(birthDate="1870-05-01")))
    told = {reason for _, reason in report.in_part}
    assert "Patient.birthDate: lies more than 150 years back; the patient is kept without a birth date" in told
    assert "Patient" not in reasons(report)


def test_a_newborn_of_the_night_is_imported_east_of_greenwich(imported: Importing, settings, tmp_path: Path) -> None:
    settings.TIME_ZONE = "Europe/Oslo"
    night = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # half past midnight in Oslo
    born = fhir.whole(birthDate="2026-03-03", deceasedDateTime="2026-03-03T00:10:00+01:00")
    report = imported(fhir.write(tmp_path / "ida.json", born), at=night)
    assert "Patient" not in reasons(report)
    found = Patient.objects.get()
    assert (found.birth_on, found.deceased_at) == (date(2026, 3, 3), datetime(2026, 3, 2, 23, 10, tzinfo=UTC))


def test_no_known_allergy_is_a_statement_not_an_allergy(imported: Importing, tmp_path: Path) -> None:
    codes = {"all": "716186003", "medication": "409137002", "latex": "716184000", "": "716220001"}
    statements = [
        fhir.about("AllergyIntolerance", code, "ida", code=fhir.coded(fhir.SNOMED, code, "No known …"))
        for code in codes.values()
    ]
    report = imported(fhir.write(tmp_path / "ida.json", fhir.bundle([fhir.patient(), *statements])))
    assert {one.scope for one in models.NoKnownAllergies.objects.all()} == {"all", "medication", "latex"}
    assert models.Allergy.objects.count() == 0
    assert report.counts["AllergyIntolerance"]["left_out"] == 1


def test_a_disk_that_takes_no_file_stops_the_import_and_says_so(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    (settings.DATA / "files").write_text("where a folder should be")
    path = fhir.write(tmp_path / "ida.json", fhir.whole())
    report = importer.run([path], source="test", at=NOW, zone="UTC")
    assert (report.complete, report.patients) == (False, 0)
    assert report.stopped_by.startswith("files cannot be written: ")
    assert report.unaccounted()["Patient"] == 1
    assert Patient.objects.count() == models.Encounter.objects.count() == 0
