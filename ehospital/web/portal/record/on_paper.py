"""The record in plain words on paper: the same lines as on the screen."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ehospital.clinical.queries import Taken
from ehospital.foundation.printing.sheets import Cell, Line, Section, Table
from ehospital.web.kit.dates import longday, longknown
from ehospital.web.portal.allergies import known_allergies
from ehospital.web.portal.lines import RecordLine
from ehospital.web.portal.plain_results import PlainResult
from ehospital.web.portal.record import overview
from ehospital.web.portal.record.sections import Excerpt, excerpts


def sections(taken: Taken) -> list[Section]:
    """Return the whole record, what must be known first at the top."""
    held = excerpts(taken.record)
    first = [_listed(held.pop(slug)) for slug in ("problems", "medicines")]
    rest = [_listed(one) for one in held.values()]
    return [_allergies(taken), *first, _results(taken), *rest, _contacts(taken)]


def _allergies(taken: Taken) -> Section:
    known = known_allergies(taken.record.allergies)
    said = []
    if known.state == "none":
        said.append(_("No known allergies"))
    if known.state == "unknown":
        said.append(_("Nobody has written down whether you have allergies. That does not mean that you have none."))
    asked = {
        "all": _("You were asked, and no allergies are known."),
        "medication": _("You were asked about medicines: no allergies to them are known."),
        "food": _("You were asked about food: no allergies to it are known."),
        "environment": _("You were asked about pollen, dust and animals: no allergies to them are known."),
        "latex": _("You were asked about latex: no allergy to it is known."),
    }
    words = [f"{asked[scope]} ({longday(at)})" for scope, at in known.statements if scope in asked]
    return Section(_("Allergies"), statements=said, lines=[_line(one) for one in known.active], words=words)


def _listed(held: Excerpt) -> Section:
    empty = () if held.lines else (str(held.section.empty),)
    now = held.section.slug in ("problems", "medicines")  # those of now, whole; past ones stand in the portal
    more = () if now or not held.more else (_("There is more of this than fits here: look at the portal."),)
    return Section(str(held.section.title), statements=empty, lines=[_line(one) for one in held.lines], words=more)


def _line(one: RecordLine) -> Line:
    when = " ".join(f"{at.word} {longknown(at.at, at.precision)}".strip() for at in one.when)
    added = [f"{name}, {longday(at)}: {text}" for name, at, text in one.added]
    return Line(
        one.title,
        tags=(*one.tags, _("waiting for the virus scanner")) if one.waits else one.tags,
        when=when,
        details=[words for words in (one.dosage, *one.said, one.text, *added) if words],
        hints=(one.hint,) if one.hint else (),
        items=one.items,
    )


def _results(taken: Taken) -> Section:
    found = overview.groups(overview.told(taken.record.results))
    head = (_("Test"), _("Value"), pgettext("range", "Usual"), _("What that means"), _("When"))
    tables = [
        Table(head, (4, 3, 4, 4, 4), [row for one in tests for row in _rows(one.latest)], title)
        for title, tests in found
    ]
    empty = () if tables else (_("No result is written down here."),)
    return Section(_("Results: the latest value of every test"), statements=empty, tables=tables)


def _rows(result: PlainResult) -> list[tuple[Cell, ...]]:
    parts = () if result.value or result.text else result.parts
    return [_row(result.name, result), *(_row(f"– {part.name}", part) for part in parts)]


def _row(name: str, result: PlainResult) -> tuple[Cell, ...]:
    value = f"{result.value} {result.unit}".strip() if result.value else result.text
    means = result.words if result.standing != "unknown" else ""
    when = longknown(result.at, result.precision)
    return Cell(name), Cell(value, strong=result.out_of_range), Cell(result.usual), Cell(means), Cell(when)


def _contacts(taken: Taken) -> Section:
    found = [
        Line(one.name, tags=[one.relationship] if one.relationship else [], details=[one.phone] if one.phone else [])
        for one in sorted(taken.patient.contacts.all(), key=lambda one: (not one.next_of_kin, one.pk))
    ]
    empty = () if found else (_("Nobody is written down. Tell the reception desk whom we should call."),)
    return Section(_("Whom we call for you"), statements=empty, lines=found)
