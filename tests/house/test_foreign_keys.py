"""Foreign keys respect the floors, also those written as strings, which no import betrays."""

from pathlib import Path

from tests.house.planting import ask_apart, marked, plant_django
from tests.house.rules import foreign_keys
from tests.house.tree import standing

PEOPLE = """
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Patient(models.Model):
    next_of_kin = models.ForeignKey("self", null=True, on_delete=models.CASCADE)
    bed = models.ForeignKey("estate.Bed", null=True, on_delete=models.CASCADE)  # caught
    drugs = models.ManyToManyField("medication.Drug")  # caught
    kind = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    number = models.IntegerField()
    about = GenericForeignKey("kind", "number")  # caught
"""
ESTATE = """
from django.db import models
from ehospital.people.models import Patient


class Bed(models.Model):
    patient = models.OneToOneField(Patient, null=True, on_delete=models.CASCADE, related_name="lies_in")
    talk = models.ForeignKey("messaging.Talk", null=True, on_delete=models.CASCADE)  # caught
"""
MESSAGING = "from django.db import models\n\n\nclass Talk(models.Model):\n    pass\n"
MEDICATION = """
from django.db import models
from ehospital.estate.models import Bed


class Drug(models.Model):
    bed = models.ForeignKey(Bed, null=True, on_delete=models.CASCADE)


class StrongDrug(Drug):
    giver = models.ForeignKey("people.Patient", on_delete=models.CASCADE)
"""


def test_keys_that_point_up_or_sideways_are_found(tmp_path: Path) -> None:
    files = {
        "ehospital/people/models.py": PEOPLE,
        "ehospital/estate/models.py": ESTATE,
        "ehospital/messaging/models.py": MESSAGING,
        "ehospital/medication/models.py": MEDICATION,
    }
    house = plant_django(tmp_path, files, apps=("people", "estate", "messaging", "medication"))
    found = ask_apart(house, "foreign_keys")
    assert [(path, line) for path, line, _ in found] == marked(house)
    assert [what for _, _, what in found] == [
        "estate.Bed.talk points at messaging.Talk, a neighbour",
        "people.Patient.bed points at estate.Bed, a higher floor",
        "people.Patient.drugs points at medication.Drug, a higher floor",
        "people.Patient.about may point at any floor, and the database cannot hold it",
    ]


def test_a_model_in_a_package_without_a_floor_is_found(tmp_path: Path) -> None:
    house = plant_django(tmp_path, {"ehospital/gossip/models.py": MESSAGING}, apps=("gossip",))
    assert ask_apart(house, "foreign_keys") == [
        ("ehospital/gossip/models.py", 4, "gossip.Talk lives in gossip, which has no floor")
    ]


def test_the_keys_of_the_house_point_downward() -> None:
    assert [str(finding) for finding in foreign_keys.check(standing())] == []
