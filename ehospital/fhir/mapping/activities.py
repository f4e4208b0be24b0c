"""Who does an activity of a care plan, and how often."""

from typing import Any, Final

from ehospital.clinical.models import CareActivity
from ehospital.fhir.elements import Element
from ehospital.fhir.mapping.links import Links
from ehospital.fhir.references import target
from ehospital.kernel import timing
from ehospital.people.models import StaffRole

ROLES: Final = "urn:ehospital:role"
"""The system of the identifier by which a plan names the staff of one role."""

_ROLES = tuple(StaffRole.Role.values)
Doer = CareActivity.Doer


def doer(detail: Element, links: Links) -> dict[str, Any]:
    """Return who does it; of several the first who can be named here."""
    performers = detail.children("performer")
    for one in performers:
        if found := _doer(one, links):
            return found
    if performers:
        detail.reading.note(f"{detail.path}.performer: who does it is not known here; kept without")
    return {}


def _doer(performer: Element, links: Links) -> dict[str, Any]:
    number = performer.child("identifier")
    if number and number.text("system") == ROLES:
        role = number.text("value", 20)
        return {"who": Doer.ROLE, "role": role} if role in _ROLES else {}
    leads = target(performer.json)
    kind = performer.text("type", 60) or (leads.kind if leads else "")
    if kind in ("Patient", "RelatedPerson"):
        return {"who": Doer.PATIENT if kind == "Patient" else Doer.CARER}
    if kind not in ("", "Practitioner"):
        return {}
    staff, _ = links.staff(performer)
    return {"who": Doer.STAFF, "staff_id": staff} if staff else {}


def when(detail: Element) -> dict[str, Any]:
    """Return how often it is done, from which day, and until which."""
    scheduled = detail.child("scheduledTiming")
    repeat = scheduled.child("repeat") if scheduled else None
    bounds = (repeat.child("boundsPeriod") if repeat else None) or detail.child("scheduledPeriod")
    starts, ends = (bounds.day("start"), bounds.day("end")) if bounds else (None, None)
    if bounds and starts and ends and ends < starts:
        raise bounds.refuse("end", "lies before the start")
    return {"timing": _timing(repeat), "starts_on": starts, "ends_on": ends}


def _timing(repeat: Element | None) -> dict[str, Any] | None:
    if repeat is None:
        return None
    told = {name: value for name, value in repeat.json.items() if name != "boundsPeriod"}
    try:
        return timing.written(timing.read(told)) or None
    except (timing.MalformedTiming, TypeError):
        repeat.reading.note(f"{repeat.path}: how often is not told in days, weeks or months; not kept")
        return None
