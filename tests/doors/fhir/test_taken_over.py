"""Imported patients come onto a unit's list, and onto nobody else's."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from ehospital.fhir.references import row_id
from ehospital.foundation.models import AuditEvent
from ehospital.people import access, actions, queries
from ehospital.people.models import CareRelationship
from tests.doors.fhir.conftest import NOW, Importing
from tests.factories import fhir, people
from tests.factories.fhir import key

pytestmark = pytest.mark.django_db

IDA = row_id("test", "Patient", key("ida"))
LATER = NOW + timedelta(days=1)
MACHINERY = access.system("tests", at=NOW)


def opens(staff: people.Staff) -> bool:
    return access.may(staff.actor, access.Permission.CHART_READ, patient_id=IDA)


def test_the_units_clinicians_open_the_chart_and_others_do_not(imported: Importing, tmp_path: Path) -> None:
    clinic = actions.add_unit(name="Clinic", receives_imports=True, by=MACHINERY, at=NOW)
    ward = actions.add_unit(name="Ward 4", by=MACHINERY, at=NOW)
    inside, outside = (people.staff("doctor", unit_id=unit_id, at=NOW) for unit_id in (clinic, ward))
    report = imported(fhir.write(tmp_path / "ida.json", fhir.whole()), unit=queries.receiving_unit(viewer=MACHINERY))
    assert report.summary()["unit"] == "Clinic"
    assert (opens(inside), opens(outside)) == (True, False)
    assert AuditEvent.objects.filter(action="care.created", patient_id=IDA).count() == 1


def test_without_a_unit_no_clinician_opens_the_chart(imported: Importing, tmp_path: Path) -> None:
    doctor = people.staff("doctor", unit_id=actions.add_unit(name="Clinic", by=MACHINERY, at=NOW), at=NOW)
    assert queries.receiving_unit(viewer=MACHINERY) is None
    report = imported(fhir.write(tmp_path / "ida.json", fhir.whole()))
    assert (report.summary()["unit"], opens(doctor)) == ("", False)


def test_who_was_taken_off_the_list_is_not_put_back_by_the_same_source(imported: Importing, tmp_path: Path) -> None:
    bundle = fhir.write(tmp_path / "ida.json", fhir.whole())
    unit = queries.UnitSummary(actions.add_unit(name="Clinic", by=MACHINERY, at=NOW), "Clinic")
    imported(bundle, unit=unit)
    assert actions.end_care(source="import:test", by=MACHINERY, at=LATER) == 1
    imported(bundle, unit=unit, at=LATER)
    assert CareRelationship.objects.count() == 1
    other = queries.UnitSummary(actions.add_unit(name="Ward 4", by=MACHINERY, at=NOW), "Ward 4")
    imported(bundle, unit=other, at=LATER)
    assert CareRelationship.objects.count() == 2


def test_a_unit_is_named_without_doubt() -> None:
    actions.add_unit(name="Clinic", by=MACHINERY, at=NOW)
    found = queries.receiving_unit("clinic ", viewer=MACHINERY)
    assert found and found.name == "Clinic"
    with pytest.raises(queries.NoSuchUnit, match="No unit is called 'Klinik'; there are: Clinic"):
        queries.receiving_unit("Klinik", viewer=MACHINERY)
    actions.add_unit(name="CLINIC", by=MACHINERY, at=NOW)
    with pytest.raises(queries.NoSuchUnit, match="Several units are called"):
        queries.receiving_unit("Clinic", viewer=MACHINERY)
    nurse = people.staff("nurse", at=NOW)
    with pytest.raises(access.NotPermitted):
        queries.receiving_unit("Clinic", viewer=nurse.actor)


def test_one_unit_at_most_receives_imports() -> None:
    actions.add_unit(name="Clinic", receives_imports=True, by=MACHINERY, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.add_unit(name="Ward 4", receives_imports=True, by=MACHINERY, at=NOW)
