"""Reading FHIR JSON strictly: an element of the wrong type is told, never guessed at.

`Element` wraps one JSON object and knows its path. What a resource cannot do without, and has not, raises `LeftOut`:
the resource is not stored, with that reason. What can be left away becomes a note: it is stored without that part.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

import msgspec

from ehospital.clinical.details import Moment
from ehospital.kernel import units
from ehospital.kernel.codes import UCUM, Code

EARLIEST_YEAR, LATEST_YEAR = 1850, 2200
CLOCKS_MAY_DIFFER_BY = timedelta(days=1)  # a date without time in another zone is a day ahead
MOST_CHILDREN = 5000
_MOST_DIGITS, _LARGEST_EXPONENT = 40, 40

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_PARTIAL = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$", re.ASCII)
_FULL = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$", re.ASCII)


class LeftOut(Exception):
    """This resource is not stored; the message says why, in words and without the patient's data."""


@dataclass(slots=True)
class Reading:
    """One resource being read: when and where that is, and what had to be left away."""

    at: datetime
    zone: tzinfo
    notes: list[str] = field(default_factory=list)

    def day(self, at: datetime) -> date:
        """Return the day on the hospital's calendar at that moment."""
        return at.astimezone(self.zone).date()

    def note(self, words: str) -> None:
        """Note once that a part is not kept."""
        if words not in self.notes:
            self.notes.append(words)


class Element:
    """One JSON object of a resource."""

    __slots__ = ("json", "path", "reading")

    def __init__(self, json: Mapping[str, Any], path: str, reading: Reading) -> None:
        self.json = json
        self.path = path
        self.reading = reading

    def __contains__(self, name: str) -> bool:
        return self.json.get(name) is not None

    def refuse(self, name: str, why: str) -> LeftOut:
        """Return the exception that says what is wrong with one element."""
        return LeftOut(f"{self.path}.{name} {why}")

    def child(self, name: str) -> "Element | None":
        """Return an element that is an object, or None when it is absent."""
        value = self.json.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.refuse(name, f"is {_kind(value)}, not an object")
        return Element(value, f"{self.path}.{name}", self.reading)

    def children(self, name: str) -> "list[Element]":
        """Return the elements of a list of objects; absent is empty."""
        value = self.json.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.refuse(name, f"is {_kind(value)}, not a list")
        if len(value) > MOST_CHILDREN:
            raise self.refuse(name, f"holds more than {MOST_CHILDREN} entries")
        for one in value:
            if not isinstance(one, dict):
                raise self.refuse(name, f"holds {_kind(one)} where objects belong")
        path = f"{self.path}.{name}"
        return [Element(one, path, self.reading) for one in value]

    def texts(self, name: str, most: int) -> list[str]:
        """Return a list of texts; absent is empty."""
        value = self.json.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.refuse(name, f"is {_kind(value)}, not a list")
        return [text for one in value if (text := self._text(name, one, most))]

    def text(self, name: str, most: int = 0) -> str:
        """Return a text without NUL characters, "" when absent; beyond `most` characters it is shortened and noted."""
        value = self.json.get(name)
        return "" if value is None else self._text(name, value, most)

    def _text(self, name: str, value: Any, most: int) -> str:
        if not isinstance(value, str):
            raise self.refuse(name, f"is {_kind(value)}, not text")
        if "\0" in value:
            value = value.replace("\0", "")
            self.reading.note(f"{self.path}.{name}: NUL characters were taken out")
        value = value.strip()
        if most and len(value) > most:
            self.reading.note(f"{self.path}.{name}: shortened to {most} characters")
            value = value[: most - 1] + "…"
        return value

    def word(self, name: str, allowed: Sequence[str], *, otherwise: str | None = None) -> str:
        """Return a code of a fixed list. An unknown one becomes `otherwise`, with a note; without that it raises."""
        value = self.text(name, 60)
        if value in allowed:
            return value
        if otherwise is None:
            raise self.refuse(name, f"is “{value}”, which is none of its codes" if value else "is missing")
        if value:
            self.reading.note(f"{self.path}.{name}: “{value}” is none of its codes")
        return otherwise

    def flag(self, name: str) -> bool | None:
        """Return a boolean, or None when absent."""
        value = self.json.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.refuse(name, f"is {_kind(value)}, not true or false")
        return value

    def number(self, name: str) -> Decimal | None:
        """Return a number with exactly the digits that were sent, or None when absent."""
        value = self.json.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal | float):
            raise self.refuse(name, f"is {_kind(value)}, not a number")
        return _measurable(value, self, name)

    def concept(self, name: str, prefer: Sequence[str] = ()) -> "Concept | None":
        """Return a CodeableConcept; None when it is absent or says nothing."""
        found = self.child(name)
        return concept(found, prefer) if found else None

    def concepts(self, name: str, prefer: Sequence[str] = ()) -> "list[Concept]":
        """Return a list of CodeableConcepts, without those that say nothing."""
        return [one for child in self.children(name) if (one := concept(child, prefer))]

    def words(self, name: str, most: int) -> str:
        """Return a CodeableConcept, or the first of a list, as its words alone; "" when there are none."""
        value = self.json.get(name)
        if value is None:
            return ""
        found = self.concepts(name) if isinstance(value, list) else [one for one in [self.concept(name)] if one]
        words = "; ".join(one.code.display for one in found)
        return self._text(name, words, most)

    def moment(self, name: str) -> Moment | None:
        """Return a FHIR dateTime, date or instant with its precision, or None when absent."""
        value = self.json.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.refuse(name, f"is {_kind(value)}, not a date")
        try:
            return moment(value, self.reading, f"{self.path}.{name}")
        except ValueError as error:
            raise self.refuse(name, f"is no date ({error})") from None

    def instant(self, name: str) -> datetime | None:
        """Return a date or instant without its precision."""
        found = self.moment(name)
        return found.at if found else None

    def day(self, name: str) -> date | None:
        """Return a whole date; a partial one is noted and left away."""
        found = self.moment(name)
        if found and found.precision in ("month", "year"):
            self.reading.note(f"{self.path}.{name}: the day is missing")
            return None
        return self.reading.day(found.at) if found else None

    def period(self, name: str) -> "Period":
        """Return a Period; both ends may be None."""
        found = self.child(name)
        if not found:
            return Period(None, None)
        start, end = found.moment("start"), found.moment("end")
        return Period(start, later_end(start, end, found, "end"))

    def past(self, found: Moment | None, name: str) -> Moment | None:
        """Return the moment when it has come.

        Raises:
            LeftOut: it lies in the future, further than clocks and zones differ.
        """
        if found and found.at > self.reading.at + CLOCKS_MAY_DIFFER_BY:
            raise self.refuse(name, "lies in the future")
        return found


@dataclass(frozen=True, slots=True)
class Period:
    """A FHIR Period."""

    start: Moment | None
    end: Moment | None

    @property
    def start_at(self) -> datetime | None:
        return self.start.at if self.start else None

    @property
    def end_at(self) -> datetime | None:
        return self.end.at if self.end else None


@dataclass(frozen=True, slots=True)
class Concept:
    """A CodeableConcept: the code that we know it by, and the others."""

    code: Code
    others: tuple[Code, ...] = ()


def parse(raw: bytes, kind: str, reading: Reading) -> Element:
    """Return a resource from its JSON; numbers keep every digit.

    Raises:
        LeftOut: it is not JSON, not an object, nested too deeply, or holds a number that no computer can.
    """
    try:
        json = _decode(raw)
    except (msgspec.DecodeError, RecursionError):
        raise LeftOut("is not JSON, or nested deeper than any resource") from None
    except ArithmeticError:
        raise LeftOut("holds a number beyond any measurement") from None
    if not isinstance(json, dict):
        raise LeftOut("is no object")
    return Element(json, kind, reading)


def later_end(start: Moment | None, end: Moment | None, element: Element, name: str) -> Moment | None:
    """Return the end of a period; one of which only the year is known may be the year of the start.

    Raises:
        LeftOut: it ends before it starts.
    """
    if start is None or end is None or end.at >= start.at:
        return end
    if end.precision != "time":
        zone = element.reading.zone
        length = {"day": 10, "month": 7, "year": 4}[end.precision]
        if start.at.astimezone(zone).isoformat()[:length] == end.at.astimezone(zone).isoformat()[:length]:
            return Moment(start.at, end.precision)
    raise element.refuse(name, "lies before the start")


def concept(element: Element, prefer: Sequence[str] = ()) -> Concept | None:
    """Return a CodeableConcept: its words, and of its codings the preferred one, or the one that a person chose."""
    text = element.text("text", 1000)
    codes: list[tuple[int, Code]] = []
    for place, coding in enumerate(element.children("coding")):
        code = _coding(coding)
        if code:
            chosen = -1 if coding.flag("userSelected") else len(prefer)
            rank = prefer.index(code.system) if code.system in prefer else chosen
            codes.append((rank * 100 + place, code))
    codes.sort(key=lambda one: one[0])
    ordered = [code for _, code in codes]
    first = ordered[0] if ordered else Code("", "", "")
    words = text or next((one.display for one in ordered if one.display), "") or first.code
    if not words:
        return None
    return Concept(Code(first.system, first.code, words), tuple(ordered[1:]))


def _coding(element: Element) -> Code | None:
    system, code = element.text("system"), element.text("code")
    if len(system) > 250 or len(code) > 100:
        element.reading.note(f"{element.path}: a code longer than any vocabulary has")
        return None
    display = element.text("display", 1000)
    return Code(system, code, display) if code or display else None


def moment(text: str, reading: Reading, path: str) -> Moment:
    """Return a FHIR date or dateTime.

    Raises:
        ValueError: it is none, or no living person's.
    """
    partial = _PARTIAL.match(text)
    if partial:
        year, month, day = (int(part) if part else 0 for part in partial.groups())
        found = datetime(year, month or 1, day or 1, tzinfo=reading.zone)
        precision = "day" if day else "month" if month else "year"
    elif _FULL.match(text):
        found, precision = datetime.fromisoformat(text), "time"
        if found.utcoffset() is None:
            found = found.replace(tzinfo=reading.zone)
            reading.note(f"{path}: no time zone; taken as the hospital's")
    else:
        raise ValueError("not of the form 1980, 1980-05, 1980-05-17 or 1980-05-17T08:30:00+02:00")
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise ValueError(f"the year {found.year} cannot be")
    return Moment(found.astimezone(UTC), precision)


def unit_of(quantity: Element) -> tuple[str, str]:
    """Return the unit of a Quantity as it was written, and its UCUM code when it has one.

    Raises:
        LeftOut: the words and the code are two different units.
    """
    written, code = quantity.text("unit", 60), quantity.text("code", 60)
    if code and quantity.text("system") == UCUM:
        if written and _otherwise(written, code):
            raise quantity.refuse("unit", f"says {written}, and the code {code}; which of them is meant is not guessed")
        return written or code, code
    for text in (written, code):
        if text:
            try:
                return written or code, units.normalise(text)
            except units.UnitProblem:
                continue
    return written or code, ""


def _otherwise(written: str, code: str) -> bool:
    """Tell whether both are units that we know, and not the same one."""
    try:
        units.parse(written), units.parse(code)
    except units.UnitProblem:
        return False
    return not units.same(written, code)


def _measurable(value: int | Decimal | float, element: Element, name: str) -> Decimal:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    size = number.as_tuple()
    if not number.is_finite() or len(size.digits) > _MOST_DIGITS or abs(int(size.exponent)) > _LARGEST_EXPONENT:
        raise element.refuse(name, "is beyond any measurement")
    return number


def _kind(value: Any) -> str:
    kinds = {bool: "true or false", str: "text", dict: "an object", list: "a list", type(None): "null"}
    return kinds.get(type(value), "a number")


def extension_urls(resource: Mapping[str, Any]) -> Iterator[str]:
    """Yield the URLs of a resource's own extensions."""
    found = resource.get("extension")
    for one in found if isinstance(found, list) else ():
        url = one.get("url") if isinstance(one, dict) else None
        if isinstance(url, str):
            yield url[:200]
