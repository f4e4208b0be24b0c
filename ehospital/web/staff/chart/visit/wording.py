"""What the page of a visit says in words."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ehospital.algorithms import encounter_course
from ehospital.algorithms.allergy_match import Ground
from ehospital.clinical import actions
from ehospital.clinical.models import Encounter, Visit
from ehospital.clinical.policies.prescriptions import Speaking
from ehospital.web.kit.dates import longday, moment

MEASURED_FIRST: Final = ("sbp", "dbp", "hr", "weight", "temp", "spo2")
MEASURED_MORE: Final = ("rr", "oxygen", "consciousness")

REFUSALS: Final[dict[type[Exception], tuple[str | None, Promise]]] = {
    actions.ReasonMissing: ("reason", gettext_lazy("Write why the patient came; the visit stays open until then.")),
    actions.NothingWritten: (
        "text",
        gettext_lazy("Nothing is written in the note yet. Write what was found; the visit stays open until then."),
    ),
    actions.DraftChanged: (
        None,
        gettext_lazy("You changed this visit in another window. Compare both notes; finishing again keeps this page."),
    ),
    actions.NoteSigned: (None, gettext_lazy("The note of this visit was signed or thrown away in another window.")),
    actions.TooLong: ("text", gettext_lazy("A note holds at most 50,000 characters. Shorten it.")),
    actions.ProblemOnList: ("words", gettext_lazy("The patient has this problem on the list already: tick it there.")),
    actions.NotTaken: (None, gettext_lazy("A medicine was stopped or replaced meanwhile. Look at the list anew.")),
    actions.DoseMissing: (None, gettext_lazy("A prescription needs a medicine and a dose.")),
}  # fmt: skip

_GROUNDS = {
    Ground.CODE: gettext_lazy("the same code"),
    Ground.WORD: gettext_lazy("the same substance"),
    Ground.CLASS: gettext_lazy("the same class"),
}


def is_open(encounter: Encounter) -> bool:
    """Tell whether a visit may still be written in."""
    return encounter.status in encounter_course.HERE


def over(error: actions.VisitOver) -> str:
    """Say who finished a visit first."""
    if not error.by:
        return _("This visit is over. Open it again from the list of encounters to write in it.")
    said = _("{name} finished this visit on {when}. Nothing of yours was signed; your note is kept as a draft.")
    return said.format(name=error.by, when=moment(error.at))


def speaks_against(error: actions.AllergySpeaksAgainst) -> str:
    """Say which allergy speaks against a medicine, and what to do."""
    said = _("Recorded allergy: {allergies}. Choose another medicine, or write here why it is ordered all the same.")
    return said.format(allergies=", ".join(error.allergies))


def warnings(against: Mapping[str, tuple[Speaking, ...]]) -> list[str]:
    """Return one sentence for each allergy that speaks against a medicine that stands in the page."""
    said = _("{medicine}: recorded allergy to {allergy} ({ground})")
    return [
        said.format(medicine=words, allergy=one.allergy.display, ground=_GROUNDS[one.ground])
        for words, found in against.items()
        for one in found
    ]


def follow_up(visit: Visit) -> str:
    """Say when the patient shall come again; empty when no appointment is wished."""
    if visit.follow_up_on:
        return _("on {day}").format(day=longday(visit.follow_up_on))
    if not visit.follow_up_days:
        return ""
    days = visit.follow_up_days
    if days % 7 or days > 84:
        months = round(days / 30.4)
        return ngettext("in about {n} month", "in about {n} months", months).format(n=months)
    return ngettext("in {n} week", "in {n} weeks", days // 7).format(n=days // 7)
