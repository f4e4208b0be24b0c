"""Whether a medicine is one that the patient's recorded allergies speak against, as far as words and codes can tell.

What is decided: the same code of the same vocabulary; the same word (a substance named in the other's words); the same
class, by the endings of international nonproprietary names and a short list of classes. What is not decided: brand
names, salts and mixtures under other names, cross-reactions beyond this table, doses, interactions. No finding never
means that a medicine is safe: whoever shows the answer must say so.

Source: WHO, "The use of stems in the selection of International Nonproprietary Names (INN) for pharmaceutical
substances" (WHO/EMP/RHT/TSN/2018.1), for the stems; the words for classes as allergies are written are the project's
own and stand for clinical review.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

VERSION: Final = "allergy-match-1"
SOURCE: Final = "WHO INN stems (2018); words of classes: the project's own"

SHORTEST: Final = 4
"""Shorter words name no substance: 'mg', 'oil', 'tab' would match anything."""

_NO_SUBSTANCES: Final = frozenset(
    {
        "acid", "adverse", "allergic", "allergy", "april", "capsule", "cream", "dose", "drug", "drugs", "extended",
        "film-coated", "hydrochloride", "injection", "intolerance", "medicine", "medication", "oral", "patch",
        "phosphate", "potassium", "product", "release", "sodium", "solution", "substance", "sulfate", "suspension",
        "syrup", "tablet", "tablets", "unit", "units",
    }
)  # fmt: skip

# Class → how members are called (endings and whole words), and how an allergy to all of it is written.
_CLASSES: Final[dict[str, tuple[tuple[str, ...], frozenset[str], frozenset[str]]]] = {
    "penicillins": (("cillin",), frozenset({"co-amoxiclav", "augmentin"}), frozenset({"penicillin", "penicillins"})),
    "cephalosporins": ((), frozenset(), frozenset({"cephalosporin", "cephalosporins", "cefalosporin"})),
    "sulfonamides": (
        (),
        frozenset({"co-trimoxazole", "cotrimoxazole"}),
        frozenset({"sulfa", "sulpha", "sulfonamide", "sulfonamides", "sulphonamide", "sulphonamides"}),
    ),
    "macrolides": (("thromycin",), frozenset(), frozenset({"macrolide", "macrolides"})),
    "tetracyclines": (("cycline",), frozenset(), frozenset({"tetracycline", "tetracyclines"})),
    "quinolones": (("floxacin",), frozenset(), frozenset({"quinolone", "quinolones", "fluoroquinolones"})),
    "anti-inflammatories": (
        ("profen", "coxib"),
        frozenset({
            "aspirin", "acetylsalicylic", "diclofenac", "indometacin", "ketorolac", "meloxicam", "naproxen", "piroxicam"
        }),
        frozenset({"nsaid", "nsaids", "salicylate", "salicylates", "anti-inflammatory"}),
    ),
    "opioids": (
        ("codone", "orphone", "fentanil"),
        frozenset({"codeine", "fentanyl", "morphine", "tramadol", "pethidine"}),
        frozenset({"opioid", "opioids", "opiate", "opiates"}),
    ),
    "statins": (("vastatin",), frozenset(), frozenset({"statin", "statins"})),
    "ACE inhibitors": (("pril",), frozenset(), frozenset({"ace-inhibitor", "ace-inhibitors"})),
}  # fmt: skip
_BEGINNINGS: Final = {"cephalosporins": ("cef", "ceph"), "sulfonamides": ("sulfa", "sulpha")}


class Ground(StrEnum):
    """Why a medicine was found."""

    CODE = "the same code"
    WORD = "the same substance"
    CLASS = "the same class"


@dataclass(frozen=True, slots=True)
class Substance:
    """A medicine, or what somebody is allergic to: words, and its codes as (system, code)."""

    words: str
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """One allergy that speaks against the medicine; `group` names the class, where that is the ground."""

    allergy: int
    ground: Ground
    group: str = ""


def matches(medicine: Substance, allergies: Sequence[Substance]) -> tuple[Match, ...]:
    """Return the allergies (by their place) that speak against a medicine, in their order.

    An empty answer says that nothing was found, never that the medicine is safe.
    """
    found = (_match(place, medicine, one) for place, one in enumerate(allergies))
    return tuple(one for one in found if one is not None)


def classes(words: str) -> frozenset[str]:
    """Return the classes that a text names or whose member it names."""
    found = set()
    for word in _words(words):
        for group, (endings, members, names) in _CLASSES.items():
            begins = word.startswith(_BEGINNINGS.get(group, ("\0",)))
            if word in names or word in members or begins or (endings and word.endswith(endings)):
                found.add(group)
    return frozenset(found)


def _match(place: int, medicine: Substance, allergy: Substance) -> Match | None:
    known = {(system, code) for system, code in allergy.codes if system and code}
    if known & set(medicine.codes):
        return Match(place, Ground.CODE)
    if _words(medicine.words) & _words(allergy.words):
        return Match(place, Ground.WORD)
    shared = classes(medicine.words) & classes(allergy.words)
    return Match(place, Ground.CLASS, min(shared)) if shared else None


def _words(text: str) -> frozenset[str]:
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)).casefold()
    found: Iterable[str] = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", plain)
    return frozenset(word for word in found if len(word) >= SHORTEST and word not in _NO_SUBSTANCES)
