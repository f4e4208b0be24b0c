"""From the audit trail to words: what one person did in one go is one line, and every deed has a plain name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from ehospital.people.models import LookQuestion
from ehospital.people.queries import Looked
from ehospital.web.kit.grounds import GLASS, role_words, why

# Deeds of one person that lie no further apart belong to one visit to the record.
TOGETHER = timedelta(minutes=15)

DEEDS: Final[dict[str, Promise]] = {
    "chart.read": gettext_lazy("opened your record"),
    "chart.printed": gettext_lazy("printed your record"),
    "chart.exported": gettext_lazy("took a copy of your record along as a file"),
    "document.read": gettext_lazy("read a letter or document"),
    "trail.read": gettext_lazy("looked at this list"),
    "patient.read": gettext_lazy("looked at your details"),
    "patient.registered": gettext_lazy("registered you"),
    "patient.updated": gettext_lazy("changed your details"),
    "patient.merged": gettext_lazy("put two records of yours together"),
    "patient.unmerged": gettext_lazy("took two records apart again"),
    "patient.archived": gettext_lazy("put your record away"),
    "patient.restored": gettext_lazy("brought your record back"),
    "duplicates.listed": gettext_lazy("saw you in a list of people who may be registered twice"),
    "duplicate.told_apart": gettext_lazy("noted that you and somebody of a like name are two people"),
    "patient.imported": gettext_lazy("brought in your details from elsewhere"),
    "account.created": gettext_lazy("gave you access to these pages"),
    "record.imported": gettext_lazy("brought in records from elsewhere"),
    "care.created": gettext_lazy("took you into care"),
    "care.ended": gettext_lazy("ended the care"),
    "occupancy.created": gettext_lazy("gave you a bed"),
    "occupancy.ended": gettext_lazy("noted that you left your bed"),
    "encounter.opened": gettext_lazy("began a visit or stay"),
    "encounter.planned": gettext_lazy("planned a visit or stay"),
    "encounter.moved": gettext_lazy("noted how a visit or stay goes on"),
    "encounter.closed": gettext_lazy("ended a visit or stay"),
    "observations.recorded": gettext_lazy("wrote down measurements"),
    "result.recorded": gettext_lazy("wrote down results"),
    "problem.recorded": gettext_lazy("wrote down a health problem"),
    "problem.revised": gettext_lazy("changed a health problem"),
    "problem.resolved": gettext_lazy("noted that a health problem is over"),
    "allergy.recorded": gettext_lazy("wrote down an allergy"),
    "allergy.revised": gettext_lazy("changed an allergy"),
    "no_known_allergies.recorded": gettext_lazy("wrote down that no allergies are known"),
    "no_known_allergies.ended": gettext_lazy("took back that no allergies are known"),
    "medicine.recorded": gettext_lazy("wrote down a medicine"),
    "medicine.stopped": gettext_lazy("noted that a medicine was stopped"),
    "procedure.recorded": gettext_lazy("wrote down an operation or examination"),
    "immunisation.recorded": gettext_lazy("wrote down a vaccination"),
    "document.recorded": gettext_lazy("added a letter or document"),
    "rectification.asked": gettext_lazy("asked for a correction"),
    "rectification.withdrawn": gettext_lazy("took back that something should be corrected"),
    "rectification.disagreed": gettext_lazy("disagreed on record"),
    "rectification.read": gettext_lazy("read that something should be corrected"),
    "rectification.accepted": gettext_lazy("answered that something was corrected"),
    "rectification.declined": gettext_lazy("answered why something was not changed"),
    "note_draft.opened": gettext_lazy("began to write a note"),
    "note_draft.discarded": gettext_lazy("threw a note away before it was signed"),
    "note.signed": gettext_lazy("signed a note"),
    "note.amended": gettext_lazy("added to a note"),
    "care_plan.recorded": gettext_lazy("wrote down a care plan"),
    "plan.recorded": gettext_lazy("made a treatment plan"),
    "plan.adapted": gettext_lazy("adapted a treatment plan"),
    "plan.moved": gettext_lazy("noted how a treatment plan goes on"),
    "plan.goal_judged": gettext_lazy("judged a goal of a treatment plan"),
    "plan.activity_done": gettext_lazy("noted that something of a plan was done"),
    "plan.activity_missed": gettext_lazy("noted that something of a plan could not be done"),
    "plan.activity_taken_back": gettext_lazy("took back a note on a plan"),
    "plan.noted": gettext_lazy("left a note with a plan"),
    "plan.tasks_listed": gettext_lazy("saw what your plan asks for today"),
    "patient.died": gettext_lazy("certified a death"),
    "patient.death_taken_back": gettext_lazy("took back a certificate of death"),
    "ward.meals_listed": gettext_lazy("saw on the kitchen's list what you eat"),
    "form_draft.opened": gettext_lazy("began to fill in a form"),
    "form_draft.discarded": gettext_lazy("threw a form away before it was finished"),
    "entry.confided": gettext_lazy("marked something as confidential, or no longer"),
    "encounter.reason_written": gettext_lazy("wrote down why you came"),
    "medicine.prescribed": gettext_lazy("prescribed a medicine"),
    "medicine.stands_again": gettext_lazy("noted that a medicine counts again"),
    "observations.entered_in_error": gettext_lazy("marked measurements as written by mistake"),
    "order.read": gettext_lazy("read what was asked for, to do it"),
    "order.handed_over": gettext_lazy("handed what waits for you over to a colleague"),
    "notice.handed_over": gettext_lazy("handed what waits for you over to a colleague"),
    "order.taken_over": gettext_lazy("took over a result of yours that nobody had read"),
    "result.amended": gettext_lazy("corrected a result"),
    "result.called": gettext_lazy("telephoned somebody about a result"),
    "photo.taken": gettext_lazy("took a photo of you"),
    "photo.removed": gettext_lazy("removed your photo"),
    "photo.infected": gettext_lazy("turned away a photo in which a virus was found"),
    "document.infected": gettext_lazy("turned away a file in which a virus was found"),
    "flag.raised": gettext_lazy("wrote down a safety note"),
    "flag.lowered": gettext_lazy("ended a safety note"),
    "spo2_scale.changed": gettext_lazy("changed how your oxygen is judged"),
    "pregnancy.changed": gettext_lazy("wrote down whether you are pregnant"),
    "device.paired": gettext_lazy("connected a monitor to you"),
    "device.unpaired": gettext_lazy("disconnected a monitor"),
    "glass.broken": gettext_lazy("opened your record with a special reason"),
    "glass.closed": gettext_lazy("closed your record again"),
    "glass.read": gettext_lazy("checked why your record was opened"),
    "glass.reviewed": gettext_lazy("judged why your record was opened"),
    "glass.agreed": gettext_lazy("agreed that a colleague opens your sealed record"),
    "record.restricted": gettext_lazy("restricted who may open your record"),
    "record.restriction_ended": gettext_lazy("ended a restriction of your record"),
    "record.linked_with_staff": gettext_lazy("noted that you work here: your record is restricted"),
    "record.unlinked_from_staff": gettext_lazy("took back that you work here"),
    "proxy.created": gettext_lazy("let somebody act for you"),
    "proxy.ended": gettext_lazy("ended that somebody acts for you"),
    "look.questioned": gettext_lazy("asked why somebody looked"),
    "look.answered": gettext_lazy("answered why somebody looked"),
    "look.read": gettext_lazy("read your question"),
    "look.messages_wanted": gettext_lazy("asked for messages when the record is opened"),
    "look.messages_ended": gettext_lazy("ended messages when the record is opened"),
    "page.refused": gettext_lazy("wanted to open your record, and was refused"),
    "alert.opened": gettext_lazy("raised an alert about your measurements"),
    "alert.updated": gettext_lazy("updated an alert about your measurements"),
    "alert.acknowledged": gettext_lazy("took charge of an alert about your measurements"),
    "alert.closed": gettext_lazy("closed an alert about your measurements"),
}
# Of a line of any kind.
_BY_VERB: Final[dict[str, Promise]] = {
    "entered_in_error": gettext_lazy("marked something as written by mistake"),
    "error_undone": gettext_lazy("took back that something was written by mistake"),
}
_BY_CATEGORY: Final[dict[str, Promise]] = {
    "R": gettext_lazy("looked at your record"),
    "C": gettext_lazy("added something to your record"),
    "U": gettext_lazy("changed something in your record"),
    "D": gettext_lazy("took something out of your record"),
    "E": gettext_lazy("did something with your record"),
}
# The gravest deed of a visit gives its picture: taking out, changing, adding, doing, reading.
_GRAVEST: Final = "DUCER"
_ICONS: Final = {"R": "eye", "C": "plus", "U": "edit", "D": "x", "E": "settings"}


@dataclass(frozen=True, slots=True)
class Visit:
    """What one person did with the record in one go; `role` says who they are to the patient.

    `why` says on what ground, `special` that it was opened outside of care; `number` is the line to ask about,
    `question` what was asked already.
    """

    name: str
    role: str
    myself: bool
    machine: bool
    begun_at: datetime
    ended_at: datetime
    deeds: tuple[str, ...]
    icon: str
    why: str
    special: bool
    number: int
    question: LookQuestion | None


def deed(line: Looked) -> str:
    """Return what was done in words; a deed without words of its own is told by its kind."""
    told = DEEDS.get(line.action) or _BY_VERB.get(line.action.rpartition(".")[2])
    return str(told or _BY_CATEGORY.get(line.category) or _BY_CATEGORY["E"])


def visits(lines: Iterable[Looked]) -> list[Visit]:
    """Return the visits, newest first.

    Args:
        lines: newest first.
    """
    together: list[list[Looked]] = []
    for line in lines:
        last = together[-1][-1] if together else None
        if last and _whose(line) == _whose(last) and _near(line, last):
            together[-1].append(line)
        else:
            together.append([line])
    return [_visit(group) for group in together]


def _whose(line: Looked) -> tuple[object, ...]:
    return (line.kind, line.name, line.roles, line.purpose)


def _near(earlier: Looked, later: Looked) -> bool:
    return abs(later.at - earlier.at) <= TOGETHER


def _visit(newest_first: list[Looked]) -> Visit:
    newest = newest_first[0]
    moments = [line.at for line in newest_first]
    gravest = min((line.category for line in newest_first), key=_GRAVEST.find)
    return Visit(
        name=newest.name,
        role=role_words(newest),
        myself=newest.myself,
        machine=newest.kind in {"system", "device"},
        begun_at=min(moments),
        ended_at=max(moments),
        deeds=tuple(dict.fromkeys(deed(line) for line in reversed(newest_first))),
        icon="shield-lock" if newest.purpose.startswith(GLASS) else _ICONS.get(gravest, "eye"),
        why=why(newest_first),
        special=newest.purpose.startswith(GLASS),
        number=newest.number,
        question=next((line.question for line in newest_first if line.question), None),
    )
