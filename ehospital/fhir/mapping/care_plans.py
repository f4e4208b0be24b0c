"""CarePlan and Goal."""

from typing import Final
from uuid import UUID

from ehospital.clinical.details import ActivityDetails, CarePlanDetails, GoalDetails
from ehospital.clinical.models import CareActivity, CarePlan, Goal
from ehospital.fhir.elements import Element
from ehospital.fhir.mapping import activities, notes
from ehospital.fhir.mapping import targets as targets_
from ehospital.fhir.mapping.links import Links
from ehospital.kernel.codes import SNOMED, Code

REASON: Final = "urn:ehospital:fhir:status-reason"
"""The extension for why a plan is held, ended or revoked; R4 has no element for it."""

_CARE_ACTIVITY_STATUS = tuple(CareActivity.Status.values)
_CARE_PLAN_STATUS = tuple(CarePlan.Status.values)
_GOAL_STATUS = tuple(Goal.Status.values)


def read_plan(resource: Element, key: UUID, links: Links) -> CarePlanDetails:
    """Return a plan with its activities; its title, or its category, is what it is called."""
    categories = resource.concepts("category", (SNOMED,))
    title = resource.text("title", 1000)
    found = categories[0] if categories else None
    if not title and not found:
        raise resource.refuse("category", "and title are both missing")
    period = resource.period("period")
    created = resource.past(resource.moment("created"), "created")
    author, named = links.staff(resource.child("author"), *resource.children("contributor"))
    code = found.code if found else Code("", "", title)
    problems, reason = _for(resource, links)
    return CarePlanDetails(
        id=key,
        encounter_id=links.entry("Encounter", resource.child("encounter")),
        recorded_at=created.at if created else period.start_at,
        recorded_by_id=author,
        recorded_by_text=named,
        code=Code(code.system, code.code, title or code.display),
        other_codes=tuple(other.code for other in categories[1:]) + (found.others if found else ()),
        status=resource.word("status", _CARE_PLAN_STATUS),
        intent=resource.text("intent", 16),
        description=resource.text("description", notes.LONGEST_NOTE) or notes.annotations(resource),
        reason=reason,
        problem_ids=problems,
        status_reason=_status_reason(resource),
        started_at=period.start_at,
        ended_at=period.end_at,
        activities=tuple(_activities(resource, links)),
    )


def _status_reason(resource: Element) -> str:
    told = [one.text("valueString", 1000) for one in resource.children("extension") if one.json.get("url") == REASON]
    return told[0] if told else ""


def _for(resource: Element, links: Links) -> tuple[tuple[UUID, ...], str]:
    """Return the problems of the chart that a plan is for, and words: of what is no such problem, else of these."""
    linked: dict[UUID, str] = {}
    others = []
    for one in resource.children("addresses"):
        if key := links.entry("Condition", one) if "reference" in one else None:
            linked[key] = links.words(one)
        else:
            others.append(links.words(one))
    words = "; ".join(filter(None, others)) or ", ".join(filter(None, linked.values()))
    return tuple(linked), words[:1000]


def _activities(resource: Element, links: Links) -> list[ActivityDetails]:
    found = []
    for one in resource.children("activity"):
        detail = one.child("detail")
        if detail is None:
            resource.reading.note(f"{resource.path}.activity: one that is only a reference is not kept")
            continue
        concept, description = detail.concept("code", (SNOMED,)), detail.text("description", 5000)
        if concept is None and not description:
            resource.reading.note(f"{resource.path}.activity: one without words is not kept")
            continue
        place = detail.child("location")
        found.append(
            ActivityDetails(
                code=concept.code if concept else Code("", "", description[:1000]),
                status=detail.word("status", _CARE_ACTIVITY_STATUS, otherwise="unknown"),
                description=description,
                place=place.text("display", 250) if place else "",
                **activities.doer(detail, links),
                **activities.when(detail),
            )
        )
    return found


def read_goal(resource: Element, key: UUID, links: Links) -> GoalDetails:
    """Return a goal; it needs words and a lifecycle status."""
    found = resource.concept("description", (SNOMED,))
    if found is None:
        raise resource.refuse("description", "is missing")
    targets = resource.children("target")
    if len(targets) > 1:
        resource.reading.note(f"{resource.path}.target: only the first is kept")
    stated = resource.moment("statusDate")
    author, named = links.staff(resource.child("expressedBy"))
    return GoalDetails(
        id=key,
        recorded_at=stated.at if stated else None,
        recorded_by_id=author,
        recorded_by_text=named,
        code=found.code,
        other_codes=found.others,
        status=resource.word("lifecycleStatus", _GOAL_STATUS),
        achievement=_achievement(resource),
        care_plan_id=links.care_plan_of(key),
        started_on=resource.day("startDate"),
        **targets_.read(resource, targets[0] if targets else None),
        note=notes.annotations(resource),
    )


def _achievement(resource: Element) -> str:
    found = resource.concept("achievementStatus")
    return (found.code.code or found.code.display)[:120] if found else ""
