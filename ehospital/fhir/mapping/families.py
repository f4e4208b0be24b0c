"""FamilyMemberHistory: what runs in the family, one line for each condition of a relative."""

from math import floor
from typing import Final
from uuid import UUID

from ehospital.clinical.details import FamilyHistoryDetails
from ehospital.clinical.details.histories import condition_id
from ehospital.clinical.models import FamilyHistory
from ehospital.fhir.elements import Concept, Element, LeftOut
from ehospital.fhir.mapping import notes
from ehospital.fhir.mapping.links import Links
from ehospital.kernel.codes import ICD10, SNOMED

RECORDER: Final = "urn:ehospital:fhir:recorder"
ENCOUNTER: Final = "urn:ehospital:fhir:encounter"
"""Extensions for who wrote a line down and during which encounter, where R4 has no element for it."""

_RELATION = tuple(FamilyHistory.Relation.values)
_STATUS = ("partial", "completed", "entered-in-error", "health-unknown")
# HL7 v3 RoleCode and SNOMED CT; what is not here becomes another relative, in words.
_RELATIONS: Final = {
    **{code: code for code in _RELATION},
    "NMTH": "MTH", "NFTH": "FTH", "NSIS": "SIS", "NBRO": "BRO", "DAUC": "DAU", "NDAU": "DAU", "SONC": "SON",
    "NSON": "SON", "MAUNT": "AUNT", "PAUNT": "AUNT", "MUNCLE": "UNCLE", "PUNCLE": "UNCLE", "MCOUSN": "COUSN",
    "PCOUSN": "COUSN",
    "72705000": "MTH", "66839005": "FTH", "27733009": "SIS", "70924004": "BRO", "66089001": "DAU", "65616008": "SON",
}  # fmt: skip
_OLDEST: Final = 130
_MONTHS: Final = 12


class NoCondition(LeftOut):
    """The relative has no condition: nothing is kept of it, and what came with it before is no more."""


def read(resource: Element, key: UUID, links: Links) -> tuple[FamilyHistoryDetails, ...]:
    """Return the conditions of a relative; the first has the id of the resource. At least one is needed."""
    status = resource.word("status", _STATUS)
    conditions = resource.children("condition")
    if not conditions:
        raise NoCondition(f"{resource.path}.condition is missing; relatives without a condition are not kept")
    relation, called = _relation(resource)
    deceased, death_age, died = _death(resource)
    recorder, named = links.staff(*(one.child("valueReference") for one in _extensions(resource, RECORDER)))
    encounters = [one.child("valueReference") for one in _extensions(resource, ENCOUNTER)]
    recorded = resource.past(resource.moment("date"), "date")
    found = []
    for place, one in enumerate(conditions):
        concept = one.concept("code", (ICD10, SNOMED))
        if concept is None:
            raise one.refuse("code", "is missing")
        onset, onset_words = _onset(one)
        died_of_it = one.flag("contributedToDeath") is True
        found.append(
            FamilyHistoryDetails(
                id=condition_id(key, place),
                encounter_id=links.entry("Encounter", encounters[0] if encounters else None),
                recorded_at=recorded.at if recorded else None,
                recorded_by_id=recorder,
                recorded_by_text=named,
                code=concept.code,
                other_codes=concept.others,
                relation=relation,
                onset_age=onset,
                deceased="yes" if died_of_it else deceased,
                death_age=_not_before(onset, death_age, one),
                died_of_it=died_of_it,
                note="\n\n".join(
                    text for text in (called, onset_words, died, notes.annotations(one), notes.annotations(resource))
                    if text
                ),
                entered_in_error=status == "entered-in-error",
            )
        )  # fmt: skip
    return tuple(found)


def _extensions(resource: Element, url: str) -> list[Element]:
    return [one for one in resource.children("extension") if one.json.get("url") == url]


def _relation(resource: Element) -> tuple[str, str]:
    """Return who it is, and for another relative the source's words."""
    found = resource.concept("relationship")
    if found is None:
        raise resource.refuse("relationship", "is missing")
    codes = [found.code.code, *(one.code for one in found.others)]
    known = next((_RELATIONS[code] for code in codes if code in _RELATIONS), None)
    if known:
        return known, ""
    return FamilyHistory.Relation.OTHER, _words(found)


def _words(found: Concept) -> str:
    return found.code.display or found.code.code


def _onset(condition: Element) -> tuple[int | None, str]:
    """Return the age at the onset in years, or what else is said of it."""
    age = _years(condition, "onsetAge")
    words = condition.text("onsetString", 500)
    for lost in ("onsetRange", "onsetPeriod"):
        if lost in condition:
            condition.reading.note(f"{condition.path}.{lost}: not kept as an age")
    return age, words


def _death(resource: Element) -> tuple[str, int | None, str]:
    """Return whether the relative has died, at which age, and what else is said of it."""
    age = _years(resource, "deceasedAge")
    words = resource.text("deceasedString", 500) or resource.text("deceasedDate", 40)
    if "deceasedRange" in resource:
        resource.reading.note(f"{resource.path}.deceasedRange: not kept as an age")
    if "deceasedAge" in resource or "deceasedRange" in resource or words:
        return FamilyHistory.Deceased.YES, age, words
    told = resource.flag("deceasedBoolean")
    if told is None:
        return FamilyHistory.Deceased.NOT_KNOWN, None, ""
    return (FamilyHistory.Deceased.YES if told else FamilyHistory.Deceased.NO), None, ""


def _years(element: Element, name: str) -> int | None:
    """Return an age in completed years; one in another unit than years and months is noted and left away."""
    age = element.child(name)
    number = age.number("value") if age else None
    if age is None or number is None:
        return None
    unit = age.text("code", 20) or age.text("unit", 20)
    in_years = unit in ("a", "years", "year", "")
    years = floor(number) if in_years else floor(number / _MONTHS) if unit == "mo" else -1
    if not 0 <= years <= _OLDEST:
        element.reading.note(f"{element.path}.{name}: not an age in years or months; not kept")
        return None
    return years


def _not_before(onset: int | None, death_age: int | None, condition: Element) -> int | None:
    if onset is not None and death_age is not None and death_age < onset:
        condition.reading.note(f"{condition.path}.onsetAge: lies after the death; the age at death is not kept")
        return None
    return death_age
