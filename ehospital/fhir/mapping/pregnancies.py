"""A pregnancy: an Observation under a code of ours, whose parts are the last period, the end, the weeks, the children.

The International Patient Summary knows whether somebody is pregnant and counts of outcomes, each an Observation; single
pregnancies have no profile there. A running one is therefore written under its code for the status as well.
"""

from typing import Final
from uuid import UUID

from ehospital.clinical.details import Code, Moment, ObservationDetails, PregnancyDetails
from ehospital.clinical.models import Pregnancy
from ehospital.fhir.elements import Element
from ehospital.fhir.mapping import notes, observations
from ehospital.fhir.mapping.links import Links
from ehospital.kernel.codes import LOINC

PREGNANCIES: Final = "urn:ehospital:pregnancy"
PREGNANCY: Final = "pregnancy"
LAST_PERIOD: Final = (LOINC, "8665-2")
WEEKS: Final = (LOINC, "49051-6")
ENDED, CHILDREN, DELIVERY = ((PREGNANCIES, name) for name in ("ended", "children", "delivery"))

_OUTCOMES = tuple(Pregnancy.Outcome.values)
_DELIVERIES = tuple(Pregnancy.Delivery.values)
_WRONG = "entered-in-error"
MOST_WEEKS, MOST_CHILDREN = 45, 9


def read(resource: Element, key: UUID, links: Links) -> ObservationDetails | PregnancyDetails:
    """Return a pregnancy when the code says that it is one, and any other observation as such."""
    if not _is(resource, (PREGNANCIES, PREGNANCY)):
        return observations.read(resource, key, links)
    parts = resource.children("component")
    recorded = resource.past(resource.moment("issued"), "issued")
    recorder, named = links.staff(*resource.children("performer"))
    outcome = _word(resource, _OUTCOMES)
    if not outcome:
        raise resource.refuse("valueCodeableConcept", "says no outcome")
    ended = _moment(parts, ENDED)
    last_period, weeks = _moment(parts, LAST_PERIOD), _part(parts, WEEKS)
    length = weeks.child("valueQuantity") if weeks else None
    children, delivery = _part(parts, CHILDREN), _part(parts, DELIVERY)
    return _possible(
        resource,
        PregnancyDetails(
            id=key,
            encounter_id=links.entry("Encounter", resource.child("encounter")),
            recorded_at=recorded.at if recorded else None,
            recorded_by_id=recorder,
            recorded_by_text=named,
            outcome=outcome,
            last_period_on=resource.reading.day(last_period.at) if last_period else None,
            ended=ended,
            weeks=_whole(length, "value"),
            children=1 if children is None else _whole(children, "valueInteger") or 0,
            delivery=_word(delivery, _DELIVERIES) if delivery else "",
            note=notes.annotations(resource),
            entered_in_error=resource.text("status", 60) == _WRONG,
        ),
    )


def _possible(resource: Element, told: PregnancyDetails) -> PregnancyDetails:
    """Return a pregnancy that can be one.

    Raises:
        LeftOut: it has ended and has not, or its numbers are none.
    """
    if told.outcome == Pregnancy.Outcome.ONGOING and (told.ended or told.weeks is not None or told.delivery):
        raise resource.refuse("component", "tells of the end of a pregnancy that has not ended")
    if not 0 <= (told.weeks or 0) <= MOST_WEEKS or not 1 <= told.children <= MOST_CHILDREN:
        raise resource.refuse("component", "holds a number that no pregnancy has")
    return told


def _codings(element: Element, name: str) -> list[Code]:
    found = element.concept(name, (PREGNANCIES, LOINC))
    return [found.code, *found.others] if found else []


def _is(element: Element, code: tuple[str, str]) -> bool:
    return any((one.system, one.code) == code for one in _codings(element, "code"))


def _part(parts: list[Element], code: tuple[str, str]) -> Element | None:
    return next((one for one in parts if _is(one, code)), None)


def _moment(parts: list[Element], code: tuple[str, str]) -> Moment | None:
    part = _part(parts, code)
    return part.past(part.moment("valueDateTime"), "valueDateTime") if part else None


def _word(element: Element, allowed: tuple[str, ...]) -> str:
    codes = [one.code for one in _codings(element, "valueCodeableConcept") if one.system == PREGNANCIES]
    return next((one for one in codes if one in allowed), "")


def _whole(element: Element | None, name: str) -> int | None:
    number = element.number(name) if element else None
    if element is None or number is None:
        return None
    if number != int(number):
        raise element.refuse(name, "is no whole number")
    return int(number)
