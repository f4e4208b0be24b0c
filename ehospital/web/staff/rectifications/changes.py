"""What was changed in a record since a patient asked, in words; and where each kind of line is corrected."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models import Rectification
from ehospital.clinical.queries import rectifications

MOST = 30
_DONE: dict[str, Promise] = {
    "recorded": _("recorded"),
    "revised": _("changed"),
    "resolved": _("resolved"),
    "entered_in_error": _("marked as entered in error"),
    "error_undone": _("mark as mistake taken back"),
    "updated": _("changed"),
    "stopped": _("stopped"),
    "ended": _("ended"),
    "signed": _("signed"),
    "amended": _("added to"),
}
_WHAT: dict[str, Promise] = {
    "problem": _("Problem"),
    "allergy": _("Allergy"),
    "no_known_allergies": _("Statement on allergies"),
    "patient": _("Details of the patient"),
    "note": _("Note"),
    "medicine": _("Medicine"),
    "result": _("Result"),
    "procedure": _("Procedure"),
    "immunisation": _("Vaccination"),
    "document": _("Document"),
    "encounter": _("Encounter"),
    "care_plan": _("Care plan"),
}


@dataclass(frozen=True)
class Change:
    """One change: its number in the trail, what was done, by whom and when."""

    number: int
    words: str
    name: str
    at: datetime


def changes(asked: Rectification) -> list[Change]:
    """Return what staff changed since the patient asked, the newest first."""
    found = []
    for event in rectifications.changes_of(asked)[:MOST]:
        noun, _dot, verb = event.action.partition(".")
        what, done = _WHAT.get(noun), _DONE.get(verb)
        words = f"{what}: {done}" if what and done else event.action
        found.append(Change(event.pk, words, event.actor_name, event.at))
    return found


def where(asked: Rectification, *, stands: bool) -> list[tuple[str, str]]:
    """Return the ordinary pages on which this line is corrected: (address, what it does there)."""
    if not asked.kind:
        return [(reverse("patient_edit", args=[asked.patient_id]), str(_("Correct the details")))]
    pages = [(reverse("chart_history", args=[asked.patient_id]), str(_("Look at the chart")))]
    edit = {
        "problems": ("chart_problem_edit", _("Change the problem")),
        "allergies": ("chart_allergy_edit", _("Change the allergy")),
        "notes": ("chart_note", _("Open the note, and add to it")),
    }.get(asked.kind)
    if stands and edit:
        pages.append((reverse(edit[0], args=[asked.patient_id, asked.entry_id]), str(edit[1])))
    if stands:
        mark = reverse("chart_error", args=[asked.patient_id, asked.kind, asked.entry_id])
        pages.append((mark, str(_("Mark it as entered in error"))))
    return pages
