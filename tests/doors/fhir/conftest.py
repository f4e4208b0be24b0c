"""An import into the test database, and everything that it could have written."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ehospital.clinical import models
from ehospital.clinical.actions.columns import TABLES
from ehospital.fhir.importing import importer, workshop
from ehospital.fhir.importing.report import Report
from ehospital.foundation.models import AuditEvent
from ehospital.people.models import Organisation, Patient, PatientIdentifier, PatientName, StaffMember
from ehospital.people.queries import UnitSummary

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

Importing = Callable[..., Report]


@pytest.fixture
def imported(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Importing:
    """A function that imports files here and now, and holds the account to its promise."""
    settings.DATA = tmp_path_factory.mktemp("data")

    def run(*paths: Path, source: str = "test", at: datetime = NOW, unit: UnitSummary | None = None) -> Report:
        report = importer.run(paths, source=source, at=at, zone="Europe/Oslo", unit=unit, listing=True)
        assert report.complete, report.stopped_by
        assert report.unaccounted() == {}
        assert not [reason for _, reason in report.left_out if workshop.OUR_FAULT in reason], report.left_out
        return report

    return run


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row that an import may write."""
    tables: list[Any] = [model for model, _ in TABLES.values()]
    tables += [models.AllergyReaction, models.CareActivity, models.ImportedResource, models.SourceIdentifier]
    tables += [Patient, PatientName, PatientIdentifier, StaffMember, Organisation, AuditEvent]
    return {table.__name__: list(table._default_manager.order_by("pk").values()) for table in tables}


def reasons(report: Report) -> dict[str, list[str]]:
    """Why resources were left out, by type."""
    found: dict[str, list[str]] = {}
    for kind, reason in report.left_out:
        found.setdefault(kind, []).append(reason)
    return found
