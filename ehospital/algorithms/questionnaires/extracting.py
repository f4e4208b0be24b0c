"""Which answers of a finished form are observations: those of coded items that say so (SDC observationExtract)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ehospital.algorithms.questionnaires.answers import number, option_of
from ehospital.algorithms.questionnaires.checking import held
from ehospital.algorithms.questionnaires.definition import Item, Questionnaire, Value
from ehospital.algorithms.questionnaires.filling import Path, Settled
from ehospital.kernel.codes import UCUM, Code


@dataclass(frozen=True, slots=True)
class Extract:
    """One answer as an observation: a number with its unit, a coded answer, or words."""

    key: str
    code: Code
    category: str
    number: Decimal | None = None
    unit: str = ""
    ucum: str = ""
    coded: Code | None = None
    words: str = ""
    note: str = ""


def extracts(form: Questionnaire, settled: Settled) -> list[Extract]:
    """Return the observations of a form, one for each answer, with a key that is the same for the same place."""
    places = sorted((path for path in settled.open if form.every[str(path[-1])].code), key=str)
    return [one for path in places for one in _item(form, settled, path)]


def _item(form: Questionnaire, settled: Settled, path: Path) -> Iterator[Extract]:
    item = form.every[str(path[-1])]
    for place, value in enumerate(held(settled, path)):
        key = "/".join(map(str, (*path, place)))
        yield _one(item, key, value, settled, path)


def _one(item: Item, key: str, value: Value, settled: Settled, path: Path) -> Extract:
    code, category = item.code or Code("", "", ""), item.category or "survey"
    total = settled.totals.get(path)
    band = total.band.text.plain if total and total.band else ""
    if item.score and item.score.observed_as == "band":
        return Extract(key, code, category, words=band or str(value))
    if item.kind in ("decimal", "integer", "quantity"):
        found = number(value["value"] if isinstance(value, dict) else value)
        unit = item.unit or Code("", "", "")
        ucum = unit.code if unit.system in ("", UCUM) else ""
        return Extract(key, code, category, number=found, unit=unit.display or unit.code, ucum=ucum, note=band)
    chosen = option_of(item, value)
    if isinstance(value, dict):
        label = chosen.label.plain if chosen else value.get("display", "")
        return Extract(key, code, category, coded=Code(value.get("system", ""), value.get("code", ""), label))
    words = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return Extract(key, code, category, words=words)
