"""Real charts, merged and undone: what an import brought is the same to the last column of every table."""

import itertools
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.utils import timezone

from ehospital.clinical.models import Encounter
from ehospital.journeys import merging
from ehospital.people.access import Role
from ehospital.people.models import Patient
from tests.doors.fhir.conftest import NOW, Importing
from tests.factories import people, snapshots
from tests.journeys.merging.records import LEDGER, RISING

pytestmark = [pytest.mark.django_db, pytest.mark.external, pytest.mark.timeout(400)]


@pytest.fixture
def external() -> Path:
    """The folder of real inputs beside the checkout."""
    beside = Path(__file__).resolve().parents[4] / "shared" / "data"
    folder = Path(os.environ.get("EHOSPITAL_EXTERNAL_DATA") or beside)
    if not (folder / "bulk10").is_dir():
        pytest.skip("the real inputs are not here: name their folder in EHOSPITAL_EXTERNAL_DATA")
    return folder


def test_thirteen_imported_patients_merged_in_a_row_and_undone_backwards(imported: Importing, external: Path) -> None:
    """Each into the next, so that the last one holds all charts; then the way back."""
    imported(external / "bulk10")
    now = timezone.now()
    by = people.staff(Role.RECEPTIONIST, at=now - timedelta(days=1)).actor
    keys = list(Patient.objects.order_by("id").values_list("id", flat=True))
    before = snapshots.tables(besides=LEDGER, without=RISING)
    done = [
        merging.merge(survivor_id=into, absorbed_id=of, choices={}, by=by, at=now)
        for of, into in itertools.pairwise(keys)
    ]
    assert (len(keys), len(done)) == (13, 12)
    assert Encounter.objects.filter(patient_id=keys[-1]).count() == Encounter.objects.count() > 500
    assert list(Patient.objects.filter(active=True).values_list("id", flat=True)) == [keys[-1]]
    again = imported(external / "bulk10", at=NOW + timedelta(days=1))
    assert (again.total("imported"), again.total("updated")) == (0, 0)
    for merge_id in reversed(done):
        merging.unmerge(merge_id, by=by, at=now)
    assert snapshots.differences(before, snapshots.tables(besides=LEDGER, without=RISING)) == {}
    assert Patient.objects.filter(imported_version=F("version")).count() == 13
