"""The migrations are in step with the models; asked without a database."""

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState

from tests.house.tree import Finding, House

RULE = "migration"

_NEXT = "Run `.venv/bin/ehospital django makemigrations {label}` and commit the file"


def check(house: House) -> Iterator[Finding]:
    """Report changes of models that no migration makes, and two migrations that both claim to be the last."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for label, names in loader.detect_conflicts().items():
        step = f"Renumber the later one after the other ({', '.join(names)})"
        yield Finding(_folder(house, label), 1, RULE, f"{label} has {len(names)} last migrations", step)
    questioner = MigrationQuestioner(dry_run=True)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps), questioner)
    for label, migrations in detector.changes(graph=loader.graph).items():
        for operation in (operation for migration in migrations for operation in migration.operations):
            what = f"no migration does this yet: {operation.describe()}"
            yield Finding(_folder(house, label), 1, RULE, what, _NEXT.format(label=label))


def _folder(house: House, label: str) -> str:
    folder = Path(apps.get_app_config(label).path, "migrations")
    return folder.relative_to(house.root).as_posix() if folder.is_relative_to(house.root) else f"{label}/migrations"
