"""Observation."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

from ehospital.clinical.details import ObservationDetails, PartDetails, Reference, Value
from ehospital.clinical.models import Observation
from ehospital.fhir.elements import Element, LeftOut, Period, unit_of
from ehospital.fhir.mapping import notes
from ehospital.fhir.mapping.links import Links
from ehospital.kernel.codes import LOINC, SNOMED, Code

_OBSERVATION_STATUS = tuple(Observation.Status.values)

_CATEGORIES = {**{word: word for word in Observation.Category.values}, "vital-sign": "vital-signs"}
_LIMITS = tuple(Observation.Comparator.values)


def read(resource: Element, key: UUID, links: Links) -> ObservationDetails:
    """Return a result or vital sign; it needs words, a status and a time, and at most one value."""
    found = resource.concept("code", (LOINC, SNOMED))
    if found is None:
        raise resource.refuse("code", "is missing")
    status = resource.word("status", _OBSERVATION_STATUS)
    period = _effective(resource)
    assert period.start is not None
    performer, named = links.staff(*resource.children("performer"))
    issued = resource.past(resource.moment("issued"), "issued")
    value = _value(resource)
    for lost in ("hasMember", "derivedFrom"):
        if resource.children(lost):
            resource.reading.note(f"{resource.path}.{lost}: links between observations are not kept")
    return ObservationDetails(
        id=key,
        encounter_id=links.entry("Encounter", resource.child("encounter")),
        recorded_at=issued.at if issued else period.start.at,
        recorded_by_id=performer,
        recorded_by_text=named,
        code=found.code,
        other_codes=found.others,
        effective=period.start,
        effective_until=period.end_at,
        issued_at=issued.at if issued else None,
        category=_category(resource),
        status=status,
        value=value,
        interpretation=_interpretation(resource),
        reference=_reference(resource, value),
        method=resource.words("method", 250),
        body_site=resource.words("bodySite", 250),
        note=notes.annotations(resource),
        parts=tuple(_part(part) for part in resource.children("component")),
    )


def _part(component: Element) -> PartDetails:
    found = component.concept("code", (LOINC, SNOMED))
    if found is None:
        raise component.refuse("code", "is missing")
    value = _value(component)
    return PartDetails(
        code=found.code,
        other_codes=found.others,
        value=value,
        interpretation=_interpretation(component),
        reference=_reference(component, value),
    )


def _effective(resource: Element) -> Period:
    at = resource.moment("effectiveDateTime") or resource.moment("effectiveInstant")
    period = Period(at, None) if at else resource.period("effectivePeriod")
    if period.start is None and (issued := resource.moment("issued")):
        resource.reading.note(f"{resource.path}: says when it was issued, not when it was observed")
        period = Period(issued, None)
    if period.start is None:
        raise LeftOut(f"{resource.path} does not say when")
    resource.past(period.start, "effectiveDateTime")
    return period


def _category(resource: Element) -> str:
    codes = [coding.text("code", 60) for one in resource.children("category") for coding in one.children("coding")]
    known = next((_CATEGORIES[code] for code in codes if code in _CATEGORIES), None)
    if known is None and codes:
        resource.reading.note(f"{resource.path}.category: “{codes[0]}” is kept as another category")
    return known or Observation.Category.OTHER


def _value(element: Element) -> Value:
    present = [name for name in element.json if name.startswith("value") and element.json[name] is not None]
    if len(present) > 1:
        raise LeftOut(f"{element.path} has more than one value ({', '.join(sorted(present))})")
    if not present:
        return Value(absent_reason=element.words("dataAbsentReason", 250))
    read_it = _VALUES.get(present[0])
    if read_it is None:
        raise LeftOut(f"{element.path}.{present[0]}: a value of this kind is not kept")
    return read_it(element)


def _quantity(element: Element) -> Value:
    found = element.child("valueQuantity")
    assert found is not None
    number = found.number("value")
    unit, ucum = unit_of(found)
    if number is None:
        return Value(absent_reason=element.words("dataAbsentReason", 250) or "a quantity without a number")
    if not unit:
        element.reading.note(f"{found.path}: a number without a unit")
    comparator = found.word("comparator", _LIMITS, otherwise="") if "comparator" in found else ""
    if "comparator" in found and not comparator:
        raise found.refuse("comparator", "is none of its codes, and changes what the number means")
    return Value(number=number, comparator=comparator, unit=unit, ucum=ucum)


def _coded(element: Element) -> Value:
    found = element.concept("valueCodeableConcept", (SNOMED, LOINC))
    return Value(code=found.code) if found else Value(absent_reason="a code that says nothing")


def _truth(element: Element) -> Value:
    found = element.flag("valueBoolean")
    return Value(code=Code("", "true" if found else "false", "yes" if found else "no"))


def _text(name: str) -> Callable[[Element], Value]:
    return lambda element: Value(text=element.text(name, notes.LONGEST_NOTE))


def _range(element: Element) -> Value:
    found = element.child("valueRange")
    low, high = (found.child(name) for name in ("low", "high")) if found else (None, None)
    return Value(text=f"{_words(low)} – {_words(high)}".strip(" –") or "an empty range")


def _ratio(element: Element) -> Value:
    found = element.child("valueRatio")
    above, below = (found.child(name) for name in ("numerator", "denominator")) if found else (None, None)
    return Value(text=f"{_words(above)} : {_words(below)}")


def _period(element: Element) -> Value:
    found = element.child("valuePeriod")
    start, end = (found.text(name, 40) for name in ("start", "end")) if found else ("", "")
    return Value(text=f"{start} – {end}".strip(" –") or "an empty period")


def _words(quantity: Element | None) -> str:
    if quantity is None:
        return ""
    number = quantity.number("value")
    return f"{quantity.text('comparator', 2)}{'' if number is None else number} {unit_of(quantity)[0]}".strip()


_VALUES: dict[str, Callable[[Element], Value]] = {
    "valueQuantity": _quantity,
    "valueCodeableConcept": _coded,
    "valueString": _text("valueString"),
    "valueBoolean": _truth,
    "valueInteger": lambda element: Value(number=element.number("valueInteger")),
    "valueRange": _range,
    "valueRatio": _ratio,
    "valueTime": _text("valueTime"),
    "valueDateTime": _text("valueDateTime"),
    "valuePeriod": _period,
}


def _interpretation(element: Element) -> str:
    found = element.concepts("interpretation")
    return (found[0].code.code or found[0].code.display)[:20] if found else ""


def _reference(element: Element, value: Value) -> Reference:
    """The first range that is for everybody; one in another unit than the value is kept as words only."""
    ranges = element.children("referenceRange")
    general = [one for one in ranges if "appliesTo" not in one and "age" not in one] or ranges
    if len(ranges) > 1:
        element.reading.note(f"{element.path}.referenceRange: only one is kept")
    if not general:
        return Reference()
    low, high = general[0].child("low"), general[0].child("high")
    text = general[0].text("text", 500)
    numbers = (low.number("value") if low else None, high.number("value") if high else None)
    other_unit = any(one and _another_unit(one, value) for one in (low, high))
    if other_unit or len(general) != len(ranges) or _wrong_way_round(*numbers) or general[0].words("appliesTo", 1):
        return Reference(text=text or f"{_words(low)} – {_words(high)}".strip(" –")[:500])
    return Reference(low=numbers[0], high=numbers[1], text=text)


def _another_unit(end: Element, value: Value) -> bool:
    written, ucum = unit_of(end)
    return written not in ("", value.unit) or (ucum not in ("", value.ucum) and bool(value.ucum))


def _wrong_way_round(low: Decimal | None, high: Decimal | None) -> bool:
    return low is not None and high is not None and high < low
