"""The summary of a chart on paper: what whoever treats the patient next must know, and what is not known."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from ehospital.clinical.models import (
    Allergy,
    CarePlan,
    Encounter,
    Immunisation,
    MedicineTaken,
    NoKnownAllergies,
    Problem,
    Procedure,
    SafetyFlag,
)
from ehospital.clinical.queries import AllergyList, AllergyState, Taken
from ehospital.clinical.queries.whole_record import Newest
from ehospital.foundation.printing.sheets import Line, Section
from ehospital.monitoring.queries import Vitals
from ehospital.people.models import Patient
from ehospital.web.kit.dates import day, known
from ehospital.web.staff.chart.taking_out.results import results, vital_signs

_GONE = {"cancelled", "entered-in-error", "rejected"}


def sections(taken: Taken, vitals: Vitals) -> list[Section]:
    """Return the summary, in the order in which a stranger in an emergency needs it."""
    record = taken.record
    return [
        allergies(record.allergies),
        _listed(_("Safety flags"), map(_flag, taken.flags), _("None is raised.")),
        _listed(_("Problems"), map(_problem, record.problems), _("No problem is on the list.")),
        _listed(
            _("Medicines being taken"),
            map(_medicine, record.medicines),
            _("No medicine is recorded. That does not mean that none is taken: ask."),
        ),
        results(record.results),
        vital_signs(vitals, record.results),
        _newest(_("Encounters"), record.encounters, _encounter),
        _newest(_("Procedures"), record.procedures, _procedure),
        _newest(_("Vaccinations"), record.immunisations, _immunisation),
        _newest(_("Care plans"), record.care_plans, _plan),
        _contacts(taken.patient),
    ]


def _listed(title: str, lines: Iterable[Line], empty: str) -> Section:
    found = list(lines)
    return Section(title, statements=() if found else (empty,), lines=found)


def _newest(title: str, newest: Newest[Any], line: Callable[[Any], Line]) -> Section:
    found = [line(one) for one in newest.lines]
    more = (_("Older ones were left out: look at the chart."),) if newest.more else ()
    return Section(title, statements=() if found else (_("None recorded."),), lines=found, words=more)


def _words(*texts: object) -> list[str]:
    return [str(text) for text in texts if text]


def allergies(found: AllergyList) -> Section:
    """Return what harms the patient: listed, none known, or not recorded, which is not the same."""
    statements = []
    if found.state is AllergyState.NOT_RECORDED:
        statements.append(_("Allergies are not recorded. That does not mean that there are none: ask."))
    for one in found.statements:
        words = str(NoKnownAllergies.Scope(one.scope).label)
        statements.append(_("{words} (asked {day})").format(words=words, day=day(one.recorded_at)))
    return Section(_("Allergies"), statements=statements, lines=[_allergy(one) for one in found.active])


def _allergy(one: Allergy) -> Line:
    reactions = []
    for reaction in one.reactions.all():
        severity = str(reaction.get_severity_display()) if reaction.severity else ""
        reactions.append(" · ".join(_words(", ".join(reaction.manifestations), severity, reaction.description)))
    uncertain = one.get_verification_display() if one.verification != "confirmed" else ""
    high = one.criticality == Allergy.Criticality.HIGH
    return Line(
        one.display,
        warnings=_words(one.get_criticality_display()) if high else (),
        tags=_words("" if high else one.get_criticality_display(), one.kind and one.get_kind_display(), uncertain),
        when=known(one.onset_at, one.onset_precision),
        details=_words(*reactions, one.note),
    )


def _flag(one: SafetyFlag) -> Line:
    return Line(str(one.get_kind_display()), when=day(one.started_at), details=_words(one.words))


def _problem(one: Problem) -> Line:
    uncertain = one.get_verification_display() if one.verification != "confirmed" else ""
    severity = one.get_severity_display() if one.severity else ""
    return Line(
        one.display,
        tags=_words(one.code, one.get_status_display() if one.status != "active" else "", severity, uncertain),
        when=known(one.onset_at, one.onset_precision) or one.onset_text,
        details=_words(one.body_site, one.note),
    )


def _medicine(one: MedicineTaken) -> Line:
    return Line(
        one.display,
        warnings=_words(one.get_status_display()) if one.status != "active" else (),
        tags=_words(_("as needed") if one.as_needed else ""),
        when=known(one.started_at, one.started_precision),
        details=_words(one.dosage_text or _("dosage not recorded"), one.reason, one.note),
    )


def _encounter(one: Encounter) -> Line:
    clinician = one.clinician.name_text if one.clinician else one.clinician_text
    where = one.place or (one.organisation.name if one.organisation else "")
    return Line(
        one.display,
        tags=_words(one.get_setting_display(), one.get_status_display() if one.status != "finished" else ""),
        when=_period(one.started_at, one.ended_at),
        details=_words(one.reason, " · ".join(_words(where, clinician)), one.outcome),
    )


def _period(start: datetime | None, end: datetime | None) -> str:
    return day(start) if day(start) == day(end) else " – ".join(_words(day(start), day(end)))


def _procedure(one: Procedure) -> Line:
    return Line(
        one.display,
        tags=_words(one.get_status_display() if one.status != "completed" else ""),
        when=known(one.performed_at, one.performed_precision),
        details=_words(one.body_site, one.reason, one.outcome, one.note),
    )


def _immunisation(one: Immunisation) -> Line:
    missed = _("not given") if one.status == "not-done" else ""
    return Line(
        one.display,
        warnings=_words(missed),
        tags=_words(one.dose_text),
        when=known(one.given_at, one.given_precision) or one.given_text,
        details=_words(one.status_reason, one.note),
    )


def _plan(one: CarePlan) -> Line:
    asks = [
        f"{activity.display} · {activity.get_status_display()}"
        for activity in one.activities.all()
        if activity.status not in _GONE
    ]
    goals = [
        _("Goal: {words}").format(words=f"{goal.display} · {goal.get_status_display()}")
        for goal in one.goals.all()
        if goal.status not in _GONE
    ]
    return Line(
        one.display,
        tags=_words(one.get_status_display()),
        when=_period(one.started_at, one.ended_at),
        details=_words(one.description, one.reason),
        items=[*asks, *goals],
    )


def _contacts(patient: Patient) -> Section:
    found: Sequence[Line] = [
        Line(
            one.name,
            tags=_words(one.relationship, _("next of kin") if one.next_of_kin else ""),
            details=_words(one.phone or _("no telephone number")),
        )
        for one in sorted(patient.contacts.all(), key=lambda one: (not one.next_of_kin, one.pk))
    ]
    return Section(_("Who to call"), statements=() if found else (_("Nobody is recorded."),), lines=found)
