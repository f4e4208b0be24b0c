"""What somebody said of a register's columns, out of the form, and what the form shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from ehospital.algorithms.written_days import Order, System
from ehospital.foundation.sheets.text import ENCODINGS, SEPARATORS
from ehospital.people.models import RegisterImport
from ehospital.people.policies.register_settings import ONCE, RegisterSettings
from ehospital.people.queries.registers import Column
from ehospital.web.staff.register_import.wording import FIELDS

MOST_HEADINGS = 20


def settings_from(sent: Mapping[str, str], register: RegisterImport) -> RegisterSettings:
    """Return the settings that were sent; what was not sent stays as it was."""
    before = RegisterSettings.from_json(register.settings)
    columns = {
        number: sent[f"column-{number}"]
        for number in range(int(register.shape.get("columns", 0)))
        if sent.get(f"column-{number}") in ONCE
    }
    birth = next((number for number, name in columns.items() if name == "birth"), None)
    same = birth is not None and sent.get("birth-column") == str(birth)
    orders = {birth: Order(sent["order"])} if same and birth is not None and sent.get("order") in set(Order) else {}
    systems = {birth: System(sent["system"])} if birth is not None and sent.get("system") in set(System) else {}
    if birth is not None and not systems and register.shape.get("kind") == "workbook":
        systems = {birth: System.FROM_1904 if register.shape.get("from_1904") else System.FROM_1900}
    return RegisterSettings(
        sheet=before.sheet,
        encoding=before.encoding,
        separator=before.separator,
        headings=(_row(sent, "headings-first"), _row(sent, "headings-last")),
        columns=columns,
        orders=orders,
        systems=systems,
        issuer=sent.get("issuer", "")[:200],
        register=" ".join(sent.get("register", "").split())[:60],
    )


def read_anew(sent: Mapping[str, str], register: RegisterImport) -> RegisterSettings:
    """Return the settings under which the file is to be read again: everything else is guessed anew."""
    before = RegisterSettings.from_json(register.settings)
    if register.shape.get("kind") == "workbook":
        sheet = sent.get("sheet", "")
        return RegisterSettings(sheet=sheet if sheet in register.shape.get("sheets", ()) else before.sheet)
    encoding, separator = sent.get("encoding", ""), sent.get("separator", "")
    return RegisterSettings(
        encoding=encoding if encoding in ENCODINGS else before.encoding,
        separator=separator if separator in SEPARATORS else before.separator,
    )


def _row(sent: Mapping[str, str], name: str) -> int:
    text = sent.get(name, "")
    return min(int(text), MOST_HEADINGS) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@dataclass(frozen=True)
class Choice:
    """One column with the fields that it may hold."""

    column: Column
    options: tuple[tuple[str, Promise, bool], ...]


def choices(columns: tuple[Column, ...]) -> list[Choice]:
    """Return the columns with what each may hold, the present one chosen."""
    return [Choice(one, tuple((name, words, name == one.field) for name, words in FIELDS.items())) for one in columns]
