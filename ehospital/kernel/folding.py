"""Texts as search compares them."""

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ß": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "ı": "i"}
)


def fold(text: str) -> str:
    """Return the text as search compares it: no accents, no case, one space between words."""
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[\W_]+", " ", letters.casefold()).split())
