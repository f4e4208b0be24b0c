"""Treatment plans in words: how often, who, which target, how far; for staff and, in plain words, for patients."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ehospital.algorithms.goal_progress import Achievement, Point, Progress, State
from ehospital.clinical.models import CareActivity, CarePlan, Goal, PlanChange
from ehospital.clinical.models.care_plans import CareActivityStatus, CarePlanStatus, Doer
from ehospital.foundation.days import hospital_day
from ehospital.kernel import timing
from ehospital.kernel.timing import DAY, MONTH, ONCE, WEEK, Timing
from ehospital.people.models import StaffRole
from ehospital.reporting.plans import GoalView
from ehospital.web.kit.dates import day, longday
from ehospital.web.kit.quantities import readable, unit_words
from ehospital.web.kit.sparkline import Spark, spark

WEEKDAYS: Final[Mapping[str, Promise]] = {
    "mon": gettext_lazy("Monday"), "tue": gettext_lazy("Tuesday"), "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"), "fri": gettext_lazy("Friday"), "sat": gettext_lazy("Saturday"),
    "sun": gettext_lazy("Sunday"),
}  # fmt: skip
ACHIEVED: Final[Mapping[str, Promise]] = {
    "in-progress": gettext_lazy("On the way"),
    "improving": gettext_lazy("Getting better"),
    "worsening": gettext_lazy("Getting worse"),
    "no-change": gettext_lazy("No change"),
    "achieved": gettext_lazy("Reached"),
    "sustaining": gettext_lazy("Reached and kept"),
    "not-achieved": gettext_lazy("Not reached"),
    "not-attainable": gettext_lazy("Cannot be reached"),
}
_STATES: Final[Mapping[State, tuple[Promise, str]]] = {
    State.NOT_MEASURED: (gettext_lazy("Not measured yet"), "unknown"),
    State.NOT_KNOWN: (gettext_lazy("Not known: measured too long ago"), "unknown"),
    State.UNCLEAR: (gettext_lazy("Not clear: only a limit was measured"), "unknown"),
    State.IN_TARGET: (gettext_lazy("In the target"), "ok"),
    State.BELOW: (gettext_lazy("Below the target"), "warn"),
    State.ABOVE: (gettext_lazy("Above the target"), "warn"),
}
_PLAIN: Final[Mapping[State, Promise]] = {
    State.NOT_MEASURED: gettext_lazy("Nothing has been measured yet."),
    State.NOT_KNOWN: gettext_lazy("The last value is a while ago. A new one tells where you are."),
    State.UNCLEAR: gettext_lazy("The last value does not tell for certain. Ask your care team."),
    State.IN_TARGET: gettext_lazy("You are there: the last value is where it should be."),
    State.BELOW: gettext_lazy("The last value is lower than planned. Your care team sees it too."),
    State.ABOVE: gettext_lazy("The last value is higher than planned. Your care team sees it too."),
}
_FIELDS: Final[Mapping[str, Promise]] = {
    "title": gettext_lazy("Title"),
    "description": gettext_lazy("Instructions"),
    "words": gettext_lazy("In words"),
    "target": gettext_lazy("Target"),
    "due_on": gettext_lazy("Due"),
    "counts_for_days": gettext_lazy("Days for which a value counts"),
    "note": gettext_lazy("Remarks"),
    "who": gettext_lazy("Who does it"),
    "timing": gettext_lazy("How often"),
    "starts_on": gettext_lazy("First day"),
    "ends_on": gettext_lazy("Last day"),
    "achievement": gettext_lazy("Goal"),
    "status": gettext_lazy("State"),
}
_RUNNING: Final = {CareActivityStatus.IN_PROGRESS, CareActivityStatus.SCHEDULED, CareActivityStatus.NOT_STARTED}


def how_often(often: Timing | None, *, ends_on: date | None = None, patient: bool = False) -> str:
    """Return how often something is due: every day, 3 times a week, on Monday and Thursday, once by 5-Mar-2026."""
    if often is None:
        return _("as it comes")
    written = longday if patient else day
    if often.unit == ONCE:
        return _("once, by {day}").format(day=written(ends_on)) if ends_on else _("once")
    words = _on_days(often) if often.weekdays else _in_every(often)
    return _("{often}, until {day}").format(often=words, day=written(ends_on)) if ends_on else words


def _on_days(often: Timing) -> str:
    names = ", ".join(str(WEEKDAYS[one]) for one in timing.WEEKDAYS if one in often.weekdays)
    times = ngettext("{n} time", "{n} times", often.times).format(n=often.times)
    found = names if often.times == 1 else f"{names} ({times})"
    if often.every > 1:
        return _("{days}, every {n} weeks").format(days=found, n=often.every)
    return found


def _in_every(often: Timing) -> str:
    n, every = often.times, often.every
    if every == 1:
        once = {DAY: _("every day"), WEEK: _("once a week"), MONTH: _("once a month")}
        many = {DAY: _("{n} times a day"), WEEK: _("{n} times a week"), MONTH: _("{n} times a month")}
        return once[often.unit] if n == 1 else many[often.unit].format(n=n)
    spans = {DAY: _("{every} days"), WEEK: _("{every} weeks"), MONTH: _("{every} months")}
    span = spans[often.unit].format(every=every)
    return _("every {span}").format(span=span) if n == 1 else _("{n} times in {span}").format(n=n, span=span)


def doer_words(activity: CareActivity) -> str:
    """Return who does it; unit and member of staff must be loaded."""
    if activity.who == Doer.ROLE:
        return str(StaffRole.Role(activity.role).label)
    if activity.who == Doer.UNIT and activity.unit:
        return activity.unit.name
    if activity.who == Doer.STAFF and activity.staff:
        return activity.staff.name_text
    return str(Doer(activity.who).label) if activity.who else _("nobody named")


def target_words(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """Return a target: 90–130 mmHg, at most 53 mmol/mol; empty when there is none."""
    if low is None and high is None:
        return ""
    if low is None:
        words = _("at most {value}").format(value=readable(high))
    elif high is None:
        words = _("at least {value}").format(value=readable(low))
    else:
        words = readable(low) if low == high else f"{readable(low)}–{readable(high)}"
    return f"{words} {unit_words(unit)}".strip()


@dataclass(frozen=True)
class GoalShown:
    """One goal as a page draws it. `percent` is how much of the bar is filled; None where nothing can be said."""

    goal: Goal
    target: str
    state: str
    kind: str
    plain: str
    judged: str
    latest: str
    latest_at: datetime | None
    old: bool
    baseline: str
    percent: int | None
    share: str
    trend: str
    spark: Spark | None
    unusable: int
    overdue: bool


def goal_shown(view: GoalView, *, at: datetime) -> GoalShown:
    """Return a goal in words and numbers."""
    goal, found = view.goal, view.progress
    words, kind = _STATES[found.state] if found else (ACHIEVED.get(goal.achievement, ""), "")
    latest = found.latest if found else None
    move = found.achievement if found else Achievement.NONE
    tells = found is not None and found.state not in (State.NOT_MEASURED, State.NOT_KNOWN)
    return GoalShown(
        goal=goal,
        target=target_words(goal.target_low, goal.target_high, goal.target_unit),
        state=str(words),
        kind=kind if found else ("ok" if goal.achievement in ("achieved", "sustaining") else ""),
        plain=str(_PLAIN[found.state]) if found else str(words),
        judged=str(ACHIEVED.get(goal.achievement, "")) if found else "",
        latest=_value(latest, goal),
        latest_at=latest.at if latest else None,
        old=found is not None and found.state is State.NOT_KNOWN,
        baseline=_value(found.baseline, goal) if found and found.baseline is not latest else "",
        percent=round(found.way * 100) if found and found.way is not None else None,
        share=_share(found) if found else "",
        trend=str(ACHIEVED[move]) if tells and move in ("improving", "worsening", "no-change", "achieved") else "",
        spark=_spark(found, goal, view.since, at) if found and len(found.points) > 1 else None,
        unusable=found.unusable if found else 0,
        overdue=_overdue(goal, found, at),
    )


def _overdue(goal: Goal, found: Progress | None, at: datetime) -> bool:
    """Tell whether the day has passed by which the goal was to be reached, and it is not."""
    reached = found.state is State.IN_TARGET if found else goal.achievement in ("achieved", "sustaining")
    return goal.due_on is not None and goal.due_on < hospital_day(at) and not reached


def _value(point: Point | None, goal: Goal) -> str:
    return f"{readable(point.value)} {unit_words(goal.target_unit)}".strip() if point else ""


def _share(found: Progress) -> str:
    if not found.counted:
        return ""
    words = ngettext("{inside} of {n} value in the target", "{inside} of {n} values in the target", found.counted)
    told = words.format(inside=found.in_range, n=found.counted)
    if found.time_in_range is None:
        return told
    return _("{values}; {percent} % of the time").format(values=told, percent=round(found.time_in_range * 100))


def _spark(found: Progress, goal: Goal, since: datetime, at: datetime) -> Spark:
    """Draw the values since the goal began, in a frame that the target gives and no value."""
    edges = [float(one) for one in (goal.target_low, goal.target_high) if one is not None]
    room = max(max(edges) - min(edges), max(abs(edge) for edge in edges) * 0.4) or 1.0
    begun = min(since, found.points[0].at)
    hours = max(1.0, (at - begun).total_seconds() / 3600)
    points = [(one.at, float(one.value)) for one in found.points if one.exact]
    return spark(
        "goal", points, until=at, hours=hours, gap_s=hours * 3600, frame=(min(edges) - room, max(edges) + room)
    )


def plan_state(plan: CarePlan) -> tuple[str, str]:
    """Return the state of a plan in words, and the kind of its tag."""
    kinds = {"active": "ok", "on-hold": "warn", "draft": "info"}
    return str(CarePlanStatus(plan.status).label), kinds.get(plan.status, "")


@dataclass(frozen=True)
class ChangeShown:
    """One thing that was made of a plan, in words."""

    at: datetime
    by: str
    title: str
    field: str
    before: str
    after: str
    reason: str


def change_shown(one: PlanChange) -> ChangeShown:
    """Return a change in words."""
    titles = {
        "made": _("The plan was made"),
        "moved": _("The plan is now: {state}").format(state=_told("status", one.after)) if one.step == "moved" else "",
    }
    special = {"added": _("{line}: added"), "dropped": _("{line}: dropped")}
    title = titles.get(one.step) or special.get(one.field, "{line}").format(line=one.about or _("The plan"))
    whole = one.step in titles or one.field in special
    return ChangeShown(
        at=one.at,
        by=one.by_name,
        title=title,
        field="" if whole else str(_FIELDS.get(one.field, one.field)),
        before="" if whole else _told(one.field, one.before),
        after="" if whole else _told(one.field, one.after),
        reason=one.reason,
    )


def _told(name: str, value: Any) -> str:
    """Return the value of a field as `PlanChange` keeps it, in words; empty for nothing."""
    if value in (None, "", {}):
        return ""
    if name == "target":
        low, high = (Decimal(value[end]) if end in value else None for end in ("low", "high"))
        return target_words(low, high, value.get("unit", ""))
    if name == "timing":
        return how_often(timing.read(value))
    if name == "who":
        role = value.get("role", "")
        return str(StaffRole.Role(role).label) if role else str(Doer(value["who"]).label)
    if name in ("due_on", "starts_on", "ends_on"):
        return day(date.fromisoformat(value))
    if name == "status":
        return str(CarePlanStatus(value).label)
    return str(ACHIEVED.get(value, value)) if name == "achievement" else str(value)


def runs(activity: CareActivity) -> bool:
    """Tell whether an activity is one to be followed."""
    return activity.status in _RUNNING
