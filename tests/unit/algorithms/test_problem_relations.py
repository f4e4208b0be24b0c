"""Which tests belong to a problem: by its category in ICD-10 or its concept in SNOMED CT, and nothing by its words."""

import pytest

from ehospital.algorithms.problem_relations import _RELATIONS, watched_with
from ehospital.kernel.codes import ICD10, ICD10_CM, SNOMED
from ehospital.kernel.identifiers import luhn_valid

DIABETES, PRESSURE = "4548-4", "8480-6"


@pytest.mark.parametrize(
    ("codes", "has", "lacks"),
    [
        ([(ICD10, "E11.9")], DIABETES, "3016-3"),
        ([(ICD10_CM, "e119")], DIABETES, "3016-3"),
        ([(SNOMED, "44054006")], DIABETES, "3016-3"),
        ([(ICD10, "I10")], PRESSURE, DIABETES),
        ([(ICD10, "I10"), (ICD10, "E03")], "3016-3", DIABETES),
    ],
)
def test_a_code_of_the_problem_brings_its_tests(codes: list[tuple[str, str]], has: str, lacks: str) -> None:
    found = watched_with(codes)
    assert has in found and lacks not in found


@pytest.mark.parametrize(
    "codes", [[], [("", "E11")], [(SNOMED, "E11")], [(ICD10, "44054006")], [(ICD10, "E1")], [(ICD10, "Z99.9")]]
)
def test_another_code_brings_nothing(codes: list[tuple[str, str]]) -> None:
    assert watched_with(codes) == frozenset()


def test_every_code_of_the_table_is_a_code() -> None:
    for icd10, snomed, loinc in _RELATIONS:
        assert icd10 and snomed and loinc
        assert all(len(one) == 3 and one[0].isalpha() and one[1:].isdigit() for one in icd10)
        assert all(one.isdigit() for one in snomed)
        wrong = {one for one in loinc if not luhn_valid(one.replace("-", ""))}
        assert wrong == set()
