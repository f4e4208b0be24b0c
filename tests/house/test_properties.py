"""Properties that ask the database are found; those that compute are left alone."""

from pathlib import Path

from tests.house.planting import marked, plant
from tests.house.rules import properties
from tests.house.tree import standing

MODELS = """
import functools

from django.db import connection, models
from django.utils.functional import cached_property
from ehospital.people import queries

SCALE = {"a": 1}


class Name(models.Model):
    patient = models.ForeignKey("Patient", related_name="names", on_delete=models.CASCADE)


class Patient(models.Model):
    extra = models.JSONField()

    @property
    def name(self):
        return self.names.first()  # caught

    @cached_property
    def others(self):
        return list(self.names.filter(pk=1))  # caught

    @functools.cached_property
    def friends(self):
        return queries.friends(patient_id=self.pk)  # caught

    @property
    def twins(self):
        return Patient.objects.exclude(pk=self.pk)  # caught

    @property
    def fresh(self):
        self.refresh_from_db()  # caught
        return self

    @property
    def rows(self):
        return connection.cursor()  # caught

    @property
    def language(self):
        return self.extra.get("language", SCALE.get("a")) or self.extra.values()

    def first_name(self):
        return self.names.first()
"""
CARD = """
from ehospital.people.models import Patient


class Card:
    @property
    def path(self):
        return self.folder.exists() and self.rows.first()

    @property
    def patient(self):
        return Patient.objects.get(pk=1)  # caught
"""


def test_a_property_that_asks_is_found(tmp_path: Path) -> None:
    house = plant(tmp_path, {"ehospital/people/models.py": MODELS, "ehospital/web/staff/card.py": CARD})
    found = [(finding.path, finding.line) for finding in sorted(properties.check(house))]
    assert sorted(set(found)) == marked(house)


def test_the_properties_of_the_house_never_ask() -> None:
    assert [str(finding) for finding in properties.check(standing())] == []
