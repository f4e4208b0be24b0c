"""Flag."""

from typing import Final
from uuid import UUID

from ehospital.clinical.details import FlagDetails
from ehospital.fhir.elements import Element
from ehospital.fhir.mapping.links import Links

FLAGS: Final = "urn:ehospital:safety-flag"
"""The vocabulary of our own kinds of flags, as we send them."""

_STATUSES = ("active", "inactive", "entered-in-error")


def read(resource: Element, key: UUID, links: Links) -> FlagDetails:
    """Return a safety flag in the words of its source: our own kinds are raised by our own people."""
    found = resource.concept("code")
    if found is None:
        raise resource.refuse("code", "is missing")
    if FLAGS in (found.code.system, *(one.system for one in found.others)):
        resource.reading.note(f"{resource.path}.code: the kind of a flag is kept in words; ours are raised here")
    status = resource.word("status", _STATUSES)
    period = resource.period("period")
    if period.start is None:
        raise resource.refuse("period", "is missing")
    end = period.end_at
    if status == "inactive" and end is None:
        resource.reading.note(f"{resource.path}: inactive without an end; kept as ended when it began")
        end = period.start.at
    author, named = links.staff(resource.child("author"))
    return FlagDetails(
        id=key,
        encounter_id=links.entry("Encounter", resource.child("encounter")),
        recorded_at=period.start.at,
        recorded_by_id=author,
        recorded_by_text=named,
        kind="other",
        words=found.code.display[:250],
        started_at=period.start.at,
        ended_at=end,
        entered_in_error=status == "entered-in-error",
    )
