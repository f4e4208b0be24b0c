"""What was imported comes back the same: read again, the door's answer gives the very rows that it was made from."""

import os
import tarfile
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from ehospital.clinical import models
from ehospital.clinical.actions import columns
from ehospital.clinical.details import NoKnownAllergiesDetails
from ehospital.fhir.elements import Reading, parse
from ehospital.fhir.mapping import allergies, encounters, observations, patients, problems
from ehospital.fhir.serving.links import DoorLinks
from ehospital.fhir.serving.outcomes import encoded
from ehospital.fhir.serving.types import KINDS
from ehospital.people.models import Patient
from tests.doors.fhir.conftest import NOW, Importing
from tests.factories import fhir as make

pytestmark = pytest.mark.django_db

READ: dict[str, Any] = {
    "Observation": (observations.read, columns.OBSERVATION),
    "Condition": (problems.read, columns.PROBLEM),
    "AllergyIntolerance": (allergies.read, columns.ALLERGY),
    "Encounter": (encounters.read, columns.ENCOUNTER),
}


@pytest.fixture(autouse=True)
def oslo(settings: Any) -> None:
    """The zone of the imports of these tests: a day begins and ends there."""
    settings.TIME_ZONE = "Europe/Oslo"


def again(kind: str, row: Any, source: Any) -> Any:
    """Read what the door would answer, as if it came from outside."""
    raw = encoded({"resourceType": kind, "id": str(row.pk), **source.write(row)})
    reading = Reading(datetime.now(UTC), timezone.get_default_timezone())
    resource = parse(raw, kind, reading)
    if kind == "Patient":
        found = patients.read(resource)
    else:
        found = READ[kind][0](resource, row.pk, DoorLinks(row.patient_id, "http://testserver/fhir"))
    odd = [note for note in reading.notes if "a number without a unit" not in note and ".class" not in note]
    assert odd == [], odd
    return found


def compare_all() -> dict[str, int]:
    """Compare every row of every type, and return how many there were."""
    counts: dict[str, int] = {}
    for kind in KINDS.values():
        for source in kind.sources:
            for row in source.whole().order_by("pk"):
                found = again(kind.name, row, source)
                counts[kind.name] = counts.get(kind.name, 0) + 1
                if kind.name == "Patient":
                    same_person(row, found)
                elif isinstance(found, NoKnownAllergiesDetails):
                    same(row, found, columns.NO_KNOWN_ALLERGIES, without=("ended_at",))
                else:
                    same(row, found, READ[kind.name][1])
                    same_parts(row, found)
    return counts


def same(row: Any, found: Any, getters: Any, *, without: tuple[str, ...] = ()) -> None:
    read = {name: get(found) for name, get in getters.items() if name not in without}
    stored = {name: getattr(row, name) for name in read}
    if isinstance(row, models.Problem) and stored["onset_at"]:
        stored["onset_text"] = read["onset_text"] = ""
    if isinstance(row, models.Observation | models.Encounter):
        read["recorded_at"] = stored["recorded_at"]  # follows from the time that they have otherwise
    for name in ("categories",):
        if name in stored:
            stored[name], read[name] = list(stored[name]), list(read[name])
    assert read == stored
    for name, value in stored.items():
        if "value" in name or "reference_" in name:
            assert str(read[name]) == str(value), "every digit"


def same_parts(row: Any, found: Any) -> None:
    if isinstance(row, models.Observation):
        parts = list(row.parts.order_by("position"))
        assert len(parts) == len(found.parts)
        names = [name for name in columns._RESULT if name != "other_codes"]
        for part, one in zip(parts, found.parts, strict=True):
            assert {name: columns._RESULT[name](one) for name in names} == {name: getattr(part, name) for name in names}
    elif isinstance(row, models.Allergy):
        reactions = list(row.reactions.order_by("position"))
        assert len(reactions) == len(found.reactions)
        for reaction, one in zip(reactions, found.reactions, strict=True):
            read = {name: get(one) for name, get in columns.REACTION.items()}
            stored = {name: getattr(reaction, name) for name in read}
            assert {**read, "manifestations": list(read["manifestations"])} == stored


def same_person(row: Patient, found: Any) -> None:
    plain = "active sex birth_on birth_precision deceased deceased_at language interpreter_needed marital_status"
    for name in [*plain.split(), "communication_needs"]:
        assert getattr(row, name) == getattr(found, name), name
    for part in ("names", "identifiers", "telecoms", "addresses", "contacts"):
        told = sorted(repr(vars(one)) for one in getattr(found, part))
        fields = list(vars(getattr(found, part)[0])) if told else []
        stored = sorted(repr({name: getattr(one, name) for name in fields}) for one in getattr(row, part).all())
        assert told == stored, part


def test_the_bundle_of_a_patient_comes_back_the_same(imported: Importing, tmp_path: Path) -> None:
    imported(make.write(tmp_path / "ida.json", make.whole("ida")), at=NOW)
    assert compare_all() == {
        "Patient": 1, "Observation": 2, "Condition": 1, "AllergyIntolerance": 1, "Encounter": 1,
    }  # fmt: skip


ODD: list[tuple[str, dict[str, Any]]] = [
    ("comparator", {"valueQuantity": {"value": make.Digits("0.010"), "comparator": "<", "unit": "ng/L"}}),
    ("exponent", {"valueQuantity": {"value": make.Digits("1.50E+3"), "unit": "x"}}),
    ("zero", {"valueQuantity": {"value": make.Digits("0"), "unit": "g"}}),
    ("integer", {"valueInteger": 3}),
    ("text", {"valueString": "clear\nyellow"}),
    ("coded", {"valueCodeableConcept": make.coded(make.SNOMED, "260373001", "Detected")}),
    ("words", {"valueCodeableConcept": {"text": "seen"}}),
    ("truth", {"valueBoolean": False}),
    ("absent", {"dataAbsentReason": {"coding": [{"code": "not-performed"}]}}),
    ("absent in words", {"dataAbsentReason": {"text": "lost"}}),
    ("range", {"valueRange": {"low": {"value": 1, "unit": "g"}, "high": {"value": 2, "unit": "g"}}}),
    ("period", {"effectiveDateTime": None, "effectivePeriod": {"start": "2024-03", "end": "2024-04-01T10:00:00Z"}}),
    ("year", {"effectiveDateTime": "1980"}),
    ("day", {"effectiveDateTime": "2024-10-27"}),
    ("interpretation", {"interpretation": [{"text": "odd"}]}),
    ("limits", {"referenceRange": [{"low": {"value": make.Digits("3.50"), "unit": "mmol/L"}, "text": "3.5 or more"}]}),
    ("other category", {"category": []}),
    ("who", {"performer": [{"display": "Dr. Elsewhere"}], "note": [{"text": "a"}, {"text": "b"}]}),
    ("method", {"method": {"text": "PCR"}, "bodySite": {"text": "Left arm"}}),
    ("codes", {"code": {"coding": [{"system": make.LOINC, "code": "1"}, {"system": "urn:x", "code": "2"}]}}),
    ("in error", {"status": "entered-in-error"}),
]


def test_odd_values_come_back_the_same(imported: Importing, tmp_path: Path) -> None:
    lines = []
    for name, more in ODD:
        found = make.observation(name, "ida") | {"valueQuantity": None, "issued": None} | more
        lines.append({key: value for key, value in found.items() if value is not None})
    report = imported(make.write(tmp_path / "odd.json", make.bundle([make.patient("ida"), *lines])))
    assert report.left_out == {} or not report.left_out, report.left_out
    assert compare_all()["Observation"] == len(ODD)


def test_other_lines_come_back_the_same(imported: Importing, tmp_path: Path) -> None:
    none_known = make.coded(make.SNOMED, "429625007", "No known food allergy")
    reaction = [{"manifestation": [{"text": "Rash"}, {"text": "Itch"}], "description": "bad", "onset": "2001-05"}]
    lines = [
        make.about("Condition", "words", "ida", code={"text": "Low mood"}, onsetString="as a child"),
        make.about("Condition", "over", "ida", code={"text": "Flu"}, onsetDateTime="2020-01")
        | {"abatementDateTime": "2020-02", "bodySite": [{"text": "Lung"}]}
        | {"severity": make.coded(make.SNOMED, "24484000", "Severe")},
        make.about("Condition", "wrong", "ida", code={"text": "Not so"})
        | {"verificationStatus": make.coded("x", "entered-in-error", "")},
        make.about("AllergyIntolerance", "none", "ida", code=none_known, recordedDate="2024-03-01T10:00:00Z"),
        make.about("AllergyIntolerance", "latex", "ida", code={"text": "Latex"}, type="allergy", reaction=reaction)
        | {"lastOccurrence": "2022", "onsetDateTime": "2001-05-04", "note": [{"text": "careful"}]},
        make.about("Encounter", "odd", "ida", status="finished", period={"start": "2024-03-01T10:00:00Z"})
        | {"class": {"code": "ODD"}, "reasonCode": [{"text": "Cough"}], "location": [{"location": {"display": "B2"}}]}
        | {"hospitalization": {"dischargeDisposition": {"text": "Home"}}},
        make.about("Encounter", "planned", "ida", status="planned"),
    ]  # fmt: skip
    imported(make.write(tmp_path / "lines.json", make.bundle([make.patient("ida"), *lines])))
    assert compare_all() == {"Patient": 1, "Condition": 3, "AllergyIntolerance": 2, "Encounter": 2}


def test_people_of_every_make_come_back_the_same(imported: Importing, tmp_path: Path) -> None:
    several = [
        make.patient("a", birthDate="1961-04", deceasedDateTime="2020-05-01T10:00:00+02:00"),
        make.patient("b", birthDate="1961", deceasedBoolean=True, active=False, gender="other"),
        make.patient("c", name=[{"text": "Only Words"}], telecom=[{"system": "url", "value": "x"}], address=[]),
        make.patient("d", extension=[{"url": patients.INTERPRETER, "valueBoolean": True}]),
    ]
    imported(make.write(tmp_path / "people.json", make.bundle(several)))
    assert compare_all() == {"Patient": 4}


@pytest.mark.external
@pytest.mark.timeout(400)
def test_synthea_comes_back_the_same(imported: Importing, tmp_path: Path) -> None:
    folder = Path(os.environ.get("EHOSPITAL_EXTERNAL_DATA", "/none")) / "synthea_r4"
    if not folder.is_dir():
        pytest.skip("the real inputs are not here: name their folder in EHOSPITAL_EXTERNAL_DATA")
    with tarfile.open(folder / "patients.tar.xz") as archive:
        files = (one for one in archive if one.isfile() and one.size < 3_000_000)
        for place, member in enumerate(islice(files, 12)):
            content = archive.extractfile(member)
            assert content is not None
            (tmp_path / f"{place}.json").write_bytes(content.read())
    imported(tmp_path)
    counts = compare_all()
    assert counts["Patient"] >= 8 and counts["Observation"] > 500, counts
