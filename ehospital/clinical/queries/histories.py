"""Family, pregnancies, and which vaccinations are due: what of a history is worked out or written by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F, QuerySet

from ehospital.algorithms import immunisation_schedule as schedule
from ehospital.algorithms import obstetrics
from ehospital.algorithms.questionnaires import Text
from ehospital.clinical import models, schedules
from ehospital.clinical.details import (
    FamilyHistoryDetails,
    ImmunisationDetails,
    Moment,
    PregnancyDetails,
    ProcedureDetails,
)
from ehospital.clinical.policies.mistakes import KINDS
from ehospital.clinical.queries import lists
from ehospital.clinical.queries.confidential import shown
from ehospital.clinical.queries.opening import look
from ehospital.foundation.days import hospital_day
from ehospital.kernel.codes import Code
from ehospital.people import access
from ehospital.people.models import Patient

ADULT_FROM_YEARS: Final = 18


@dataclass(frozen=True, slots=True)
class Obstetrics:
    """The pregnancies, newest first, their counts, and of the present one the day of delivery and how far it is."""

    pregnancies: tuple[models.Pregnancy, ...]
    counted: obstetrics.Counted
    due: Any = None
    weeks: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Vaccination:
    """One dose of the schedule: what against, which dose of how many, and how it stands."""

    name: Text
    number: int
    doses: int
    standing: schedule.Standing


def family_history(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[models.FamilyHistory]":
    """Return what runs in the family, by relation.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    look(patient_id, viewer=viewer, at=at, part="family history")
    return shown(family_history_of(patient_id), viewer=viewer, patient_id=patient_id)


def family_history_of(patient_id: UUID) -> "QuerySet[models.FamilyHistory]":
    """Return the family history of a chart that is open already."""
    found = models.FamilyHistory.objects.filter(patient_id=patient_id, entered_in_error=False)
    return found.order_by("-recorded_at", "-id")


def obstetric_history(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> Obstetrics:
    """Return the pregnancies with what follows from them.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    look(patient_id, viewer=viewer, at=at, part="pregnancies")
    found = tuple(shown(pregnancies_of(patient_id), viewer=viewer, patient_id=patient_id))
    counts = obstetrics.counted((one.outcome, one.weeks) for one in found)
    running = next((one for one in found if one.outcome == obstetrics.ONGOING and one.last_period_on), None)
    if running is None or running.last_period_on is None:
        return Obstetrics(found, counts)
    weeks = obstetrics.gestation(running.last_period_on, hospital_day(at))
    return Obstetrics(found, counts, obstetrics.due_on(running.last_period_on), weeks)


def pregnancies(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[models.Pregnancy]":
    """Return the pregnancies, the present one first.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    look(patient_id, viewer=viewer, at=at, part="pregnancies")
    return shown(pregnancies_of(patient_id), viewer=viewer, patient_id=patient_id)


def pregnancies_of(patient_id: UUID) -> "QuerySet[models.Pregnancy]":
    """Return the pregnancies of a chart that is open already, the present one first."""
    found = models.Pregnancy.objects.filter(patient_id=patient_id, entered_in_error=False)
    return found.order_by(F("ended_at").desc(nulls_first=True), "-recorded_at", "-id")


def social_history(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> list[models.Observation]:
    """Return the newest of each social history observation.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    look(patient_id, viewer=viewer, at=at, part="social history")
    found = models.Observation.objects.filter(patient_id=patient_id, category="social-history", panel=None)
    found = shown(found, viewer=viewer, patient_id=patient_id).exclude(status__in=["entered-in-error", "cancelled"])
    return list(found.order_by("concept", "-effective_at", "-id").distinct("concept"))


def vaccination_schedule(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> list[Vaccination]:
    """Return every dose of the hospital's schedule that concerns the patient; none for adults and for the dead.

    Raises:
        NotPermitted: `viewer` may not open this chart.
        UnusableSchedule: the table that the hospital named cannot be read.
    """
    look(patient_id, viewer=viewer, at=at, part="vaccination schedule")
    return schedule_of(patient_id, at=at)


def schedule_of(patient_id: UUID, *, at: datetime) -> list[Vaccination]:
    """Return the schedule of a patient whose chart is open already."""
    patient = Patient.objects.get(pk=patient_id)
    age = patient.age_at(at)
    if patient.deceased or (age is not None and age >= ADULT_FROM_YEARS):
        return []
    followed = schedules.followed()
    given = [
        schedule.Given(hospital_day(one.given_at), _codes(one))
        for one in lists.immunisations_of(patient.pk)
        if one.given_at is not None and one.status == "completed"
    ]
    found = schedule.standings(
        followed.series,
        given,
        born=patient.birth_on,
        precision=patient.birth_precision,
        sex=patient.sex,
        today=hospital_day(at),
    )
    return [Vaccination(followed.names[one.series.key], one.number, len(one.series.doses), one) for one in found]


def _codes(one: models.Immunisation) -> frozenset[str]:
    return frozenset({f"{one.code_system}|{one.code}", *(f"{system}|{code}" for system, code, _ in one.other_codes)})


def history_line(patient_id: UUID, kind: str, line_id: UUID, *, viewer: access.Actor, at: datetime) -> Any:
    """Return one line of a kind that is written by hand and was not entered in error.

    Raises:
        NotPermitted: `viewer` may not open this chart, or it has no such line.
    """
    look(patient_id, viewer=viewer, at=at, part=kind)
    told = KINDS[kind]
    rows = told.model._default_manager.filter(pk=line_id, patient_id=patient_id).exclude(told.condition)
    found = shown(rows, viewer=viewer, patient_id=patient_id).first()
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.CHART_READ.value}")
    return found


def history_details(
    one: Any,
) -> FamilyHistoryDetails | ImmunisationDetails | PregnancyDetails | ProcedureDetails:
    """Return a line as the details that would write it."""
    return _SHAPES[type(one)](one)


def _entry(one: Any) -> dict[str, Any]:
    names = ("encounter_id", "recorded_at", "recorded_by_id", "recorded_by_text", "note")
    told = {"id": one.pk, **{name: getattr(one, name) for name in names}}
    if hasattr(one, "display"):
        told["code"] = Code(one.code_system, one.code, one.display)
        told["other_codes"] = tuple(Code(*other) for other in one.other_codes)
    return told


def _moment(at: datetime | None, precision: str) -> Moment | None:
    return Moment(at, precision) if at else None


def _same(one: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(one, name) for name in names}


_SHAPES: Final[dict[type[Any], Any]] = {
    models.FamilyHistory: lambda one: FamilyHistoryDetails(
        **_entry(one), **_same(one, "relation", "onset_age", "deceased", "death_age", "died_of_it")
    ),
    models.Pregnancy: lambda one: PregnancyDetails(
        **_entry(one),
        **_same(one, "outcome", "last_period_on", "weeks", "children", "delivery"),
        ended=_moment(one.ended_at, one.ended_precision),
    ),
    models.Procedure: lambda one: ProcedureDetails(
        **_entry(one),
        **_same(one, "status", "ended_at", "reason", "body_site", "outcome"),
        performed=_moment(one.performed_at, one.performed_precision),
    ),
    models.Immunisation: lambda one: ImmunisationDetails(
        **_entry(one),
        **_same(
            one, "status", "status_reason", "given_text", "given_by", "first_hand", "lot", "dose_text", "site", "route"
        ),
        given=_moment(one.given_at, one.given_precision),
    ),
}
