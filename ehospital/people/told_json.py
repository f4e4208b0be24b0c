"""A patient's details as a column keeps them, until they are written."""

from dataclasses import asdict
from datetime import date
from typing import Any

from ehospital.people.details import (
    AddressDetails,
    ContactDetails,
    IdentifierDetails,
    NameDetails,
    PatientDetails,
    TelecomDetails,
)

_PARTS: dict[str, Any] = {
    "names": NameDetails,
    "identifiers": IdentifierDetails,
    "telecoms": TelecomDetails,
    "addresses": AddressDetails,
    "contacts": ContactDetails,
}
_PLAIN = ("sex", "birth_precision", "marital_status")


def as_json(details: PatientDetails) -> dict[str, Any]:
    """Return what a register can tell of a person, as JSON; what is empty is left out."""
    told: dict[str, Any] = {name: getattr(details, name) for name in _PLAIN if getattr(details, name)}
    if details.birth_on:
        told["birth_on"] = details.birth_on.isoformat()
    for name in _PARTS:
        rows = [
            {key: value for key, value in asdict(one).items() if value not in ("", None, False)}
            for one in getattr(details, name)
        ]
        if rows:
            told[name] = rows
    return told


def from_json(told: dict[str, Any]) -> PatientDetails:
    """Return the details of a column."""
    parts: dict[str, Any] = {name: tuple(kind(**one) for one in told.get(name, ())) for name, kind in _PARTS.items()}
    plain = {name: told[name] for name in _PLAIN if name in told}
    born = date.fromisoformat(told["birth_on"]) if "birth_on" in told else None
    return PatientDetails(birth_on=born, **parts, **plain)
