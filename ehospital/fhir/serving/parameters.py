"""Search parameters as declarations: each turns what was typed into a condition on rows, or says why it cannot."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Value

from ehospital.fhir.serving import dates
from ehospital.kernel.folding import fold
from ehospital.people import queries
from ehospital.people.models import NameWord, Patient, PatientIdentifier, PatientName

NOBODY = Q(pk__in=[])
LONGEST_VALUE = 1000
_PATH = "$[*] ? (($s == null || @[0] == $s) && @[1] == $c)"


class BadValue(ValueError):
    """What was typed is no value of this parameter; the message says what would be one."""


@dataclass(frozen=True)
class Asking:
    """What a parameter may need to know: the moment, the address of the door, and whom the client sees at all."""

    at: datetime
    base_url: str
    visible: "QuerySet[Patient]"


class Parameter(Protocol):
    """One search parameter of one table."""

    @property
    def type(self) -> str:
        """The type in the words of FHIR: token, date, string, reference."""

    @property
    def modifiers(self) -> tuple[str, ...]:
        """The modifiers that it takes."""

    def condition(self, value: str, modifier: str, ask: Asking) -> Q:
        """Return the condition for one value.

        Raises:
            BadValue: it is none.
        """


def alternatives(text: str) -> list[str]:
    r"""Return the values between commas; `\,` is a comma of the value."""
    parts = re.split(r"(?<!\\),", text)
    return [re.sub(r"\\([,|$\\])", r"\1", part) for part in parts]


def token(value: str) -> tuple[str | None, str]:
    """Return the system (None: any, "": none) and the code of `system|code`."""
    system, bar, code = value.rpartition("|")
    return (system if bar else None), code


@dataclass(frozen=True)
class Words:
    """A token of a fixed list, kept as a word of ours in one column."""

    column: str
    system: str
    stored: Mapping[str, Any] = field(default_factory=dict)
    several: bool = False
    type: str = "token"
    modifiers: tuple[str, ...] = ("not",)

    def condition(self, value: str, modifier: str, ask: Asking) -> Q:
        """Return the condition; a word that is none of the list fits nothing."""
        system, code = token(value)
        if system not in (None, self.system) or (code and self.stored and code not in self.stored):
            found = NOBODY
        elif not code:
            found = ~Q(**{self.column: ""}) if system else NOBODY
        else:
            wanted = self.stored.get(code, code)
            found = Q(**{f"{self.column}__contains": [wanted]}) if self.several else Q(**{self.column: wanted})
        return ~found if modifier == "not" else found


@dataclass(frozen=True)
class Codes:
    """A token of any vocabulary, in the columns of `Coded` and among its other codes."""

    type: str = "token"
    modifiers: tuple[str, ...] = ()

    def condition(self, value: str, modifier: str, ask: Asking) -> Q:
        """Return the condition: the main code or one of the others."""
        system, code = token(value)
        if not code:
            if not system:
                raise BadValue("write a code, or system|code")
            return Q(code_system=system)
        main = Q(code=code) if system is None else Q(code=code, code_system=system)
        variables = Func(Value(json.dumps({"s": system, "c": code})), template="(%(expressions)s)::jsonb")
        path = Func(Value(_PATH), template="(%(expressions)s)::jsonpath")
        others = Func(F("other_codes"), path, variables, function="jsonb_path_exists", output_field=BooleanField())
        return main | Q(others)


@dataclass(frozen=True)
class Numbers:
    """A token that names a patient: a number and its issuer."""

    type: str = "token"
    modifiers: tuple[str, ...] = ()

    def condition(self, value: str, modifier: str, ask: Asking) -> Q:
        """Return the condition."""
        system, code = token(value)
        if not code:
            raise BadValue("write a number, or system|number")
        rows = PatientIdentifier.objects.filter(patient_id=OuterRef("pk"), value=code)
        return Q(Exists(rows if system is None else rows.filter(system=system)))


@dataclass(frozen=True)
class Names:
    """A string: a part of a name that begins so, whatever its accents and case."""

    parts: tuple[str, ...]
    type: str = "string"
    modifiers: tuple[str, ...] = ("exact", "contains")

    def condition(self, value: str, modifier: str, ask: Asking) -> Q:
        """Return the condition; the vocabulary of names narrows down whose names are looked at."""
        if modifier == "exact":
            named = Q(pk__in=[])
            for part in self.parts:
                named |= Q(**{part: value})
            return Q(Exists(PatientName.objects.filter(named, patient_id=OuterRef("pk"))))
        typed = fold(value)
        if not typed:
            return NOBODY
        first = typed.split()[0]
        fits = {"word__contains" if modifier == "contains" else "word__startswith": first}
        words = list(NameWord.objects.filter(**fits).values_list("word", flat=True))
        likely = ask.visible.filter(search_words__overlap=words) if words else ask.visible.none()
        rows = PatientName.objects.filter(patient__in=likely).values_list("patient_id", *self.parts)
        wanted = typed if modifier == "contains" else f" {typed}"
        return Q(pk__in={key for key, *texts in rows if any(wanted in f" {fold(text)}" for text in texts)})


@dataclass(frozen=True)
class Moments:
    """A date of a line: a moment of some precision, and perhaps the moment until which it went on."""

    column: str
    precision: str = ""
    until: str = ""
    type: str = "date"
    modifiers: tuple[str, ...] = ()

    def condition(self, value: str, modifier: str, ask: Asking) -> Q:
        """Return the condition."""
        asked = _stretch(value, ask)
        if self.precision:
            return dates.compare(asked, F(self.column), dates.end_of(self.column, self.precision, self.until))
        if self.until:
            return dates.compare(asked, F(self.column), dates.end_of_period(self.until))
        return dates.compare(asked, F(self.column), F(self.column) + Value(dates.INSTANT))


@dataclass(frozen=True)
class Days:
    """A date of the calendar: a birth date of some precision."""

    column: str
    precision: str
    type: str = "date"
    modifiers: tuple[str, ...] = ()

    def condition(self, value: str, modifier: str, ask: Asking) -> Q:
        """Return the condition."""
        asked = _stretch(value, ask)
        return dates.compare(asked, F(self.column), dates.end_of_day(self.column, self.precision), days=True)


def _stretch(value: str, ask: Asking) -> dates.Stretch:
    try:
        return dates.stretch(value, at=ask.at)
    except ValueError as error:
        raise BadValue(str(error)) from None


@dataclass(frozen=True)
class Links:
    """A reference to a resource of this door."""

    column: str
    kind: str
    type: str = "reference"

    @property
    def modifiers(self) -> tuple[str, ...]:
        """The type itself, as in `subject:Patient=…`."""
        return (self.kind,)

    def condition(self, value: str, modifier: str, ask: Asking) -> Q:
        """Return the condition; an id that nobody has fits nothing."""
        text = value.removeprefix(f"{ask.base_url}/")
        kind, slash, key = text.rpartition("/")
        if slash and kind != self.kind:
            return NOBODY
        found = uuid(key)
        if found and self.kind == "Patient":
            found = queries.standing_id(found)  # of a record that was merged: the one that it points to
        return Q(**{self.column: found}) if found else NOBODY


@dataclass(frozen=True)
class Ids:
    """The ids of resources."""

    type: str = "token"
    modifiers: tuple[str, ...] = ()

    def condition(self, value: str, modifier: str, ask: Asking) -> Q:
        """Return the condition."""
        return Q(pk=found) if (found := uuid(value)) else NOBODY


@dataclass(frozen=True)
class Truth:
    """A token that is true or false."""

    column: str
    type: str = "token"
    modifiers: tuple[str, ...] = ()

    def condition(self, value: str, modifier: str, ask: Asking) -> Q:
        """Return the condition."""
        if value not in ("true", "false"):
            raise BadValue("write true or false")
        return Q(**{self.column: value == "true"})


def uuid(text: str) -> UUID | None:
    """Return an id as this door writes it, or None."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None
