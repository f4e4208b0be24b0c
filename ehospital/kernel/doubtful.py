"""The careful path: an observation that is not plainly a known reading in its own unit is judged here."""

from math import isfinite
from types import MappingProxyType
from typing import Any, Final

from ehospital.kernel import codes, units
from ehospital.kernel.frames import SENTINELS, Frame, Other, Rejection, Why
from ehospital.kernel.unit_table import SPELLINGS

LONGEST_NAME: Final = 64
LONGEST_TEXT: Final = 200
_BEYOND: Final = 1e60


def _spellings(unit: str) -> frozenset[str]:
    return frozenset({"", unit, *(text for text, code in SPELLINGS.items() if code == unit)})


# alias → (every spelling of its default unit, or none; lowest; highest): what the hot path takes without thinking.
PLAIN: Final[dict[str, tuple[frozenset[str], float, float]]] = {
    alias: (_spellings(row.unit), row.lowest, row.highest) for alias, row in codes.OBSERVATIONS.items() if row.unit
}


class Sorting:
    """Sorts the observations of one frame, adding to the readings that were taken already."""

    def __init__(self, readings: dict[str, float]) -> None:
        self.readings = readings
        self.consciousness: str | None = None
        self.missing: list[str] = []
        self.others: list[Other] = []
        self.rejected: list[Rejection] = []
        self.source_codes: dict[str, str] = {}

    def finish(self, boot: str, seq: int, at_ms: int) -> Frame:
        """Return the frame with everything taken so far."""
        present = self.readings if self.consciousness is None else {*self.readings, "consciousness"}
        return Frame(
            boot,
            seq,
            at_ms,
            self.readings,
            self.consciousness,
            tuple(alias for alias in dict.fromkeys(self.missing) if alias not in present),
            tuple(self.others),
            tuple(self.rejected),
            MappingProxyType(self.source_codes),
        )

    def take(self, item: list[Any]) -> None:
        """Put one observation where it belongs: readings, missing, others or rejected."""
        if len(item) not in (2, 3) or not is_name(item[0]):
            self._reject("", item, Why.MALFORMED, "an observation is [code, value] or [code, value, unit]")
            return
        code, value, unit = item[0], item[1], item[2] if len(item) == 3 else None
        alias = codes.alias_of(code)
        if unit is not None and not is_text(unit, LONGEST_NAME):
            self._reject(code, value, Why.WRONG_UNIT, "a unit is a short text, such as mm[Hg]")
        elif alias is None:
            self._keep(code, value, unit)
        elif value is None or value == "" or (is_number(value) and value in SENTINELS):
            self.missing.append(alias)
        elif alias == "consciousness":
            self._take_level(code, value)
        else:
            self._take_number(code, value, unit)

    def _take_level(self, code: str, value: Any) -> None:
        level = value.strip().upper() if isinstance(value, str) else ""
        if level not in codes.CONSCIOUSNESS:
            self._reject(code, value, Why.UNKNOWN_LEVEL, "consciousness is one of A, C, V, P, U")
        elif self.consciousness is not None:
            self._reject(code, value, Why.REPEATED, "sent twice in one frame; the first stands")
        else:
            self.consciousness = level

    def _take_number(self, code: str, value: Any, unit: str | None) -> None:
        if not is_number(value):
            self._reject(code, value, Why.NOT_A_NUMBER, "a reading is a finite number, not text, truth value or NaN")
            return
        alias = codes.ALIAS_OF[code]
        row = codes.OBSERVATIONS[alias]
        try:
            number = _in_default_unit(value, unit or codes.default_unit(code) or "", row)
        except units.NotAQuantity as problem:
            self._reject(code, value, Why.IMPLAUSIBLE, str(problem))
        except units.UnitProblem as problem:
            self._reject(code, value, Why.WRONG_UNIT, str(problem))
        else:
            if not row.lowest <= number <= row.highest:
                words = f"outside {row.lowest:g} to {row.highest:g} {row.unit}, which no body or sensor can produce"
                self._reject(code, value, Why.IMPLAUSIBLE, words)
            else:
                self._store(alias, code, number, value, unit)

    def _store(self, alias: str, code: str, number: float, value: Any, unit: str | None) -> None:
        if alias not in self.readings:
            self.readings[alias] = number
            if code != alias:
                self.source_codes[alias] = code
        elif code == self.source_codes.get(alias, alias):
            self._reject(code, value, Why.REPEATED, "sent twice in one frame; the first stands")
        else:
            self.others.append(Other(code, float(value), unit))

    def _keep(self, code: str, value: Any, unit: str | None) -> None:
        if is_number(value) and abs(value) < _BEYOND:
            self.others.append(Other(code, float(value), unit))
        elif value is None or is_text(value, LONGEST_TEXT):
            self.others.append(Other(code, value, unit))
        else:
            self._reject(code, value, Why.NOT_A_NUMBER, "an unknown code may carry a finite number or a short text")

    def _reject(self, code: str, value: Any, why: Why, reason: str) -> None:
        self.rejected.append(Rejection(code, shown(value), why, reason))


def _in_default_unit(value: float, unit: str, row: codes.Observation) -> float:
    if unit in PLAIN[row.alias][0] and abs(value) < _BEYOND:
        return float(value)
    return float(units.convert(value, unit, row.unit, substance=row.substance or None))


def is_name(code: Any) -> bool:
    """Tell whether this can be a code or a key: 1 to 64 printable ASCII characters."""
    return isinstance(code, str) and 0 < len(code) <= LONGEST_NAME and code.isascii() and code.isprintable()


def is_text(value: Any, longest: int) -> bool:
    """Tell whether this is a text that can be stored."""
    # A NUL is legal JSON that no PostgreSQL text or jsonb can hold.
    return isinstance(value, str) and len(value) <= longest and "\0" not in value


def is_number(value: Any) -> bool:
    """Tell whether this is a finite number and no truth value."""
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and (isinstance(value, int) or isfinite(value))
    )


def shown(value: Any) -> str:
    """Return a rejected value as a short text."""
    # Python refuses to print more than 4,300 digits; a person needs to see far fewer.
    if isinstance(value, int) and value.bit_length() > 128:
        return "a number of more than 38 digits"
    return str(value).replace("\0", "\\0")[:LONGEST_TEXT]
