"""What people write into the small columns of a register: a sex, a telephone number, an e-mail address."""

import re
from typing import Final

from ehospital.kernel.digits import western
from ehospital.kernel.folding import fold

VERSION: Final = "written-words-1"

_ALIKE: Final = str.maketrans("یکىة", "يكيه")


def plain(text: str) -> str:
    """Return a word as search compares it, and letters that Arabic and Persian keyboards write differently as one."""
    return fold(text).translate(_ALIKE)


_WRITTEN: Final = {
    "male": "m male man boy masculin masculine h homme garcon hombre masculino varon mann mannlich maennlich "
    "ذكر ذ رجل مرد پسر مذكر",
    "female": "f female woman girl feminin feminine femme fille mujer femenino frau w weiblich انثي امراه زن دختر مونث",
    "other": "o other autre otro divers d intersex",
    "unknown": "unknown u inconnu na unk",
}
_SEXES: Final = {plain(word): sex for sex, words in _WRITTEN.items() for word in words.split()}
_SCIENTIFIC = re.compile(r"^\d(?:[.,]\d+)?[eE]\+?\d+$")


def sex(text: str) -> str | None:
    """Return male, female, other or unknown; None when the word is none that we know. Numbers are not guessed."""
    told = plain(text)
    return _SEXES.get(told) if told else "unknown"


def phone(text: str) -> str | None:
    """Return a telephone number as it is kept, with western figures; None when it cannot be one.

    A spreadsheet that took it for a quantity has lost its last figures (7.9E+11): that is none.
    """
    told = " ".join(western(text).replace("\N{ARABIC LETTER MARK}", "").replace("\u200e", "").split())
    if _SCIENTIFIC.match(told) or len(told) > 40:
        return None
    figures = sum(letter.isdecimal() for letter in told)
    if figures < 5 or figures > 16 or re.search(r"[^\d+()/.\- xX]", told):
        return None
    return told


def email(text: str) -> str | None:
    """Return an address as it is kept; None when it cannot be one."""
    told = text.strip()
    return told if len(told) <= 254 and re.fullmatch(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]{2,}", told) else None


def split_name(text: str, *, family_first: bool) -> tuple[str, str]:
    """Return (family, given) of a whole name; a comma says by itself where the family name ends."""
    told = " ".join(text.split())
    if "," in told:
        family, _, given = told.partition(",")
        return family.strip(), given.strip().rstrip(",").strip()
    words = told.split()
    if len(words) < 2:
        return told, ""
    if family_first:
        return words[0], " ".join(words[1:])
    return words[-1], " ".join(words[:-1])
