"""What somebody said of a register: where its headings stand, what each column holds, and how its days are written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ehospital.algorithms.register_columns import FIELDS
from ehospital.algorithms.written_days import Order, System
from ehospital.foundation.sheets.text import ENCODINGS
from ehospital.kernel.folding import fold
from ehospital.people import naming

ONCE: Final = frozenset(FIELDS) | {"full_given_first"}
"""The fields; each is in one column at most."""
LONGEST_NAME: Final = 60


@dataclass(frozen=True)
class RegisterSettings:
    """The settings of one import; columns count from 0, rows as the spreadsheet numbers them.

    headings: first and last row of the headings, (0, 0) for none. numbers: which issuer's numbers a `national` column
    holds. register: what the register is called, of which `register_number` is the number.
    """

    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    headings: tuple[int, int] = (0, 0)
    columns: Mapping[int, str] = field(default_factory=dict)
    orders: Mapping[int, Order] = field(default_factory=dict)
    systems: Mapping[int, System] = field(default_factory=dict)
    issuer: str = ""
    register: str = ""

    def as_json(self) -> dict[str, Any]:
        """The settings as a column keeps them."""
        return {
            "sheet": self.sheet,
            "encoding": self.encoding,
            "separator": self.separator,
            "headings": list(self.headings),
            "columns": {str(column): name for column, name in self.columns.items()},
            "orders": {str(column): str(order) for column, order in self.orders.items()},
            "systems": {str(column): str(system) for column, system in self.systems.items()},
            "issuer": self.issuer,
            "register": self.register,
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "RegisterSettings":
        """The settings of a column."""
        first, last = told.get("headings", (0, 0))
        return cls(
            sheet=told.get("sheet", ""),
            encoding=told.get("encoding", ""),
            separator=told.get("separator", ""),
            headings=(first, last),
            columns={int(column): name for column, name in told.get("columns", {}).items()},
            orders={int(column): Order(order) for column, order in told.get("orders", {}).items()},
            systems={int(column): System(system) for column, system in told.get("systems", {}).items()},
            issuer=told.get("issuer", ""),
            register=told.get("register", ""),
        )

    def column_of(self, name: str) -> int | None:
        """Return the column of a field, None when no column holds it."""
        return next((column for column, held in self.columns.items() if held == name), None)

    @property
    def register_system(self) -> str:
        """The issuer of the register's own numbers."""
        return naming.REGISTER + re.sub(r"\W+", "-", fold(self.register)).strip("-")


def troubles(settings: RegisterSettings, *, asks_order: bool, has_serials: bool) -> list[str]:
    """Return what still has to be said before rows can be understood, as codes; empty when all is.

    Args:
        asks_order: the column of birth dates holds some that cannot be read without knowing what stands first.
        has_serials: it holds numbers that count days.
    """
    found = []
    held = list(settings.columns.values())
    if not {"family", "given", "full_family_first", "full_given_first"} & set(held):
        found.append("no-name")
    if {"full_family_first", "full_given_first"} & set(held) and {"family", "given"} & set(held):
        found.append("name-twice")
    if len(set(held)) < len(held):
        found.append("field-twice")
    if settings.encoding and settings.encoding not in ENCODINGS:
        found.append("encoding")
    birth = settings.column_of("birth")
    if birth is not None and asks_order and birth not in settings.orders:
        found.append("order")
    if birth is not None and has_serials and birth not in settings.systems:
        found.append("system")
    if "national" in held and not settings.issuer:
        found.append("issuer")
    if "register_number" in held and not settings.register.strip():
        found.append("register")
    return found
