"""Figures as other scripts write them: Arabic ٠١٢, Persian ۰۱۲, Devanagari ०१२ and the rest of Unicode's."""

import unicodedata


def western(text: str) -> str:
    """Return the text with every decimal figure as 0 to 9; whatever is no figure stays as it is."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)
