"""Results over time of one invented person: their own level, the mark of each illness, trends, and acute courses.

Source of the estimated GFR: CKD-EPI creatinine equation 2009, no race term (Levey, Ann Intern Med 2009;150:604).
"""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ehospital.simulation import catalogue

PANELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ue": ("na", "k", "urea", "creatinine", "egfr"),
        "fbc": ("hb", "wbc", "plt", "mcv"),
        "lft": ("alt", "alp", "bilirubin", "albumin"),
        "lipids": ("chol", "hdl", "ldl", "tg"),
        "tft": ("tsh",),
    }
)
"""Tests that are asked for together; every other test is a panel of its own."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """What an illness does to a test: how far it moves the value, and how fast it goes on moving (per year)."""

    shift: float = 0.0
    per_year: float = 0.0
    scatter: float = 0.0


_MARKS: Mapping[str, Mapping[str, _Mark]] = MappingProxyType(
    {
        "ckd3": {
            "creatinine": _Mark(48, 3.5, 8), "urea": _Mark(3.4, 0.3, 0.8), "hb": _Mark(-9, -0.8, 4),
            "k": _Mark(0.25), "acr": _Mark(55, 9, 22),
        },
        "ckd4": {
            "creatinine": _Mark(148, 16, 18), "urea": _Mark(11, 1.4, 2), "hb": _Mark(-28, -2.5, 5),
            "k": _Mark(0.6, 0.05, 0.15), "acr": _Mark(310, 45, 80), "albumin": _Mark(-3), "plt": _Mark(-20),
        },
        "t2dm": {"hba1c": _Mark(22, 1.2, 7), "glucose": _Mark(3.6, 0.1, 1.4), "acr": _Mark(14, 3, 8)},
        "t1dm": {"hba1c": _Mark(28, -0.6, 8), "glucose": _Mark(4.6, 0, 2.4)},
        "hyperlipidaemia": {"chol": _Mark(-0.3, -0.5, 0.3), "ldl": _Mark(-0.5, -0.45, 0.25), "tg": _Mark(0.5, -0.05)},
        "anaemia": {
            "hb": _Mark(-36, 6, 6), "mcv": _Mark(-14, 2, 2), "ferritin": _Mark(-97, 3, 3), "plt": _Mark(55),
        },
        "cirrhosis": {
            "alt": _Mark(28, 0, 9), "bilirubin": _Mark(24, 4, 6), "albumin": _Mark(-11, -1, 1.5), "plt": _Mark(-150),
            "inr": _Mark(0.4, 0.03, 0.05), "na": _Mark(-4), "alp": _Mark(60, 0, 15),
        },
        "heart_failure": {"bnp": _Mark(1900, 120, 500), "na": _Mark(-2), "urea": _Mark(2), "creatinine": _Mark(16)},
        "hypothyroidism": {"tsh": _Mark(0.9, -0.8, 0.5)},
        "gout": {"urate": _Mark(20, -38, 20)},
        "ra": {"crp": _Mark(8, -1, 4), "alt": _Mark(7, 0, 4), "hb": _Mark(-7)},
        "bph": {"psa": _Mark(1.2, 0.2, 0.4)},
        "copd": {"wbc": _Mark(1.1)},
        "colon_cancer": {"cea": _Mark(6.5, -1.5, 1.5), "hb": _Mark(-14, 2)},
        "obesity": {"alt": _Mark(11, 0, 4), "tg": _Mark(0.5), "hba1c": _Mark(2)},
        "warfarin": {"inr": _Mark(1.5, 0, 0.35)},
    }
)  # fmt: skip

_FLOORS: Mapping[str, float] = MappingProxyType(
    {"ferritin": 3, "crp": 1, "tsh": 0.1, "ldl": 0.8, "chol": 2.4, "hdl": 0.6, "acr": 1, "cea": 0.5, "mcv": 58}
)


@dataclass(frozen=True, slots=True)
class Result:
    """One value with its range, as the laboratory reports it; `flag` is H, L or empty."""

    test: catalogue.LabTest
    value: str
    low: float | None
    high: float | None
    flag: str


class Levels:
    """One person's own level of every test, today; asked for any day, it answers the same person's value."""

    def __init__(self, chance: random.Random, *, sex: str, age: int, illnesses: Collection[str]) -> None:
        self._chance = chance
        self._sex, self._age = sex, age
        self._level: dict[str, float] = {}
        self._per_year: dict[str, float] = {}
        for key, test in catalogue.tests().items():
            self._level[key] = test.mean + chance.gauss(0, test.spread)
            self._per_year[key] = 0.0
        if sex == "female":
            for key, less in (("creatinine", 14.0), ("hb", 13.0), ("urate", 60.0), ("ferritin", 50.0)):
                self._level[key] -= less
        self._level["creatinine"] += 0.2 * max(0, age - 60)
        self._level["hb"] -= 0.15 * max(0, age - 70)
        if age < 16:
            self._level["creatinine"] = 24 + 2.6 * age + chance.gauss(0, 3)
            self._level["hb"] = 118 + age + chance.gauss(0, 4)
        for illness in illnesses:
            for key, mark in _MARKS.get(illness, {}).items():
                self._level[key] += mark.shift + chance.gauss(0, mark.scatter)
                self._per_year[key] += mark.per_year

    def panel(
        self, name: str, *, years_ago: float, acute: Mapping[str, tuple[float, bool]] | None = None
    ) -> list[Result]:
        """Return the results of one blood sample; creatinine and estimated GFR of a panel belong together.

        Args:
            acute: test → (value, whether it is added to the person's own).
        """
        keys = PANELS.get(name, (name,))
        found, creatinine = [], 0.0
        for key in keys:
            test = catalogue.tests()[key]
            if key == "egfr":
                value = self._egfr(creatinine)
            else:
                value = self._value(key, years_ago, (acute or {}).get(key))
            if key == "creatinine":
                creatinine = value
            found.append(self._reported(test, value))
        return found

    def _value(self, key: str, years_ago: float, acute: tuple[float, bool] | None) -> float:
        test = catalogue.tests()[key]
        own = self._level[key] - self._per_year[key] * years_ago + self._chance.gauss(0, 0.3 * test.spread)
        if acute is not None:
            moved, added = acute
            own = own + moved if added else moved * self._chance.uniform(0.96, 1.04)
        return max(own, _FLOORS.get(key, test.mean * 0.12))

    def _egfr(self, creatinine_umol_l: float) -> float:
        female = self._sex == "female"
        kappa, alpha = (0.7, -0.329) if female else (0.9, -0.411)
        share = creatinine_umol_l / 88.4 / kappa
        rate = 141 * min(share, 1.0) ** alpha * max(share, 1.0) ** -1.209 * 0.993**self._age
        return min(120.0, rate * (1.018 if female else 1.0))

    def _reported(self, test: catalogue.LabTest, value: float) -> Result:
        low, high = test.reference(self._sex)
        if self._age < 16 and test.key in ("creatinine", "hb", "alp"):
            low = high = None
        rounded = round(value, test.decimals)
        flag = "L" if low is not None and rounded < low else "H" if high is not None and rounded > high else ""
        return Result(test, f"{rounded:.{test.decimals}f}", low, high, flag)
