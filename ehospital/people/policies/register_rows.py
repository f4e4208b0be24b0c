"""What a row of a register says of a person, and everything about it that somebody should know, as codes."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from ehospital.algorithms import written_days, written_words
from ehospital.algorithms.written_days import Day
from ehospital.kernel.digits import western
from ehospital.people import births, numbers, told_json
from ehospital.people.details import (
    AddressDetails,
    ContactDetails,
    IdentifierDetails,
    NameDetails,
    PatientDetails,
    TelecomDetails,
)
from ehospital.people.policies.register_settings import RegisterSettings

VERSION: Final = "register-rows-1"
LOST: Final = "\N{REPLACEMENT CHARACTER}"

STOPS: Final = frozenset({
    "no-name", "letters-lost", "too-long", "day-unreadable", "no-such-day", "day-in-other-order", "day-order-not-said",
    "day-system-not-said", "short-year", "other-calendar", "born-in-future", "born-too-early", "number-form",
    "number-check", "number-taken", "number-twice", "heading-again",
})  # fmt: skip
"""Problems for which a row is left out; whatever is not here leaves out one value, or nothing."""

_LENGTHS: Final = {
    "family": 200, "given": 200, "full_family_first": 200, "full_given_first": 200, "city": 120, "district": 120,
    "state": 120, "postal_code": 20, "country": 60, "lines": 500, "kin_name": 250, "national": 40,
    "marital_status": 60, "register_number": 60,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about a row: what, in which column, and what stood there."""

    code: str
    column: int = -1
    value: str = ""

    @property
    def stops(self) -> bool:
        """Whether the row is left out for it."""
        return self.code in STOPS


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who gave the numbers of a column, and what they look like."""

    system: str
    kind: str
    pattern: str
    check: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What a row says. `details` is None when the row is left out, for at least one problem that stops it."""

    details: PatientDetails | None
    problems: tuple[Problem, ...]

    @property
    def print(self) -> str:
        """The same for every row that says the same, in whatever file."""
        if self.details is None:
            return ""
        told = json.dumps(told_json.as_json(self.details), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()


def understand(
    cells: Sequence[str],
    notes: Sequence[tuple[str, int]],
    settings: RegisterSettings,
    *,
    issuer: Issuer | None,
    headings: Sequence[str] = (),
    today: date,
) -> Understood:
    """Return what a row says of a person under these settings.

    Args:
        notes: what the reading saw of single cells: `merged`, `formula`.
        issuer: of the column of national numbers.
        headings: of the columns; a row that repeats them is none of a person.
    """
    told = {name: _told(name, cells[column]) for column, name in settings.columns.items() if column < len(cells)}
    problems = [Problem(code, column, _at(cells, column)) for code, column in notes if column in settings.columns]
    places = {name: column for column, name in settings.columns.items()}
    if headings and sum(a == b != "" for a, b in zip(cells, headings, strict=False)) >= min(3, len(places)):
        return Understood(None, (Problem("heading-again"),))
    for name, text in told.items():
        if LOST in text or any(letter < " " and letter != "\n" for letter in text):
            problems.append(Problem("letters-lost", places[name], text))
        elif len(text) > _LENGTHS.get(name, 320):
            problems.append(Problem("too-long", places[name], text[:60]))
    row = _Row(told, places, problems, today)
    born = row.born(settings)
    names = row.names()
    details = PatientDetails(
        names=names,
        sex=row.sex(),
        birth_on=born.on if born else None,
        birth_precision=born.precision if born else "unknown",
        identifiers=row.numbers(settings, issuer),
        telecoms=row.telecoms(),
        addresses=row.addresses(),
        contacts=row.contacts(),
        marital_status=told.get("marital_status", ""),
    )
    stopped = any(problem.stops for problem in problems)
    return Understood(None if stopped else details, tuple(problems))


def _told(name: str, cell: str) -> str:
    """Return a cell on one line; of an address the lines stay."""
    lines = [line.strip() for line in cell.replace("\t", " ").splitlines()]
    return "\n".join(line for line in lines if line) if name == "lines" else " ".join(lines).strip()


def _at(cells: Sequence[str], column: int) -> str:
    return cells[column][:60] if 0 <= column < len(cells) else ""


@dataclass
class _Row:
    """A row on its way to a person: what stands under each field, and what was noticed so far."""

    told: Mapping[str, str]
    places: Mapping[str, int]
    problems: list[Problem]
    today: date

    def _note(self, code: str, name: str) -> None:
        self.problems.append(Problem(code, self.places[name], self.told[name][:60]))

    def names(self) -> tuple[NameDetails, ...]:
        family, given = self.told.get("family", ""), self.told.get("given", "")
        for field in ("full_family_first", "full_given_first"):
            if self.told.get(field):
                family, given = written_words.split_name(self.told[field], family_first=field == "full_family_first")
        family, given = (" ".join(part.split()).strip(" -.") for part in (family, given))
        if not any(letter.isalpha() for letter in family + given):
            self.problems.append(Problem("no-name"))
            return ()
        return (NameDetails(given=given, family=family),)

    def born(self, settings: RegisterSettings) -> Day | None:
        text = self.told.get("birth", "")
        if not text:
            return None
        column = self.places["birth"]
        found = written_days.read(
            text, order=settings.orders.get(column), system=settings.systems.get(column), today=self.today
        )
        if found is None:
            return None
        if not isinstance(found, Day):
            self._note(found.value, "birth")
            return None
        if found.on > self.today:
            self._note("born-in-future", "birth")
            return None
        if births.trouble(found.on, today=self.today):
            self._note("born-too-early", "birth")
            return None
        return found

    def sex(self) -> str:
        found = written_words.sex(self.told.get("sex", ""))
        if found is None:
            self._note("sex-not-known", "sex")
        return found or "unknown"

    def numbers(self, settings: RegisterSettings, issuer: Issuer | None) -> tuple[IdentifierDetails, ...]:
        found = []
        if self.told.get("register_number"):
            own = numbers.written(western(self.told["register_number"]))
            found.append(IdentifierDetails(settings.register_system, own, "PI"))
        if self.told.get("national") and issuer is not None:
            number = numbers.written(western(self.told["national"]))
            if why := numbers.trouble(number, pattern=issuer.pattern, check=issuer.check):
                self._note(f"number-{why}", "national")
            else:
                found.append(IdentifierDetails(issuer.system, number, issuer.kind))
        return tuple(found)

    def telecoms(self) -> tuple[TelecomDetails, ...]:
        found: list[TelecomDetails] = []
        for name in ("phone", "phone_2"):
            if self.told.get(name):
                number = written_words.phone(self.told[name])
                if number is None:
                    self._note("no-telephone", name)
                elif all(number != one.value for one in found):
                    found.append(TelecomDetails("phone", number))
        if self.told.get("email"):
            address = written_words.email(self.told["email"])
            if address is None:
                self._note("no-email", "email")
            else:
                found.append(TelecomDetails("email", address))
        return tuple(found)

    def addresses(self) -> tuple[AddressDetails, ...]:
        parts = {
            name: self.told.get(name, "") for name in ("lines", "city", "district", "state", "postal_code", "country")
        }
        made = replace(AddressDetails(use="home"), **parts)
        return (made,) if any(parts.values()) else ()

    def contacts(self) -> tuple[ContactDetails, ...]:
        name, text = self.told.get("kin_name", ""), self.told.get("kin_phone", "")
        if not name:
            if text:
                self._note("kin-without-name", "kin_phone")
            return ()
        number = written_words.phone(text) if text else ""
        if number is None:
            self._note("no-telephone", "kin_phone")
        return (ContactDetails(name=name, phone=number or "", next_of_kin=True),)
