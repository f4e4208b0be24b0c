"""Migrations are in step with the models."""

from pathlib import Path

from tests.house.planting import ask_apart, plant_django
from tests.house.rules import migrations
from tests.house.tree import House, standing

MODEL = "from django.db import models\n\n\nclass Ward(models.Model):\n    name = models.TextField()\n"
FIRST = """
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    key = models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
    operations = [migrations.CreateModel("Ward", [("id", key)])]
"""
LATER = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("estate", "0001_initial")]
    operations = [migrations.AddField("Ward", "name", models.TextField())]
"""
SETTING = 'DEFAULT_AUTO_FIELD = "django.db.models.AutoField"\n'


def planted(folder: Path, **steps: str) -> House:
    files = {f"ehospital/estate/migrations/{name}.py": text for name, text in steps.items()}
    house = plant_django(folder, {"ehospital/estate/models.py": MODEL, **files}, apps=("estate",))
    settings = folder / "ehospital/config/settings.py"
    settings.write_text(settings.read_text() + SETTING)
    return house


def test_a_field_without_its_migration_is_found(tmp_path: Path) -> None:
    house = planted(tmp_path, **{"0001_initial": FIRST})
    what = "no migration does this yet: Add field name to ward"
    assert ask_apart(house, "migrations") == [("ehospital/estate/migrations", 1, what)]


def test_two_last_migrations_are_found(tmp_path: Path) -> None:
    house = planted(tmp_path, **{"0001_initial": FIRST, "0002_one": LATER, "0002_two": LATER})
    assert ask_apart(house, "migrations")[0] == ("ehospital/estate/migrations", 1, "estate has 2 last migrations")


def test_migrations_in_step_are_left_alone(tmp_path: Path) -> None:
    assert ask_apart(planted(tmp_path, **{"0001_initial": FIRST, "0002_name": LATER}), "migrations") == []


def test_the_migrations_of_the_house_are_in_step() -> None:
    assert [str(finding) for finding in migrations.check(standing())] == []
