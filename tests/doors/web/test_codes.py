"""What a picker is offered: only to staff who open charts, and nothing when no release was imported."""

import pytest

from ehospital.foundation import codes
from ehospital.foundation.codes import Entry, Release
from ehospital.kernel.codes import ICD10
from ehospital.people.access import Role
from tests.doors.web.conftest import SignIn
from tests.factories import people

RELEASE = Release(ICD10, "ICD-10", "2019", "for tests", "a.csv", "0" * 64)


@pytest.mark.django_db
def test_codes_are_offered_while_somebody_types(sign_in: SignIn) -> None:
    doctor = sign_in(Role.DOCTOR).client
    assert doctor.get("/staff/codes/icd10/?q=migr").json() == {"codes": []}
    entries = [Entry("G43.0", "Migraine without aura"), *(Entry(f"A{n:02d}", f"Fever {n}") for n in range(40))]
    codes.import_release(RELEASE, entries, by=people.machinery(), at=people.NOON)
    assert doctor.get("/staff/codes/icd10/?q=mirgaine").json() == {
        "codes": [{"code": "G43.0", "words": "Migraine without aura"}]
    }
    assert len(doctor.get("/staff/codes/icd10/?q=fever").json()["codes"]) == 12
    assert doctor.get("/staff/codes/loinc/?q=migraine").json() == {"codes": []}
    assert doctor.get("/staff/codes/horoscope/?q=migraine").status_code == 404
    assert sign_in(Role.CASHIER).client.get("/staff/codes/icd10/?q=migraine").status_code == 403
