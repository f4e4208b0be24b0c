"""What patients allow, and who acts for them, as it leaves: every category with a label, every person with a name."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from ehospital.fhir.exporting import folders
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.actions import Word
from ehospital.people.models import Consent, Sensitivity
from tests.factories import fhir as make
from tests.factories import people, r4
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
BY_LABEL = {
    f"{make.STATUS}v3-ActCode|PSY": "mental-health", f"{make.STATUS}v3-ActCode|HIV": "hiv",
    f"{make.STATUS}v3-ActCode|STD": "sexual-health", f"{make.STATUS}v3-ActCode|ETH": "substances",
    f"{make.STATUS}v3-ActCode|SDV": "violence", "urn:ehospital:sensitivity|other": "other",
}  # fmt: skip


def exported(patient: UUID, path: Path, kind: str) -> list[make.Json]:
    folders.write_bundle(patient, path, by=access.system("fhir export", at=NOON), at=NOON)
    found = json.loads(path.read_text())
    assert r4.problems(found) == []
    return [one["resource"] for one in found["entry"] if one["resource"]["resourceType"] == kind]


def category(consent: make.Json) -> str:
    """What another system reads from the labels; nothing is about the whole record."""
    labels = [f"{one['system']}|{one['code']}" for one in consent["provision"].get("securityLabel", [])]
    return BY_LABEL[labels[0]] if labels else ""


def test_every_category_comes_back_from_its_label(tmp_path: Path) -> None:
    patient = people.patient()
    myself = access.of_patient(patient, name="Amina", at=NOON)
    for one in ("", *Sensitivity.values):
        people_actions.record_consent(patient, Word("sharing", "deny", category=one), by=myself, at=NOON)
    told = exported(patient, tmp_path / "out.json", "Consent")
    assert sorted(category(one) for one in told) == sorted(Consent.objects.values_list("category", flat=True))
    assert len(told) == 1 + len(Sensitivity.values)


@pytest.mark.parametrize("who", ["patient", "nobody known"])
def test_a_proxy_has_the_name_of_a_person_and_never_that_of_an_account(tmp_path: Path, who: str) -> None:
    patient, house = people.patient(), people.machinery()
    held = {
        "patient": {"patient_id": people.patient("Ida", "Holm")}, "nobody known": {},
    }[who]  # fmt: skip
    people_actions.give_account(username="ih1974", password="x", by=house, at=NOON, **held)
    said = {"relation": "carer", "extent": "read", "evidence": "their word"}
    people_actions.give_proxy(patient, username="ih1974", **said, by=house, at=NOON)
    (told,) = exported(patient, tmp_path / "out.json", "RelatedPerson")
    assert "ih1974" not in json.dumps(told)
    expected = {"patient": [{"text": "HOLM, Ida"}], "nobody known": None}
    assert told.get("name") == expected[who]
