"""How alike two words of names are: by their letters, and by their sound.

Letters: Winkler, "String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model of Record Linkage"
(1990), with his prefix scale of 0.1 over at most four letters; and the edit distance of Damerau (1964) in its
restricted form: insert, drop, change, or swap two neighbours.

Sound: a key of consonants in the manner of Postel's "Kölner Phonetik" (1969), widened by the project so that one key
serves names of several languages: a letter that is written twice, silent h, and the vowels say nothing.
`SOUND_VERSION` names its rules; keys of another version are not comparable.

Words are folded before they come here: small letters without accents.
"""

import re
from functools import lru_cache
from typing import Final

SOUND_VERSION: Final = "sound-1"

PREFIX_SCALE: Final = 0.1
LONGEST_PREFIX: Final = 4

_HISS: Final = "\0"
# Longer spellings first: each is one sound.
_SPELLINGS: Final = (
    ("tsch", _HISS), ("sch", _HISS), ("tch", _HISS), ("tsh", _HISS), ("cks", "ks"), ("ch", _HISS), ("sh", _HISS),
    ("cz", _HISS), ("sz", _HISS), ("gh", "g"), ("ph", "f"), ("th", "t"), ("dh", "d"), ("ck", "k"),
    ("qu", "kv"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("dj", "j"), ("wr", "r"), ("kn", "n"), ("x", "ks"),
    ("h", ""), ("j", ""),
)  # fmt: skip
_SOUNDS: Final = str.maketrans({
    "b": "P", "p": "P", "d": "T", "t": "T", "f": "F", "v": "F", "w": "F", "g": "K", "k": "K", "c": "K", "q": "K",
    "s": "S", "z": "S", _HISS: "S", "l": "L", "r": "R", "m": "M", "n": "N",
    "a": ".", "e": ".", "i": ".", "o": ".", "u": ".", "y": ".", " ": ".",
})  # fmt: skip
_TWICE: Final = re.compile(r"(.)\1+")


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """Return the key of a folded word's sound: `meier`, `mayer` and `maier` are MR. A word of vowels is `A`."""
    text = word
    for spelling, heard in _SPELLINGS:
        text = text.replace(spelling, heard)
    key = _TWICE.sub(r"\1", text.translate(_SOUNDS))
    begins_open = key.startswith(".")
    key = key.replace(".", "")
    return f"A{key}" if begins_open or not key else key


def jaro_winkler(one: str, other: str) -> float:
    """Return the likeness of two words from 0 (nothing in common) to 1 (equal)."""
    if one == other:
        return 1.0
    if not one or not other:
        return 0.0
    reach = max(max(len(one), len(other)) // 2 - 1, 0)
    taken = [False] * len(other)
    matched: list[str] = []
    for place, letter in enumerate(one):
        for there in range(max(0, place - reach), min(len(other), place + reach + 1)):
            if not taken[there] and other[there] == letter:
                taken[there] = True
                matched.append(letter)
                break
    if not matched:
        return 0.0
    beside = [letter for letter, used in zip(other, taken, strict=True) if used]
    swapped = sum(a != b for a, b in zip(matched, beside, strict=True)) // 2
    common = len(matched)
    jaro = (common / len(one) + common / len(other) + (common - swapped) / common) / 3
    prefix = 0
    for a, b in zip(one[:LONGEST_PREFIX], other[:LONGEST_PREFIX], strict=False):
        if a != b:
            break
        prefix += 1
    return jaro + prefix * PREFIX_SCALE * (1 - jaro)


def slips(one: str, other: str) -> int:
    """Return how many slips of the finger lie between two words: letters inserted, dropped, changed or swapped."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, there in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
