"""What the desk types about a person, and how it becomes `PatientDetails`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.days import hospital_day
from ehospital.people import births, numbers
from ehospital.people.details import (
    AddressDetails,
    ContactDetails,
    IdentifierDetails,
    NameDetails,
    PatientDetails,
    TelecomDetails,
)
from ehospital.people.models import IdentifierIssuer, Patient
from ehospital.people.queries import birth_date

NATIONAL_NUMBER, NATIONAL = "urn:ehospital:national-number", "national_number"
"""The issuer and the field of the one number that is asked for until issuers are set up (`ehospital issuers set`)."""
SHORTEST_NAME = 3


class BirthField(forms.CharField):
    """A birth date as precise as it is known: 17-05-2001, 05-2001 or 2001."""

    def clean(self, value: Any) -> tuple[date | None, str]:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None, "unknown"
        born, precision = self._read(text)
        today = hospital_day(timezone.now())
        if births.trouble(born, today=today) and born < today:
            raise forms.ValidationError(
                _("Nobody born then is alive: %(year)s lies more than %(years)s years back. Look at it again."),
                params={"year": born.year, "years": births.OLDEST_YEARS},
            )
        return born, precision

    def _read(self, text: str) -> tuple[date, str]:
        day = birth_date(text)
        if day is not None:
            return day, "day"
        month = birth_date(f"01-{text}")
        if month is not None:
            return month, "month"
        if len(text) == 4 and text.isdecimal() and int(text):
            return date(int(text), 1, 1), "year"
        raise forms.ValidationError(_("This is no date. Type it as 17-05-2001; month and year, or the year, will do."))


class NumberField(forms.CharField):
    """A number that somebody else gave, checked as its issuer is set up; one that stands already is not."""

    def __init__(self, *, issuer: IdentifierIssuer) -> None:
        super().__init__(label=issuer.name, max_length=numbers.LONGEST, required=False)
        self.issuer = issuer

    def clean(self, value: Any) -> str:
        return numbers.written(str(super().clean(value) or ""))


WRONG_NUMBER = {
    numbers.FORM: _("This is not the form of this number. Look at the card again."),
    numbers.CHECK: _("The check digit is wrong: one figure was mistyped, or two were swapped. Look at the card again."),
}


class PatientForm(forms.Form):
    """One person as the desk knows them. Nothing but a name is compulsory: care does not wait for paper."""

    family = forms.CharField(label=_("Family name"), max_length=200, required=False)
    given = forms.CharField(label=_("Given names"), max_length=200, required=False)
    former_family = forms.CharField(label=_("Former family name"), max_length=200, required=False)
    known_as = forms.CharField(label=_("Known as"), max_length=200, required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=Patient.Sex.choices, initial="unknown")
    birth = BirthField(
        label=_("Born"), required=False, help_text=_("As 17-05-2001. Month and year, or the year alone, will do.")
    )
    national_number = forms.CharField(label=_("National number"), max_length=40, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=60, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    lines = forms.CharField(label=_("Street and house"), max_length=250, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=_("Town"), max_length=120, required=False)
    language = forms.CharField(label=_("Language spoken"), max_length=35, required=False)
    interpreter_needed = forms.BooleanField(label=_("Needs an interpreter"), required=False)
    communication_needs = forms.CharField(
        label=_("Communication needs"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example: hears badly on the left, reads large print."),
    )
    kin_name = forms.CharField(label=_("Next of kin"), max_length=250, required=False)
    kin_relationship = forms.CharField(label=_("Relationship"), max_length=120, required=False)
    kin_phone = forms.CharField(label=_("Telephone of next of kin"), max_length=60, required=False)

    def __init__(self, *args: Any, issuers: Sequence[IdentifierIssuer] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issuers, self.kinds = {NATIONAL: NATIONAL_NUMBER}, {one.system: one.kind for one in issuers}
        if issuers:
            del self.fields[NATIONAL]
            self.issuers = {f"number_{place}": one.system for place, one in enumerate(issuers)}
            for name, one in zip(self.issuers, issuers, strict=True):
                self.fields[name] = NumberField(issuer=one)
        for name, system in self.issuers.items():
            self.initial.setdefault(name, self.initial.get(system, ""))

    @property
    def numbers(self) -> list[forms.BoundField]:
        """The fields of numbers that others gave, one for each issuer."""
        return [self[name] for name in self.issuers]

    def field_of(self, system: str) -> str | None:
        """Return the name of the field for the numbers of an issuer; None when the form does not ask for them."""
        return next((name for name, one in self.issuers.items() if one == system), None)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if not told.get("family") and not told.get("given"):
            self.add_error("family", _("Type a name. For a person nobody knows yet, type what identifies them here."))
        return told

    def details_so_far(self) -> PatientDetails | None:
        """Return what can be read of a form that is still being typed; None when there is no name to speak of."""
        empty: dict[str, Any] = dict.fromkeys(self.fields, "") | {"birth": (None, "unknown"), "sex": "unknown"}
        self.cleaned_data = {**empty, **getattr(self, "cleaned_data", {})}
        if len(self.cleaned_data["family"]) + len(self.cleaned_data["given"]) < SHORTEST_NAME:
            return None
        return self.details()

    def details(self, known: PatientDetails | None = None) -> PatientDetails:
        """Return what was told; whatever this form does not show is kept as it was known."""
        told = self.cleaned_data
        known = known or PatientDetails(names=())
        born, precision = told["birth"]
        return replace(
            known,
            names=_names(told, known),
            sex=told["sex"],
            birth_on=born,
            birth_precision=precision,
            identifiers=_identifiers(told, known, self.issuers, self.kinds),
            telecoms=_telecoms(told, known),
            addresses=_addresses(told, known),
            contacts=_contacts(told, known),
            language=told["language"],
            interpreter_needed=told["interpreter_needed"],
            communication_needs=told["communication_needs"],
        )


def _first(names: tuple[NameDetails, ...], *uses: str) -> NameDetails | None:
    return next((name for use in uses for name in names if name.use == use), None)


def _names(told: dict[str, Any], known: PatientDetails) -> tuple[NameDetails, ...]:
    main = _first(known.names, "official", "usual") or NameDetails()
    temporary = _first(known.names, "temp")
    if main == NameDetails() and temporary and (told["family"], told["given"]) == (temporary.family, temporary.given):
        main = temporary  # still nobody knows; a name that is typed over it becomes the official one, beside it
    former = _first(known.names, "maiden", "old")
    nick = _first(known.names, "nickname")
    others = tuple(name for name in known.names if name not in (main, former, nick))
    made = [replace(main, family=told["family"], given=told["given"])]
    if told["former_family"]:
        made.append(replace(former or NameDetails(use="maiden", given=told["given"]), family=told["former_family"]))
    if told["known_as"]:
        made.append(replace(nick or NameDetails(use="nickname"), given=told["known_as"]))
    return (*made, *others)


def _identifiers(
    told: dict[str, Any], known: PatientDetails, asked: Mapping[str, str], kinds: Mapping[str, str]
) -> tuple[IdentifierDetails, ...]:
    """Return the numbers typed and those that the form does not ask for; one that is kept keeps its kind."""
    stands = {(number.system, number.value): number.kind for number in known.identifiers}
    typed = [(system, value) for name, system in asked.items() if (value := numbers.written(told[name]))]
    others = tuple(number for number in known.identifiers if number.system not in asked.values())
    made = (IdentifierDetails(*one, stands.get(one, kinds.get(one[0], "NI"))) for one in typed)
    return (*made, *others)


def _telecoms(told: dict[str, Any], known: PatientDetails) -> tuple[TelecomDetails, ...]:
    shown = {kind: next((one for one in known.telecoms if one.kind == kind), None) for kind in ("phone", "email")}
    others = tuple(one for one in known.telecoms if one not in shown.values())
    typed = [
        replace(was or TelecomDetails(kind, "", "home"), value=told[kind]) for kind, was in shown.items() if told[kind]
    ]
    return (*typed, *others)


def _addresses(told: dict[str, Any], known: PatientDetails) -> tuple[AddressDetails, ...]:
    was = known.addresses[0] if known.addresses else AddressDetails(use="home")
    typed = replace(was, lines=told["lines"], postal_code=told["postal_code"], city=told["city"])
    empty = not (typed.lines or typed.postal_code or typed.city)
    return known.addresses[1:] if empty else (typed, *known.addresses[1:])


def _contacts(told: dict[str, Any], known: PatientDetails) -> tuple[ContactDetails, ...]:
    kin = next((one for one in known.contacts if one.next_of_kin), None)
    others = tuple(one for one in known.contacts if one is not kin)
    if not told["kin_name"]:
        return others
    typed = ContactDetails(told["kin_name"], told["kin_relationship"], told["kin_phone"], next_of_kin=True)
    return (typed, *others)


def initial(known: PatientDetails) -> dict[str, Any]:
    """Return what the form shows at first for a known patient."""
    main = _first(known.names, "official", "usual", "temp") or NameDetails()
    former, nick = _first(known.names, "maiden", "old"), _first(known.names, "nickname")
    kin = next((one for one in known.contacts if one.next_of_kin), ContactDetails(""))
    address = known.addresses[0] if known.addresses else AddressDetails()
    born = {"day": "%d-%m-%Y", "month": "%m-%Y", "year": "%Y"}.get(known.birth_precision, "")
    first = {kind: next((one.value for one in known.telecoms if one.kind == kind), "") for kind in ("phone", "email")}
    return {
        "family": main.family,
        "given": main.given,
        "former_family": former.family if former else "",
        "known_as": nick.given if nick else "",
        "sex": known.sex,
        "birth": known.birth_on.strftime(born) if known.birth_on and born else "",
        **{number.system: number.value for number in known.identifiers},
        **first,
        "lines": address.lines,
        "postal_code": address.postal_code,
        "city": address.city,
        "language": known.language,
        "interpreter_needed": known.interpreter_needed,
        "communication_needs": known.communication_needs,
        "kin_name": kin.name,
        "kin_relationship": kin.relationship,
        "kin_phone": kin.phone,
    }


def standing(known: PatientDetails, form: PatientForm) -> list[tuple[str, str]]:
    """Return what stands in the record now, label and value, for comparing with what was typed."""
    told = initial(known)
    values = {name: told.get(form.issuers.get(name, name), "") for name in form.fields}
    return [(str(form.fields[name].label), str(value)) for name, value in values.items() if value]
