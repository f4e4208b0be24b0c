"""One line of a record as a patient reads it: a title, what to know about it, and when it was."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from ehospital.algorithms import encounter_course
from ehospital.algorithms.obstetrics import due_on
from ehospital.clinical.models import (
    Allergy,
    CarePlan,
    Document,
    Encounter,
    FamilyHistory,
    Immunisation,
    MedicineTaken,
    Note,
    Order,
    Pregnancy,
    Problem,
    Procedure,
)
from ehospital.foundation.days import hospital_day
from ehospital.web.kit.dates import longday
from ehospital.web.portal.plain_results import plain_words
from ehospital.web.portal.plain_tests import plain_test

Words = str | Promise

_UNCERTAIN: Final = {"unconfirmed", "provisional", "differential"}
_PROBLEM: Final[dict[str, Words]] = {
    "recurrence": gettext_lazy("has come back"),
    "relapse": gettext_lazy("has come back"),
    "inactive": gettext_lazy("not active now"),
    "remission": gettext_lazy("no signs of it now"),
    "resolved": gettext_lazy("over"),
}
_SEVERITY: Final[dict[str, Words]] = {
    "mild": pgettext_lazy("how bad", "mild"),
    "moderate": pgettext_lazy("how bad", "moderate"),
    "severe": pgettext_lazy("how bad", "severe"),
}
_MEDICINE: Final[dict[str, Words]] = {
    "on-hold": gettext_lazy("paused"),
    "intended": gettext_lazy("not started yet"),
    "unknown": gettext_lazy("not certain whether you take it"),
    "completed": gettext_lazy("finished"),
    "stopped": gettext_lazy("stopped"),
    "cancelled": gettext_lazy("cancelled"),
    "not-taken": gettext_lazy("not taken"),
    "draft": gettext_lazy("not final"),
}
_VISIT: Final[dict[str, Words]] = {
    "planned": gettext_lazy("planned"),
    "arrived": gettext_lazy("now"),
    "triaged": gettext_lazy("now"),
    "in-progress": gettext_lazy("now"),
    "onleave": gettext_lazy("on leave"),
    "cancelled": gettext_lazy("cancelled"),
}
_SETTING: Final[dict[str, Words]] = {
    "AMB": gettext_lazy("Visit to a clinic"),
    "EMER": gettext_lazy("Emergency"),
    "IMP": gettext_lazy("Stay in hospital"),
    "SS": gettext_lazy("Day in hospital"),
    "HH": gettext_lazy("At home"),
    "FLD": gettext_lazy("Outside the hospital"),
    "VR": gettext_lazy("By telephone or video"),
}
_PROCEDURE: Final[dict[str, Words]] = {
    "preparation": gettext_lazy("planned"),
    "in-progress": gettext_lazy("now"),
    "not-done": gettext_lazy("not done"),
    "on-hold": gettext_lazy("paused"),
    "stopped": gettext_lazy("stopped before the end"),
}
_PLAN: Final[dict[str, Words]] = {
    "draft": gettext_lazy("not final"),
    "on-hold": gettext_lazy("paused"),
    "revoked": gettext_lazy("withdrawn"),
    "completed": gettext_lazy("finished"),
}
_ACTIVITY: Final[dict[str, Words]] = {
    "not-started": gettext_lazy("not started yet"),
    "scheduled": gettext_lazy("planned"),
    "on-hold": gettext_lazy("paused"),
    "completed": gettext_lazy("done"),
    "stopped": gettext_lazy("stopped"),
}
_NOTES: Final[dict[str, Words]] = {
    "outpatient": gettext_lazy("Your visit to the clinic"),
    "discharge": gettext_lazy("Your stay in hospital, in summary"),
}
_FILES: Final[dict[str, Words]] = {"application/pdf": "PDF"}
_ORDERED: Final[dict[str, Words]] = {
    "active": gettext_lazy("not done yet"),
    "on-hold": gettext_lazy("paused"),
    "revoked": gettext_lazy("cancelled"),
    "completed": gettext_lazy("done"),
}
_ASKED: Final[dict[str, Words]] = {
    "laboratory": gettext_lazy("A test in the laboratory. You see the result here once it is final."),
    "imaging": gettext_lazy("A picture or scan. You see the result here once it is final."),
    "referral": gettext_lazy("Another team is asked to see you."),
    "nursing": gettext_lazy("Care that your nurses give."),
}
_GONE: Final = {"cancelled", "entered-in-error", "rejected", "superseded"}


@dataclass(frozen=True, slots=True)
class When:
    """A moment with the word before it (empty: none) and how much of it is known."""

    word: str
    at: datetime
    precision: str = "day"


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One line. `said` are words of others, in whatever language; `hint` is ours.

    `drug` marks the name of a substance, which is never split. A document has its `id`; `opens` says that we have its
    content, `waits` that the virus scanner looks at that first, `reads` that it can be shown within a page. A note has
    its whole `text`, and what was `added`: by whom, when, and which words. `kind` and `key` name the line to whoever
    says that it is wrong.
    """

    title: str
    when: tuple[When, ...] = ()
    said: tuple[str, ...] = ()
    hint: str = ""
    tags: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    drug: bool = False
    id: str = ""
    opens: bool = False
    waits: bool = False
    reads: bool = False
    dosage: str = ""
    note: bool = False
    text: str = ""
    added: tuple[tuple[str, datetime, str], ...] = ()
    kind: str = ""
    key: str = ""


def _tags(*words: Words | None) -> tuple[str, ...]:
    return tuple(str(word) for word in words if word)


def _said(*texts: str) -> tuple[str, ...]:
    return tuple(plain_words(text) for text in texts if text)


def _moment(word: str, at: datetime | None, precision: str = "day") -> tuple[When, ...]:
    return (When(word, at, precision),) if at else ()


def problem(one: Problem) -> RecordLine:
    """Return a problem or a diagnosis."""
    uncertain = _("not yet certain") if one.verification in _UNCERTAIN else None
    since = pgettext("before a date", "since")
    return RecordLine(
        kind="problems",
        key=str(one.id),
        title=plain_words(one.display),
        when=(
            *_moment(since, one.onset_at, one.onset_precision),
            *_moment(pgettext("before a date", "until"), one.abated_at, one.abated_precision),
        ),
        said=_said(one.body_site, one.onset_text, one.note),
        tags=_tags(_PROBLEM.get(one.status), _SEVERITY.get(one.severity), uncertain),
    )


def allergy(one: Allergy) -> RecordLine:
    """Return an allergy with what happens; `reactions` must be loaded."""
    reactions = [plain_words(words) for reaction in one.reactions.all() for words in reaction.manifestations]
    severities = {reaction.severity for reaction in one.reactions.all()}
    worst = next((key for key in ("severe", "moderate", "mild") if key in severities), "")
    return RecordLine(
        kind="allergies",
        key=str(one.id),
        title=plain_words(one.display),
        said=(*((" · ".join(dict.fromkeys(reactions)),) if reactions else ()), *_said(one.note)),
        tags=_tags(
            _("can be dangerous") if one.criticality == "high" else None,
            _SEVERITY.get(worst),
            _("not yet certain") if one.verification in _UNCERTAIN else None,
        ),
        drug=True,
    )


def medicine(one: MedicineTaken) -> RecordLine:
    """Return a medicine with its dosage."""
    return RecordLine(
        kind="medicines",
        key=str(one.id),
        title=one.display,
        when=(
            *_moment(pgettext("before a date", "since"), one.started_at, one.started_precision),
            *_moment(pgettext("before a date", "until"), one.ended_at),
        ),
        said=_said(one.reason),
        hint="" if one.dosage_text else _("How to take it is not written here. Ask your doctor or pharmacist."),
        tags=_tags(_MEDICINE.get(one.status), _("only when needed") if one.as_needed else None),
        drug=True,
        dosage=one.dosage_text,
    )


def taken_first(medicines: Iterable[MedicineTaken]) -> list[MedicineTaken]:
    """Return what is taken for certain before what is paused, not begun or doubtful."""
    return sorted(medicines, key=lambda one: one.status != "active")


def visit(one: Encounter) -> RecordLine:
    """Return a visit or a stay; organisation and clinician must be loaded."""
    with_whom = one.clinician.name_text if one.clinician else one.clinician_text
    where = one.place or (one.organisation.name if one.organisation else "")
    stayed = (
        one.ended_at is not None
        and one.started_at is not None
        and hospital_day(one.ended_at) > hospital_day(one.started_at)
    )
    running = one.ended_at is None and one.status in encounter_course.HERE
    begin = pgettext("before a date", "from") if stayed else pgettext("before a date", "since") if running else ""
    return RecordLine(
        kind="encounters",
        key=str(one.id),
        title=plain_words(one.display or one.reason),
        when=(
            *_moment(begin, one.started_at),
            *_moment(pgettext("before a date", "until"), one.ended_at if stayed else None),
        ),
        said=_said(one.reason if one.display else "", where, with_whom),
        tags=_tags(_SETTING.get(one.setting), _VISIT.get(one.status)),
    )


def immunisation(one: Immunisation) -> RecordLine:
    """Return a vaccination."""
    return RecordLine(
        kind="immunisations",
        key=str(one.id),
        title=plain_words(one.display),
        when=_moment("", one.given_at, one.given_precision),
        said=_said(one.given_text, one.dose_text, one.status_reason, one.note),
        tags=_tags(_("not given") if one.status == "not-done" else None),
    )


def relative(one: FamilyHistory) -> RecordLine:
    """Return a condition that runs in the family."""
    began = _("began at {years} years").format(years=one.onset_age) if one.onset_age is not None else ""
    died = _("died at {years} years").format(years=one.death_age) if one.death_age is not None else ""
    return RecordLine(
        title=f"{one.get_relation_display()}: {plain_words(one.display)}",
        said=(*_tags(began, died), *_said(one.note)),
        tags=_tags(_("died of it") if one.died_of_it else None),
    )


def pregnancy(one: Pregnancy) -> RecordLine:
    """Return a pregnancy; one that goes on with its day of delivery."""
    weeks = _("after {weeks} weeks").format(weeks=one.weeks) if one.weeks is not None else ""
    last, expected = one.last_period_on, ""
    if one.outcome == Pregnancy.Outcome.ONGOING and last is not None:
        expected = _("The child is expected around {day}.").format(day=longday(due_on(last)))
    return RecordLine(
        title=one.get_outcome_display(),
        when=_moment("", one.ended_at, one.ended_precision),
        said=(*_tags(weeks, one.get_delivery_display() if one.delivery else "", expected), *_said(one.note)),
    )


def procedure(one: Procedure) -> RecordLine:
    """Return what was done."""
    return RecordLine(
        kind="procedures",
        key=str(one.id),
        title=plain_words(one.display),
        when=_moment("", one.performed_at, one.performed_precision),
        said=_said(one.reason, one.body_site, one.outcome, one.note),
        tags=_tags(_PROCEDURE.get(one.status)),
    )


def document(one: Document) -> RecordLine:
    """Return a letter or a note, and whether it can be opened here."""
    kind = one.content_type.split(";")[0].strip().lower()
    reads = kind == "text/plain" or kind.startswith("image/")
    return RecordLine(
        kind="documents",
        key=str(one.id),
        title=one.title or plain_words(one.display),
        when=_moment("", one.written_at),
        said=_said(one.display if one.title and one.title != one.display else "", one.recorded_by_text),
        hint=_why_shut(one),
        tags=_tags(
            _("replaced by a newer one") if one.status == "superseded" else None,
            None if reads or not one.file_key else _FILES.get(kind, _("file")),
        ),
        id=str(one.id),
        opens=one.opens,
        waits=one.waits,
        reads=reads,
    )


def _why_shut(one: Document) -> str:
    """Return why a document cannot be opened, and what to do; empty for one that can."""
    if one.opens:
        return ""
    if one.waits:
        return _("Our virus scanner looks at it first. It opens here by itself: come back later.")
    if one.infected:
        return _("A virus was found in it, so nobody opens it. Ask us for a clean copy.")
    if one.too_large:
        return _("It is too large for our virus scanner, so nobody opens it. Ask us for it in smaller parts.")
    if one.lost:
        return _("We cannot find its file just now. Ask us to restore it.")
    return _("Only the place that wrote it has the text. Ask there, or ask us to get it.")


def note(one: Note) -> RecordLine:
    """Return a note of the care team that is meant for the patient too; addenda must be loaded."""
    added = list(one.addenda.all())
    return RecordLine(
        kind="notes",
        key=str(one.id),
        title=str(_NOTES.get(one.kind, one.get_kind_display())),
        when=_moment("", one.signed_at),
        said=(one.author_name,),
        tags=_tags(_("added to later") if added else None),
        id=str(one.id),
        note=True,
        text=one.text,
        added=tuple((more.author_name, more.signed_at, more.text) for more in added),
    )


def order(one: Order) -> RecordLine:
    """Return something that was asked for, in plain words."""
    plain = plain_test(one.code_system, one.code)
    open_ = one.status in ("active", "on-hold")
    return RecordLine(
        title=str(plain.name) if plain else one.display,
        when=(
            *_moment(pgettext("before a date", "asked on"), one.recorded_at),
            *_moment(pgettext("before a date", "planned for"), one.occurs_at if open_ else None),
        ),
        said=_said(one.performer.name if one.performer else ""),
        hint=str(_ASKED.get(one.kind, "")) if open_ else "",
        tags=_tags(_ORDERED.get(one.status)),
    )


def care_plan(one: CarePlan) -> RecordLine:
    """Return a plan with what it asks for and what it is to reach; activities and goals must be loaded."""
    asks = [
        " · ".join(_tags(plain_words(activity.display), _ACTIVITY.get(activity.status)))
        for activity in one.activities.all()
        if activity.status not in _GONE
    ]
    goals = [
        _("Goal: {words}").format(words=plain_words(goal.display))
        for goal in one.goals.all()
        if goal.status not in _GONE
    ]
    return RecordLine(
        kind="care_plans",
        key=str(one.id),
        title=plain_words(one.display),
        when=(
            *_moment(pgettext("before a date", "since"), one.started_at),
            *_moment(pgettext("before a date", "until"), one.ended_at),
        ),
        said=_said(one.description, one.reason),
        tags=_tags(_PLAN.get(one.status)),
        items=(*asks, *goals),
    )
