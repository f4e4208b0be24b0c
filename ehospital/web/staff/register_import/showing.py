"""What the page of a register shows in each of its states."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ehospital.algorithms.written_days import Order, System, serial_day
from ehospital.people import access, naming, told_json
from ehospital.people.models import RegisterImport, RegisterRow
from ehospital.people.policies.register_settings import RegisterSettings
from ehospital.people.queries import Found
from ehospital.people.queries import registers as queries
from ehospital.web.kit.dates import known
from ehospital.web.kit.page import PageRequest
from ehospital.web.staff.register_import.described import choices
from ehospital.web.staff.register_import.wording import (
    ENCODINGS,
    REFUSALS,
    SEPARATORS,
    Said,
    said,
    why_kept,
)

State, Verdict, Outcome = RegisterImport.State, RegisterRow.Verdict, RegisterRow.Outcome
LINES = 50
STEPS = (_("File"), _("Columns"), _("Check"), _("In use"))
_STEP = {"reading": 1, "refused": 1, "read": 2, "judging": 3, "judged": 3}
_TEMPLATES = {"read": "describe", "judged": "checked"}
_CHECKED = (Verdict.BAD, Verdict.UNSURE, Verdict.NEW, Verdict.SAME, Verdict.INSIDE, Verdict.REPEAT)
_ENDED = (Outcome.KEPT, Outcome.OUT, Outcome.MADE, Outcome.FILLED, Outcome.NOTHING, Outcome.UNDONE)


@dataclass(frozen=True)
class Tab:
    """One kind of rows: its name in the address, its words, how many, and whether it is shown."""

    name: str
    words: Promise | str
    count: int
    current: bool


@dataclass(frozen=True)
class Line:
    """One row: of whom it is, what was found, whom it is like, and why undoing left it."""

    row: RegisterRow
    name: str
    born: str
    said: list[Said]
    like: Found | None
    kept: Promise | str


def standing(register: RegisterImport) -> dict[str, Any]:
    """Return what every state shows."""
    working = register.state in RegisterImport.WORKING
    return {
        "register": register,
        "template": "working" if working else _TEMPLATES.get(register.state, "report"),
        "steps": [str(one) for one in STEPS],
        "step": _STEP.get(register.state, 4),
        "why": REFUSALS.get(register.why, ""),
        "percent": 100 * register.rows_done // register.rows_total if register.rows_total else 0,
    }


def describing(register: RegisterImport, settings: RegisterSettings, *, viewer: access.Actor) -> dict[str, Any]:
    """Return what the step shows that asks what the columns hold."""
    described = queries.described(register, settings, viewer=viewer)
    birth = settings.column_of("birth")
    asked = described.question
    order = settings.orders.get(birth) if birth is not None else None
    system = settings.systems.get(birth) if birth is not None else None
    return {
        "settings": settings,
        "failed": REFUSALS.get(register.shape.get("failed", ""), ""),
        "described": described,
        "choices": choices(described.columns),
        "birth": birth,
        "asks_system": bool(asked.serials) and register.shape.get("kind") == "text",
        "orders": [(str(one), words, one == (order or asked.order)) for one, words in ORDERS.items()],
        "systems": [(str(one), words, _days(asked.serials, one), one == system) for one, words in SYSTEMS.items()],
        "encodings": [(name, words, name == settings.encoding) for name, words in ENCODINGS.items()],
        "separators": [(mark, words, mark == settings.separator) for mark, words in SEPARATORS.items()],
    }


ORDERS = {Order.DAY: _("The day first, then the month"), Order.MONTH: _("The month first, then the day")}
SYSTEMS = {
    System.FROM_1900: _("From 1900 (Windows, and most others)"),
    System.FROM_1904: _("From 1904 (old Macintosh)"),
}


def _days(serials: tuple[str, ...], system: System) -> list[tuple[str, Any]]:
    return [(text, serial_day(int(text), system)) for text in serials if text.isdecimal()]


def rows_shown(register: RegisterImport, request: PageRequest) -> dict[str, Any]:
    """Return the rows of one kind, in pages, and how many there are of each."""
    checked = register.state == State.JUDGED
    kinds = _CHECKED if checked else _ENDED
    counts = {kind: register.counts.get(kind if checked else f"row-{kind}", 0) for kind in kinds}
    there = [kind for kind in kinds if counts[kind]]
    asked = request.GET.get("show", "")
    shown = next((kind for kind in there if kind == asked), there[0] if there else None)
    narrowed = {"verdict" if checked else "outcome": str(shown)} if shown else {}
    rows = queries.register_rows(register, viewer=request.actor, **narrowed) if shown else RegisterRow.objects.none()
    lines = Paginator(rows.order_by("number"), LINES).get_page(request.GET.get("page"))
    like = queries.likenesses(list(lines), register, viewer=request.actor, at=request.actor.at)
    return {
        "tabs": [Tab(str(kind), kind.label, counts[kind], kind == shown) for kind in there],
        "shown": str(shown or ""),
        "page": lines,
        "lines": [_line(row, like) for row in lines],
        "out": register.counts.get("bad", 0),
    }


def _line(row: RegisterRow, like: dict[UUID, Found]) -> Line:
    details = told_json.from_json(row.details)
    found = like.get(row.like) if row.like else None
    born = known(details.birth_on, details.birth_precision) if details.birth_on else ""
    kept = why_kept(row) if row.outcome == Outcome.KEPT else ""
    return Line(row, naming.shown(details.names) if details.names else "", born, said(row), found, kept)
