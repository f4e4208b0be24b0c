"""Which tests are watched because of a problem: what a timeline of one problem may add by itself, and must mark so.

Source: the tests that NICE guidelines name for the routine review of each condition (NG28 diabetes, NG136 hypertension,
NG203 chronic kidney disease, NG106 heart failure, CG181/NG238 lipids, NG145 thyroid disease, NG219 gout, NG115 COPD,
NG80 asthma, NG196 atrial fibrillation). Which codes stand for a test is the project's own choice; it needs the sign-off
of a clinician, and `VERSION` changes with it. Nothing here says that a result was caused by the problem.
"""

from collections.abc import Iterable
from typing import Final

from ehospital.kernel.codes import ICD10, ICD10_CM, SNOMED

VERSION: Final = "problem-relations-1"

_PRESSURE: Final = ("85354-9", "8480-6", "8462-4")
_KIDNEY: Final = ("2160-0", "14682-9", "33914-3", "62238-1", "98979-8", "77147-7", "9318-7", "2823-3", "6298-4")
_GLUCOSE: Final = ("4548-4", "59261-8", "2339-0", "2345-7", "14749-6", "15074-8")
_LIPIDS: Final = ("2093-3", "14647-2", "2085-9", "14646-4", "18262-6", "13457-7", "22748-8", "2571-8", "14927-8")
_BLOOD: Final = ("718-7", "2276-4", "787-2", "30428-7", "2498-4", "14798-3")
_WEIGHT: Final = ("29463-7", "39156-5")
_LUNG: Final = ("19926-5", "20150-9", "19868-9", "33452-4", "59408-5", "2708-6")

# ICD-10 categories (three characters), SNOMED CT concepts, and the LOINC codes of what is watched.
_RELATIONS: Final[tuple[tuple[frozenset[str], frozenset[str], frozenset[str]], ...]] = tuple(
    (frozenset(icd10.split()), frozenset(snomed.split()), frozenset(loinc))
    for icd10, snomed, loinc in (
        ("E10 E11 E12 E13 E14", "44054006 46635009 73211009 15777000", (*_GLUCOSE, *_KIDNEY, *_PRESSURE, *_WEIGHT)),
        ("I10 I11 I12 I13 I15", "59621000 38341003", (*_PRESSURE, *_KIDNEY)),
        ("N17 N18 N19", "709044004 431855005 431856006 433144002 431857002", (*_KIDNEY, *_PRESSURE, *_BLOOD)),
        ("I50", "84114007 42343007 703272007 88805009", ("33762-6", "30934-4", *_KIDNEY, *_PRESSURE, *_WEIGHT)),
        ("E78", "55822004 13644009 398036000", _LIPIDS),
        ("I20 I21 I22 I24 I25", "53741008 414545008 22298006 194828000", (*_LIPIDS, *_PRESSURE)),
        ("E03 E05", "40930008 34486009", ("3016-3", "11580-8", "3024-7", "14920-3", "3051-0")),
        ("D50 D51 D52 D64", "87522002 271737000 84027009", _BLOOD),
        ("M10", "90560007", ("3084-1", "14933-6")),
        ("J44", "13645005", _LUNG),
        ("J45", "195967001", _LUNG),
        ("I48", "49436004", ("6301-6", "34714-6", "8867-4", *_KIDNEY)),
    )
)


def watched_with(codes: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the LOINC codes of the tests that are watched because of a problem; empty when none are known.

    Args:
        codes: every code of the problem as (FHIR URI of the vocabulary, code).
    """
    known = list(codes)
    categories = {code.strip().upper()[:3] for system, code in known if system in (ICD10, ICD10_CM)}
    concepts = {code for system, code in known if system == SNOMED}
    found = [loinc for icd10, snomed, loinc in _RELATIONS if categories & icd10 or concepts & snomed]
    return frozenset().union(*found)
