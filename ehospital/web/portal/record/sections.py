"""The lists of a record: their addresses, titles and words, in the order in which they are shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ehospital.clinical import queries
from ehospital.clinical.queries.whole_record import Newest, WholeRecord
from ehospital.people import access
from ehospital.web.portal import lines
from ehospital.web.portal.lines import RecordLine


@dataclass(frozen=True, slots=True)
class Section:
    """One list. `every` asks for all of it (an opening of its own), `held` takes its newest from a whole record."""

    slug: str
    title: Promise
    icon: str
    empty: Promise
    all_of_it: Promise
    every: Callable[..., "QuerySet[Any]"]
    held: Callable[[WholeRecord], Newest[Any]]
    line: Callable[[Any], RecordLine]

    def read(self, patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[Any]":
        """Return all of it, newest first; the look is on record."""
        return self.every(patient_id, viewer=viewer, at=at)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What a page shows of a section; `more` says that there is more of it than that."""

    section: Section
    lines: tuple[RecordLine, ...]
    more: bool


SECTIONS: Final[dict[str, Section]] = {
    section.slug: section
    for section in (
        Section(
            "problems", _("Health problems"), "clipboard-heart",
            _("No health problem is written down here. If you have one, tell your care team."),
            _("All health problems, also past ones"),
            queries.problems, lambda record: Newest(tuple(record.problems), True), lines.problem,
        ),
        Section(
            "medicines", _("Medicines that you take"), "pill",
            _("No medicine is written down here. If you take any, also from elsewhere, tell your care team."),
            _("All medicines, also earlier ones"),
            queries.medicines, lambda record: Newest(tuple(lines.taken_first(record.medicines)), True), lines.medicine,
        ),
        Section(
            "vaccinations", _("Vaccinations"), "vaccine",
            _("No vaccination is written down here. Bring your vaccination card, so that we can add yours."),
            _("All vaccinations"),
            queries.immunisations, lambda record: record.immunisations, lines.immunisation,
        ),
        Section(
            "family", _("Illnesses in your family"), "users",
            _("Nothing is written down here about your family. Tell your care team what your close relatives have."),
            _("All illnesses in your family"),
            queries.family_history, lambda record: record.family_history, lines.relative,
        ),
        Section(
            "pregnancies", _("Pregnancies"), "heart-handshake", _("No pregnancy is written down here."),
            _("All pregnancies"), queries.pregnancies, lambda record: record.pregnancies, lines.pregnancy,
        ),
        Section(
            "visits", _("Visits and stays"), "building-hospital", _("No visit is written down here."), _("All visits"),
            queries.encounters, lambda record: record.encounters, lines.visit,
        ),
        Section(
            "procedures", _("Operations and examinations"), "scan",
            _("No operation or examination is written down here."), _("All operations and examinations"),
            queries.procedures, lambda record: record.procedures, lines.procedure,
        ),
        Section(
            "documents", _("Letters and documents"), "file-text", _("No letter or document is stored here."),
            _("All letters and documents"), queries.documents, lambda record: record.documents, lines.document,
        ),
        Section(
            "notes", _("Notes of your care team"), "notes",
            _("No note for you is signed here yet. Ask your care team when you expect one."), _("All notes"),
            queries.notes, lambda record: record.notes, lines.note,
        ),
        Section(
            "orders", _("Tests and visits that were asked for"), "flask",
            _("Nothing was asked for here. If you expect a test, ask your care team."),
            _("Everything that was asked for"), queries.asked, lambda record: record.orders, lines.order,
        ),
        Section(
            "plans", _("Care plans"), "checklist", _("No care plan is written down here."), _("All care plans"),
            queries.care_plans, lambda record: record.care_plans, lines.care_plan,
        ),
    )
}  # fmt: skip


def excerpts(record: WholeRecord) -> dict[str, Excerpt]:
    """Return what a whole record holds of each section; a man is shown no empty list of pregnancies."""
    shown = {slug: _excerpt(section, section.held(record)) for slug, section in SECTIONS.items()}
    if record.patient.sex == "male" and not shown["pregnancies"].lines:
        del shown["pregnancies"]
    return shown


def _excerpt(section: Section, found: Newest[Any]) -> Excerpt:
    return Excerpt(section, tuple(section.line(one) for one in found.lines), found.more)
