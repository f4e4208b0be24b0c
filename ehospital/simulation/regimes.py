"""Which medicines a person takes for their illnesses: one of each group, none that harms, none twice."""

import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ehospital.simulation import catalogue

# Whoever takes one of a class takes no other of it. Keys are ATC prefixes; the longest that fits counts.
_CLASSES = {
    "C09A": "renin-angiotensin",
    "C09C": "renin-angiotensin",
    "C10AA": "statin",
    "B01AA": "anticoagulant",
    "B01AF": "anticoagulant",
    "B01AB": "anticoagulant",
    "A02BC": "proton pump inhibitor",
    "N06A": "antidepressant",
    "C07A": "beta blocker",
    "H03AA": "thyroxine",
    "R03BA": "inhaled steroid",
    "R03AK": "inhaled steroid",
    "R03AC": "salbutamol",
    "H02AB": "steroid",
    "N02BE": "paracetamol",
    "N02AA": "morphine",
    "R05DA": "codeine",
    "C03CA": "loop diuretic",
    "A10BA": "metformin",
    "A10AE": "long-acting insulin",
    "N06D": "dementia",
    "B01AC": "",  # aspirin and clopidogrel are taken together after a stent
}
_ANTICOAGULANTS = ("B01AA", "B01AF")


@dataclass(frozen=True, slots=True)
class Taken:
    """One medicine that is taken, how, and for which illness."""

    medicine: catalogue.Medicine
    dosage: str
    reason: str


class Regime:
    """What one person takes; it grows illness by illness."""

    def __init__(self, chance: random.Random, *, illnesses: Collection[str], allergies: Collection[str]) -> None:
        self._chance = chance
        self._against = {*illnesses, *allergies}
        self.taken: list[Taken] = []

    def treat(self, groups: Iterable[tuple[str, ...]], *, reason: str) -> list[Taken]:
        """Add one medicine of each group, as far as one suits, and return what was added."""
        added = []
        for group in groups:
            keys = list(group)
            self._chance.shuffle(keys)
            suits = next((key for key in keys if self._suits(catalogue.medicines()[key])), None)
            if suits is not None:
                added.append(self._take(catalogue.medicines()[suits], reason))
        return added

    def some(self, keys: Iterable[str], *, share: float, reason: str) -> None:
        """Add each of these with that probability, as far as it suits."""
        self.treat(((key,) for key in keys if self._chance.random() < share), reason=reason)

    def stop(self, prefixes: tuple[str, ...]) -> None:
        """Take medicines with these ATC prefixes no more; others of their class may take their place."""
        self.taken = [taken for taken in self.taken if not (prefixes and taken.medicine.atc.startswith(prefixes))]

    def contains(self, key: str) -> bool:
        """Tell whether this medicine is taken."""
        return any(taken.medicine.key == key for taken in self.taken)

    def _take(self, medicine: catalogue.Medicine, reason: str) -> Taken:
        usual = self._chance.random() < 0.7
        dosage = medicine.dosages[0] if usual else self._chance.choice(medicine.dosages)
        taken = Taken(medicine, dosage, reason)
        self.taken.append(taken)
        if medicine.atc.startswith(_ANTICOAGULANTS):
            self._against.add("anticoagulated")
        return taken

    def _suits(self, medicine: catalogue.Medicine) -> bool:
        if medicine.avoid & self._against:
            return False
        kind = _class(medicine.atc)
        return all(
            taken.medicine.atc != medicine.atc and not (kind and _class(taken.medicine.atc) == kind)
            for taken in self.taken
        )


def _class(atc: str) -> str:
    fits = [prefix for prefix in _CLASSES if atc.startswith(prefix)]
    return _CLASSES[max(fits, key=len)] if fits else ""
