"""Every model classifies every field exactly once."""

from pathlib import Path

from tests.house.planting import ask_apart, plant_django
from tests.house.rules import privacy
from tests.house.tree import standing

MODELS = """
from django.db import models


class Silent(models.Model):
    pass


class Dated(models.Model):
    seen_on = models.DateField()

    class Meta:
        abstract = True


class Whole(Dated):
    name = models.TextField()
    silent = models.ForeignKey(Silent, on_delete=models.CASCADE)

    class Privacy:
        identifying = ("name",)
        clinical = ("seen_on",)
        technical = ("id", "silent")


class Torn(Dated):
    name = models.TextField()

    class Privacy:
        identifying = ("id", "ghost")
        clinical = "seen_on"
        technical = ("id",)
        secret = ()
"""


def test_every_way_to_leave_a_field_unclassified_is_found(tmp_path: Path) -> None:
    house = plant_django(tmp_path, {"ehospital/people/models.py": MODELS}, apps=("people",))
    assert sorted(ask_apart(house, "privacy")) == [
        ("ehospital/people/models.py", 5, "people.Silent has no Privacy"),
        ("ehospital/people/models.py", 26, "people.Torn.seen_on is not classified"),
        ("ehospital/people/models.py", 27, "people.Torn.name is not classified"),
        ("ehospital/people/models.py", 29, "people.Torn.Privacy names ghost, which is no field"),
        ("ehospital/people/models.py", 29, "people.Torn.Privacy names id 2 times"),
        ("ehospital/people/models.py", 29, "people.Torn.Privacy.clinical is no tuple of names"),
        ("ehospital/people/models.py", 29, "people.Torn.Privacy.secret is no kind"),
    ]


def test_the_house_classifies_every_field() -> None:
    assert [str(finding) for finding in privacy.check(standing())] == []
