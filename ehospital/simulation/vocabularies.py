"""The few codes that the invented hospital uses, as tables of codes: a real one imports the releases."""

from datetime import datetime

from ehospital.foundation import codes
from ehospital.foundation.codes import Entry, Release
from ehospital.kernel.codes import ICD10, LOINC
from ehospital.people import access
from ehospital.simulation import catalogue

LICENCE = "Facts restated in the project's own words; import the releases with `ehospital import icd10` and `loinc`."


def bring_in(*, by: access.Actor, at: datetime) -> None:
    """Bring in the diagnoses and the tests of the catalogue."""
    diagnoses = {one.icd10: one.reason for one in catalogue.admissions().values() if one.icd10}
    diagnoses |= {one.icd10: one.name for one in catalogue.conditions().values() if one.icd10}
    tests = {one.loinc: one.name for one in catalogue.tests().values() if one.loinc}
    for url, title, known in ((ICD10, "ICD-10", diagnoses), (LOINC, "LOINC", tests)):
        release = Release(url, f"{title} (the demo's own few)", "", LICENCE, "the demo's catalogue", "")
        codes.import_release(release, (Entry(code, words) for code, words in known.items()), by=by, at=at)
