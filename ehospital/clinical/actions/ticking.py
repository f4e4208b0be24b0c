"""That something of a plan was done or could not be: said by the team, by the patient, or by who acts for the patient.

Nothing is overwritten: taking it back is an event of its own. What a patient says stands as said by the patient.
"""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from ehospital.algorithms.adherence import Tick, open_now, stands
from ehospital.clinical.actions import writing
from ehospital.clinical.models import CareActivity, CareActivityEvent, CarePlan
from ehospital.clinical.policies import planned
from ehospital.foundation import reasons
from ehospital.foundation.days import hospital_day
from ehospital.kernel import timing
from ehospital.people import access

Outcome, SaidBy = CareActivityEvent.Outcome, CareActivityEvent.SaidBy
SAID_WITHIN: Final = timedelta(days=31)
MOST_WORDS: Final = 1000


class NotRunning(RuntimeError):
    """The plan or the activity does not run, or not on that day; nothing was written."""


class NothingLeft(RuntimeError):
    """All that was due has been said already, perhaps a moment ago; nothing was written."""


class UntickedBefore(RuntimeError):
    """It was taken back before, or it is no line that can be; nothing was written."""


class NotYourWord(RuntimeError):
    """It stands on somebody else's word: the team takes back its own, the patient theirs. Nothing was written."""


def writes_with(by: access.Actor) -> access.Permission:
    """Return what whoever says something needs: a patient acts on their own record, everybody else writes a chart."""
    return access.Permission.OWN_RECORD_ACT if by.kind == "patient" else access.Permission.CHART_WRITE


def said_by(by: access.Actor) -> str:
    """Return on whose word it stands."""
    if by.kind != "patient":
        return SaidBy.TEAM
    return SaidBy.PROXY if by.acting else SaidBy.PATIENT


@transaction.atomic
def tick(activity_id: UUID, outcome: str, *, on: date, words: str = "", by: access.Actor, at: datetime) -> UUID:
    """Say that an activity was done, or could not be, on a day; return the event's id.

    Args:
        outcome: `done`, or `missed`: then the words say why.
        on: today or up to 31 days back.
    Raises:
        UnknownEntry: no such activity in a plan that `by` may say something of; a patient says nothing of the team's.
        NotRunning, NothingLeft, ReasonMissing: nothing is written.
    """
    activity = writing.locked(CareActivity, activity_id, by=by, permission=writes_with(by))
    plan = CarePlan.objects.get(pk=activity.care_plan_id)
    own = (CareActivity.Doer.PATIENT, CareActivity.Doer.CARER)
    if outcome not in (Outcome.DONE, Outcome.MISSED) or (by.kind == "patient" and activity.who not in own):
        raise writing.UnknownEntry(f"nothing to say of {activity_id}")
    today = hospital_day(at)
    if plan.status == CarePlan.Status.ENTERED_IN_ERROR or activity.status == "entered-in-error":
        raise writing.UnknownEntry(f"{activity_id} was entered in error")
    if plan.status != "active" or activity.status not in ("in-progress", "scheduled"):
        raise NotRunning("the plan does not run")
    if not today - SAID_WITHIN <= on <= today:
        raise NotRunning(f"{on} is not within the last {SAID_WITHIN.days} days")
    if outcome == Outcome.MISSED:
        reasons.given(words)
    _still_due(plan, activity, on)
    made = _kept(plan, activity, outcome, on=on, words=words, by=by, at=at)
    writing.noted(plan, f"plan.activity_{outcome}", by=by, at=at, details={"activity": str(activity_id)})
    return made.pk


def _still_due(plan: CarePlan, activity: CareActivity, on: date) -> None:
    """Return when the activity is due on that day and not all of it has been said; without a timing it always is."""
    often = planned.how_often(activity)
    if often is None:
        return
    first, last = planned.runs(activity, plan)
    found = timing.windows(often, starts_on=first, ends_on=last, since=on, until=on + timedelta(days=1))
    said = standing_events(activity.care_plan_id).filter(activity=activity)
    stand = open_now(stands(found, [Tick(one.on, one.outcome) for one in said]), today=on)
    if stand is None:
        raise NotRunning(f"it is not due on {on}")
    if not stand.left:
        raise NothingLeft("all of it has been said")


def standing_events(plan_id: UUID) -> "QuerySet[CareActivityEvent]":
    """Return what was said of a plan and not taken back, without the taking back."""
    return CareActivityEvent.objects.filter(care_plan_id=plan_id, undoes=None, undone_by=None).order_by("at", "id")


@transaction.atomic
def take_back_tick(event_id: UUID, *, by: access.Actor, at: datetime) -> None:
    """Take back that something was done, or could not be; both acts stay on record.

    Raises:
        UnknownEntry: no such event in a chart that `by` may say something in.
        UntickedBefore, NotYourWord: nothing is written.
    """
    event = writing.locked(CareActivityEvent, event_id, by=by, permission=writes_with(by))
    if event.undoes_id or CareActivityEvent.objects.filter(undoes=event).exists() or event.activity is None:
        raise UntickedBefore("it was taken back before")
    if (event.said_by == SaidBy.TEAM) != (by.kind != "patient"):
        raise NotYourWord("it stands on somebody else's word")
    plan = CarePlan.objects.get(pk=event.care_plan_id)
    _kept(plan, event.activity, event.outcome, on=event.on, words="", undoes=event, by=by, at=at)
    writing.noted(plan, "plan.activity_taken_back", by=by, at=at, details={"activity": str(event.activity_id)})


@transaction.atomic
def write_to_team(plan_id: UUID, words: str, *, by: access.Actor, at: datetime) -> UUID:
    """Leave a note with a plan that runs, for the team to read; return its id.

    Raises:
        UnknownEntry: no such plan in a chart that `by` may say something in.
        NotRunning, ReasonMissing: nothing is written.
    """
    plan = writing.locked(CarePlan, plan_id, by=by, permission=writes_with(by))
    if plan.status == CarePlan.Status.ENTERED_IN_ERROR:
        raise writing.UnknownEntry(f"{plan_id} was entered in error")
    if plan.status not in ("active", "on-hold"):
        raise NotRunning("the plan does not run")
    reasons.given(words)
    made = _kept(plan, None, Outcome.NOTE, on=hospital_day(at), words=words, by=by, at=at)
    writing.noted(plan, "plan.noted", by=by, at=at)
    return made.pk


def _kept(
    plan: CarePlan,
    activity: CareActivity | None,
    outcome: str,
    *,
    on: date,
    words: str,
    by: access.Actor,
    at: datetime,
    undoes: CareActivityEvent | None = None,
) -> CareActivityEvent:
    made = CareActivityEvent(
        patient_id=plan.patient_id, care_plan=plan, activity=activity, outcome=outcome, on=on,
        words=words.strip()[:MOST_WORDS], undoes=undoes, said_by=said_by(by), at=at, by_id=by.id,
        by_name=by.name[:200],
    )  # fmt: skip
    made.save()
    return made
