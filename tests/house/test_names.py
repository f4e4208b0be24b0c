"""Names that say nothing are found in files, folders and classes."""

from pathlib import Path

import pytest

from tests.house.planting import plant
from tests.house.rules import names
from tests.house.tree import standing


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("utils", "utils"), ("date_helpers", "helpers"), ("BedManager", "manager"), ("CoreHTTPHandler", "core"),
        ("BaseUnit", "base"), ("patient-service", "service"), ("misc2", "misc"), ("common", "common"),
        ("database", None), ("score", None), ("HealthcareService", None), ("service_request", None),
        ("cds_services", None), ("HTTPHandler", "handler"), ("HealthcareServiceManager", "manager"),
        ("commonly", None), ("DatabaseRole", None),
    ],
)  # fmt: skip
def test_words_are_told_apart(name: str, word: str | None) -> None:
    assert names.banned(name) == word


def test_files_folders_and_classes_are_found(tmp_path: Path) -> None:
    files = {
        "ehospital/people/utils.py": "",
        "ehospital/people/core/names.py": "",
        "ehospital/people/core/births.py": "",
        "ehospital/people/models.py": "\n\n\nclass PatientManager:\n    class Handler:\n        pass\n",
        "ehospital/web/kit/base.html": "",
        "ehospital/web/allauth/layouts/base.html": "",
        "ehospital/fhir/healthcare_service.py": "class HealthcareService:\n    pass\n",
    }
    found = sorted(names.check(plant(tmp_path, files)))
    assert [(finding.path, finding.line, finding.what) for finding in found] == [
        ("ehospital/people/core", 1, "the word “core” in a file or folder name"),
        ("ehospital/people/models.py", 4, "the word “manager” in the class name PatientManager"),
        ("ehospital/people/models.py", 5, "the word “handler” in the class name Handler"),
        ("ehospital/people/utils.py", 1, "the word “utils” in a file or folder name"),
        ("ehospital/web/kit/base.html", 1, "the word “base” in a file or folder name"),
    ]


def test_the_house_has_found_its_nouns() -> None:
    assert [str(finding) for finding in names.check(standing())] == []
