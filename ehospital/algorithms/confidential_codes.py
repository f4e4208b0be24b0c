"""Which codes make a line of the chart confidential, and of which category.

The categories are those of HL7 v3 ActCode (information sensitivity: PSY, HIV, STD, ETH/SUD, SDV). The ICD-10 blocks are
those of WHO ICD-10: chapter V, B20–B24 and Z21, A50–A64, T74 and Y05–Y07. LOINC and SNOMED CT have no blocks: the table
names single concepts, the commonest ones. What is left open on purpose, because whoever meets the patient needs it to
be safe or to talk to them: dementia, delirium and other organic disorders (F00–F09), intellectual disability and
disorders of development (F70–F89), tobacco (F17). The choice of codes is the project's own judgement; it needs the
sign-off of a clinician and a privacy officer, and `VERSION` changes with it. What no code says is marked by hand.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

VERSION: Final = "confidential-codes-1"

_ICD10: Final = r"http://hl7\.org/fhir/sid/icd-10(-cm)?"
_LOINC: Final = r"http://loinc\.org"
_SNOMED: Final = r"http://snomed\.info/sct"

# By category: the system, and what its codes look like, whole for single concepts and from the start for blocks.
_BLOCKS: Final[Mapping[str, str]] = {
    "mental-health": r"F[2-6][0-9]|F9[0-9]|X[67][0-9]|X8[0-4]|Z91\.5",
    "hiv": r"B2[0-4]|Z21|R75|Z20\.6|Z11\.4|O98\.7",
    "sexual-health": r"A5[0-9]|A6[0-4]|Z11\.3|Z20\.2|O04",
    "substances": r"F1[0-689]|Z71\.[45]|Z72\.[12]",
    "violence": r"T74|T76|Y0[567]|Z04\.[45]",
}
_TESTS: Final[Mapping[str, str]] = {
    "mental-health": "44249-1|44261-6|55758-7|69737-5|70274-6|55757-9",
    "hiv": "7917-8|7918-6|56888-1|75622-1|20447-9|25836-8|29893-5|5220-9|68961-2",
    "sexual-health": "20507-0|20508-8|22461-8|22462-6|21613-5|24111-7|24110-9|5292-8",
    "substances": "82667-7|75626-2|75624-7",
    "violence": "76504-0|76499-3|76500-8|76501-6|76502-4|76503-2",
}
_CONCEPTS: Final[Mapping[str, str]] = {
    "mental-health": (
        "74732009|35489007|370143000|36923009|66344007|48694002|197480006|21897009|47505003|58214004|13746004|"
        "6471006|82313006|231504006|80583007"
    ),
    "hiv": "86406008|62479008|165816005|111880001",
    "sexual-health": "8098009|76272004|15628003|240589008|33839006|266113007",
    "substances": "7200002|15167005|6525002|5602001|361055000|66590003",
    "violence": "706893006|397940009",
}
CATEGORIES: Final = tuple(_BLOCKS)


def pattern(category: str) -> str:
    """Return the regular expression, the same for Python and PostgreSQL, that finds `system|code` of a category."""
    return rf"^({_ICD10}\|({_BLOCKS[category]})|{_LOINC}\|({_TESTS[category]})$|{_SNOMED}\|({_CONCEPTS[category]})$)"


def pattern_in_json(category: str) -> str:
    """Return the one that finds such a code in the JSON text of a list of [system, code, words]."""
    return (
        rf'\["({_ICD10}", "({_BLOCKS[category]})|{_LOINC}", "({_TESTS[category]})"|'
        rf'{_SNOMED}", "({_CONCEPTS[category]})")'
    )


_COMPILED: Final = {one: re.compile(pattern(one)) for one in CATEGORIES}


def categories_of(codes: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the categories that make a line with these codes confidential; empty for most.

    Args:
        codes: (system, code), all that a line has.
    """
    told = [f"{system}|{code}" for system, code in codes]
    return frozenset(name for name, found in _COMPILED.items() if any(found.search(one) for one in told))
