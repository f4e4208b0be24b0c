"""Whatever a sender does to a bundle: a patient is written whole or not at all, and every resource is accounted for."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ehospital.clinical import models
from ehospital.clinical.actions.columns import TABLES
from ehospital.fhir.importing.report import OUTCOMES
from ehospital.people.models import Patient
from tests.doors.fhir.conftest import Importing, everything
from tests.factories import fhir

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(400)]

JUNK = [
    None, True, 0, -1, 5, 10**30, 1.5, "", "x", "\0", "x" * 5000, "1980", "2099-01-01", "2024-13-45", [], {}, [{}],
    [None],
    {"reference": "Patient/none"}, {"reference": "#"}, {"reference": "urn:uuid:none"}, {"text": "Words"}, [[[]]],
    "final", "entered-in-error", "https://example.org/" + "y" * 400, "\ud7ff\U0001f9ea", "4e400",
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, one in inner for place in places(one, (*path, name)))]


WHOLE = json.loads(fhir.text(fhir.whole()))
PLACES = [place for place in places(WHOLE) if len(place) > 1]
MUTATION = st.tuples(st.sampled_from(["replace", "drop", "repeat"]), st.sampled_from(PLACES), st.sampled_from(JUNK))


def mutated(mutations: list[tuple[str, tuple[Any, ...], Any]]) -> Any:
    """The bundle after each mutation whose place is still there."""
    found = deepcopy(WHOLE)
    for what, place, junk in mutations:
        inside = found
        try:
            for step in place[:-1]:
                inside = inside[step]
            if what == "replace":
                inside[place[-1]] = deepcopy(junk)
            elif what == "drop":
                del inside[place[-1]]
            elif isinstance(inside, list):
                inside.append(deepcopy(inside[place[-1]]))
        except (LookupError, TypeError):
            continue
    return found


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(mutations=st.lists(MUTATION, min_size=1, max_size=6))
def test_a_mutated_bundle_is_accounted_for_and_never_half_written(
    imported: Importing, tmp_path: Path, mutations
) -> None:
    path = tmp_path / "mutated.json"
    path.write_text(json.dumps(mutated(mutations)))
    with transaction.atomic():
        report = imported(path)
        connection.check_constraints()
        stored = {name: sum(counts[name] for counts in report.counts.values()) for name in OUTCOMES}
        assert stored["updated"] == 0
        remembered = models.ImportedResource.objects.exclude(kind="DiagnosticReport.presentedForm").count()
        assert remembered == stored["imported"]
        lines = sum(model._default_manager.count() for model, _ in TABLES.values())
        parts = models.Observation.objects.exclude(panel=None).count()
        patients = report.counts.get("Patient", {}).get("imported", 0)
        outsiders = sum(report.counts.get(kind, {}).get("imported", 0) for kind in ("Practitioner", "Organization"))
        assert lines - parts == stored["imported"] - patients - outsiders
        assert Patient.objects.count() == patients
        before = everything()
        again = imported(path)
        assert everything() == before
        assert (again.total("imported"), again.total("updated")) == (0, 0)
        assert again.total("left_out") == report.total("left_out")
        transaction.set_rollback(True)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cut=st.integers(0, len(json.dumps(WHOLE))), junk=st.binary(max_size=3))
def test_a_bundle_with_a_hole_leaves_nothing_or_everything(
    imported: Importing, tmp_path: Path, cut: int, junk: bytes
) -> None:
    text = json.dumps(WHOLE).encode()
    path = tmp_path / "hole.json"
    path.write_bytes(text[:cut] + junk)
    with transaction.atomic():
        report = imported(path)
        if cut < len(text):
            assert report.total("imported") == 0
            assert Patient.objects.count() == 0
        transaction.set_rollback(True)


def test_what_the_database_refuses_takes_the_whole_patient_and_nobody_else(imported: Importing, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinical_goal ADD CONSTRAINT no_goals CHECK (display <> 'No attacks') NOT VALID")
    without = [one for one in fhir.chart("bo") if one["resourceType"] != "Goal"]
    fhir.write(tmp_path / "a.json", fhir.whole("ida"))
    fhir.write(tmp_path / "b.json", fhir.bundle([fhir.patient("bo"), *without]))
    report = imported(tmp_path)
    assert Patient.objects.get().name_text == "SOLBERG, Bo Marie"
    assert (
        not models.ImportedResource.objects.exclude(patient_id=Patient.objects.get().pk)
        .exclude(patient_id=None)
        .exists()
    )
    whys = {why for (kind, why) in report.left_out if kind not in ("Claim",)}
    (why,) = whys
    assert why.startswith("the database refused the patient's record: ")
    assert "no_goals" in why
