"""Results on paper: the latest of each test, with its range and its mark in words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from ehospital.clinical.models import Observation
from ehospital.clinical.queries import Result, Trend
from ehospital.foundation.printing.sheets import Cell, Section, Table
from ehospital.monitoring.queries import Vitals
from ehospital.web.kit.codes import absent_words
from ehospital.web.kit.dates import known, moment
from ehospital.web.kit.quantities import comparator_sign, normalised, readable, unit_words
from ehospital.web.kit.result_flags import result_flag
from ehospital.web.kit.vitals import written

VITAL_SIGNS = Observation.Category.VITAL_SIGNS
_WIDTHS = (5, 4, 3, 3)


def results(trends: Sequence[Trend]) -> Section:
    """Return the latest of every test but the vital signs, by kind; the newest first."""
    tables = []
    for kind in sorted({one.latest.category for one in trends if one.latest.category != VITAL_SIGNS}):
        found = [one.latest for one in trends if one.latest.category == kind and said(one.latest)]
        found.sort(key=lambda one: (one.effective_at, one.id), reverse=True)
        if found:
            tables.append(_table(str(Observation.Category(kind).label), found))
    empty = () if tables else (_("No result is recorded."),)
    return Section(_("Results: the latest of every test"), statements=empty, tables=tables)


def _table(caption: str, found: Sequence[Result]) -> Table:
    head = (_("Test"), _("Value"), _("Usual range"), _("When"))
    return Table(head, _WIDTHS, [row for one in found for row in _rows(one)], caption)


def _rows(one: Result) -> list[tuple[Cell, ...]]:
    at = known(one.effective_at, one.effective_precision)
    rows = [_row(one.display, one, at)]
    rows += [_row(f"– {part.display}", part, "") for part in one.parts]
    return rows


def _row(name: str, one: Result, at: str) -> tuple[Cell, ...]:
    mark = result_flag(one)
    value = f"{said(one)} · {mark.arrow} {mark.words}".strip() if mark else said(one)
    return Cell(name), Cell(value, strong=mark is not None), Cell(_range(one)), Cell(at)


def said(one: Result) -> str:
    """Return the value with its unit, its words, or why there is none; empty for the panel around parts alone."""
    if one.value is not None:
        return f"{comparator_sign(one.comparator)}{readable(one.value)} {unit_words(one.unit or one.ucum)}".strip()
    if one.value_text:
        return one.value_text
    if one.absent_reason:
        return _("no value: {reason}").format(reason=absent_words(one.absent_reason))
    return "—" if one.parts else ""


def _range(one: Result) -> str:
    unit = unit_words(one.unit or one.ucum)
    if one.reference_text:
        return one.reference_text
    low, high = normalised(one.reference_low), normalised(one.reference_high)
    if low and high:
        return f"{low}–{high} {unit}".strip()
    return f"≤ {high} {unit}".strip() if high else f"≥ {low} {unit}".strip() if low else ""


def vital_signs(vitals: Vitals, trends: Sequence[Trend]) -> Section:
    """Return the vital signs: those of the bedside, each with its time, then what the chart holds besides."""
    rows = [
        (Cell(name), Cell(f"{written(key, held.value)} {unit}".strip()), Cell(moment(held.at)))
        for key, name, unit in _signs()
        if (held := vitals.values.get(key))
    ]
    tables = [Table((_("Vital sign"), _("Value"), _("When")), (5, 4, 4), rows, _("Measured here last"))] if rows else []
    charted = [one.latest for one in trends if one.latest.category == VITAL_SIGNS and said(one.latest)]
    if charted:
        tables.append(_table(_("From the chart"), charted))
    score = None if vitals.signal == "silent" else vitals.news.score
    statements = [] if score is None else [_("NEWS2: {score}").format(score=score)]
    if score is not None and vitals.news.partial:
        statements = [_("NEWS2: at least {score}; not everything was measured").format(score=score)]
    if not tables:
        statements = [_("No vital sign is recorded.")]
    return Section(_("Vital signs"), statements=statements, tables=tables)


def _signs() -> tuple[tuple[str, str, str], ...]:
    return (
        ("rr", _("Resp. rate"), "/min"),
        ("spo2", "SpO₂", "%"),
        ("oxygen", _("Oxygen"), "L/min"),
        ("sbp", _("Blood pressure, upper"), "mmHg"),
        ("dbp", _("Blood pressure, lower"), "mmHg"),
        ("hr", _("Heart rate"), "/min"),
        ("temp", _("Temperature"), "°C"),
        ("consciousness", _("Consciousness"), ""),
        ("weight", _("Weight"), "kg"),
    )
