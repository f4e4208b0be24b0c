"""AllergyIntolerance: an allergy, or the statement that none is known."""

from uuid import UUID

from ehospital.clinical.details import AllergyDetails, NoKnownAllergiesDetails, ReactionDetails
from ehospital.clinical.models import Allergy, AllergyReaction
from ehospital.clinical.models.problems import Verification
from ehospital.fhir.elements import Concept, Element, LeftOut
from ehospital.fhir.mapping import notes
from ehospital.fhir.mapping.links import Links
from ehospital.kernel.codes import RXNORM, SNOMED

_ALLERGY_CATEGORY = tuple(Allergy.Category.values)
_ALLERGY_CRITICALITY = tuple(Allergy.Criticality.values)
_ALLERGY_KIND = tuple(Allergy.Kind.values)
_ALLERGY_STATUS = tuple(Allergy.Status.values)
_ALLERGY_REACTION_SEVERITY = tuple(AllergyReaction.Severity.values)
_VERIFICATION = tuple(Verification.values)

# SNOMED CT codes of the value set that FHIR R4 binds AllergyIntolerance.code to.
NONE_KNOWN = {
    "716186003": "all",
    "409137002": "medication",
    "429625007": "food",
    "428607008": "environment",
    "716184000": "latex",
}
_OTHER_NEGATIONS = {"716220001", "428197003", "716185004", "716187007", "716219007"}


def read(resource: Element, key: UUID, links: Links) -> AllergyDetails | NoKnownAllergiesDetails:
    """Return an allergy or a statement that nothing is known; a missing clinical status counts as active."""
    found = resource.concept("code", (SNOMED, RXNORM))
    if found is None:
        found = _substance(resource)
    recorder, named = links.staff(resource.child("recorder"), resource.child("asserter"))
    recorded = resource.past(resource.moment("recordedDate"), "recordedDate")
    onset = resource.past(resource.moment("onsetDateTime"), "onsetDateTime") or resource.period("onsetPeriod").start
    verification = notes.coded(resource, "verificationStatus", _VERIFICATION, "confirmed")
    status = notes.coded(resource, "clinicalStatus", _ALLERGY_STATUS, "active")
    snomed = found.code.code if found.code.system == SNOMED else ""
    written_at = recorded.at if recorded else (onset.at if onset else None)
    encounter = links.entry("Encounter", resource.child("encounter"))
    if snomed in _OTHER_NEGATIONS:
        raise LeftOut("a statement that one narrow kind of allergy is not known; the record keeps only broad ones")
    if snomed in NONE_KNOWN:
        return NoKnownAllergiesDetails(
            id=key,
            encounter_id=encounter,
            recorded_at=written_at,
            recorded_by_id=recorder,
            recorded_by_text=named,
            scope=NONE_KNOWN[snomed],
            entered_in_error=verification in ("refuted", "entered-in-error") or status != "active",
        )
    return AllergyDetails(
        id=key,
        encounter_id=encounter,
        recorded_at=written_at,
        recorded_by_id=recorder,
        recorded_by_text=named,
        code=found.code,
        other_codes=found.others,
        status=status,
        verification=verification,
        kind=resource.word("type", _ALLERGY_KIND, otherwise=""),
        categories=_categories(resource),
        criticality=resource.word("criticality", _ALLERGY_CRITICALITY, otherwise=""),
        onset=onset,
        last_reaction=resource.past(resource.moment("lastOccurrence"), "lastOccurrence"),
        note=notes.annotations(resource),
        reactions=tuple(_reactions(resource)),
    )


def _substance(resource: Element) -> Concept:
    """An allergy without a code of its own is known by the substance of its first reaction."""
    for reaction in resource.children("reaction"):
        if found := reaction.concept("substance", (SNOMED, RXNORM)):
            return found
    raise resource.refuse("code", "is missing, and no reaction names a substance")


def _categories(resource: Element) -> tuple[str, ...]:
    given = resource.texts("category", 60)
    for one in given:
        if one not in _ALLERGY_CATEGORY:
            resource.reading.note(f"{resource.path}.category: “{one}” is none of its codes")
    return tuple(one for one in dict.fromkeys(given) if one in _ALLERGY_CATEGORY)


def _reactions(resource: Element) -> list[ReactionDetails]:
    found = []
    for reaction in resource.children("reaction"):
        manifestations = [one.code.display[:500] for one in reaction.concepts("manifestation", (SNOMED,))]
        description = reaction.text("description", 5000)
        annotations = notes.annotations(reaction)
        if not manifestations:
            reaction.reading.note(f"{reaction.path}: a reaction without manifestation is kept in the words that it has")
            manifestations = [description[:500] or "—"]
        found.append(
            ReactionDetails(
                manifestations=tuple(manifestations),
                severity=reaction.word("severity", _ALLERGY_REACTION_SEVERITY, otherwise=""),
                substance=reaction.words("substance", 500),
                description="\n\n".join(text for text in (description, annotations) if text),
                route=reaction.words("exposureRoute", 250),
                onset=reaction.past(reaction.moment("onset"), "onset"),
            )
        )
    return found
