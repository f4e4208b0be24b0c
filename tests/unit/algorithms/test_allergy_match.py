"""Whether words and codes speak against a medicine: every class, every ground, and what is not decided."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms import allergy_match
from ehospital.algorithms.allergy_match import Ground, Match, Substance, classes, matches

RX = "http://www.nlm.nih.gov/research/umls/rxnorm"


def of(words: str, *codes: tuple[str, str]) -> Substance:
    return Substance(words, codes)


@pytest.mark.parametrize(
    ("medicine", "allergy", "found"),
    [
        (of("A", (RX, "723")), of("B", (RX, "723")), Match(0, Ground.CODE)),
        (of("A", (RX, "723")), of("B", ("urn:other", "723")), None),
        (of("A", ("", "723")), of("B", ("", "723")), None),
        (of("Aspirin 75 mg"), of("ASPIRIN"), Match(0, Ground.WORD)),
        (of("Amoxicillin 500 mg capsule"), of("amoxicillin (substance)"), Match(0, Ground.WORD)),
        (of("Paracétamol"), of("PARACETAMOL"), Match(0, Ground.WORD)),
        (of("Amoxicillin 500 mg"), of("Penicillin"), Match(0, Ground.CLASS, "penicillins")),
        (of("Augmentin"), of("penicillins"), Match(0, Ground.CLASS, "penicillins")),
        (of("Cefuroxime 500 mg"), of("Cephalosporins"), Match(0, Ground.CLASS, "cephalosporins")),
        (of("Co-trimoxazole"), of("Sulfonamide"), Match(0, Ground.CLASS, "sulfonamides")),
        (of("Sulfamethoxazole"), of("sulfa drugs"), Match(0, Ground.CLASS, "sulfonamides")),
        (of("Clarithromycin"), of("macrolides"), Match(0, Ground.CLASS, "macrolides")),
        (of("Doxycycline"), of("Tetracycline"), Match(0, Ground.CLASS, "tetracyclines")),
        (of("Ciprofloxacin"), of("fluoroquinolones"), Match(0, Ground.CLASS, "quinolones")),
        (of("Ibuprofen 400 mg"), of("NSAIDs"), Match(0, Ground.CLASS, "anti-inflammatories")),
        (of("Ibuprofen 400 mg"), of("Aspirin"), Match(0, Ground.CLASS, "anti-inflammatories")),
        (of("Oxycodone"), of("Morphine"), Match(0, Ground.CLASS, "opioids")),
        (of("Simvastatin 20 mg"), of("statins"), Match(0, Ground.CLASS, "statins")),
        (of("Lisinopril"), of("ACE-inhibitor"), Match(0, Ground.CLASS, "ACE inhibitors")),
        (of("Metformin 500 mg tablet"), of("Latex tablet dose"), None),
        (of("Metformin since April"), of("Lisinopril"), None),
        (of("500 mg oil"), of("oil 500 mg"), None),
        (of("Paracetamol"), of("Peanut"), None),
    ],
)
def test_what_speaks_against_a_medicine(medicine: Substance, allergy: Substance, found: Match | None) -> None:
    assert matches(medicine, [allergy]) == ((found,) if found else ())


def test_every_allergy_is_looked_at_and_keeps_its_place() -> None:
    known = [of("Latex"), of("Penicillin"), of("Amoxicillin")]
    assert [(one.allergy, one.ground) for one in matches(of("Amoxicillin"), known)] == [
        (1, Ground.CLASS),
        (2, Ground.WORD),
    ]


def test_an_empty_answer_is_what_a_brand_name_gives() -> None:
    """Not decided, and the page says so: a brand name tells nothing of what is in it."""
    assert matches(of("Clamoxyl"), [of("Penicillin")]) == ()


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=4))
def test_any_text_is_answered_and_an_exact_substance_is_found(words: str, others: list[str]) -> None:
    known = [of(one) for one in others]
    found = matches(of(words), known)
    assert [one.allergy for one in found] == sorted({one.allergy for one in found})
    with_itself = matches(of(f"{words} Naproxen"), [*known, of("naproxen")])
    assert with_itself[-1].allergy == len(known)


@given(st.sampled_from(["Amoxicillin", "Cefalexin", "Ibuprofen"]), st.sampled_from([str.upper, str.lower, str.title]))
def test_how_it_is_written_does_not_matter(name: str, way: object) -> None:
    assert classes(way(name)) == classes(name) != frozenset()  # type: ignore[operator]


def test_it_names_source_and_version() -> None:
    assert allergy_match.VERSION == "allergy-match-1"
    assert "WHO" in allergy_match.SOURCE
