"""The structure of the FHIR R4 resources that are exported, as far as it can be told without a library of the standard.

Source: HL7 FHIR 4.0.1, the resource pages, restated by hand: which elements a resource knows, which it cannot do
without (`!`), of which choice it takes one at most (`[x]`), and the codes of the required value sets.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

Json = dict[str, Any]
_EVERY: Final = "id meta implicitRules language text contained extension modifierExtension"
ELEMENTS: Final = {
    "Patient": "identifier active name telecom gender birthDate deceased[x] address maritalStatus multipleBirth[x] "
    "photo contact communication generalPractitioner managingOrganization link",
    "Practitioner": "identifier active name telecom address gender birthDate photo qualification communication",
    "Organization": "identifier active type name alias telecom address partOf contact endpoint",
    "Encounter": "identifier !status statusHistory !class classHistory type serviceType priority subject episodeOfCare "
    "basedOn participant appointment period length reasonCode reasonReference diagnosis account hospitalization "
    "location serviceProvider partOf",
    "Condition": "identifier clinicalStatus verificationStatus category severity code bodySite !subject encounter "
    "onset[x] abatement[x] recordedDate recorder asserter stage evidence note",
    "AllergyIntolerance": "identifier clinicalStatus verificationStatus type category criticality code !patient "
    "encounter onset[x] recordedDate recorder asserter lastOccurrence note reaction",
    "CarePlan": "identifier instantiatesCanonical instantiatesUri basedOn replaces partOf !status !intent category "
    "title description !subject encounter period created author contributor careTeam addresses supportingInfo goal "
    "activity note",
    "Goal": "identifier !lifecycleStatus achievementStatus category priority !description !subject start[x] target "
    "statusDate statusReason expressedBy addresses note outcomeCode outcomeReference",
    "Observation": "identifier basedOn partOf !status category !code subject focus encounter effective[x] issued "
    "performer value[x] dataAbsentReason interpretation note bodySite method specimen device referenceRange hasMember "
    "derivedFrom component",
    "DocumentReference": "masterIdentifier identifier !status docStatus type category subject date author "
    "authenticator custodian relatesTo description securityLabel !content context",
    "ServiceRequest": "identifier instantiatesCanonical instantiatesUri basedOn replaces requisition !status !intent "
    "category priority doNotPerform code orderDetail quantity[x] !subject encounter occurrence[x] asNeeded[x] "
    "authoredOn requester performerType performer locationCode locationReference reasonCode reasonReference insurance "
    "supportingInfo specimen bodySite note patientInstruction relevantHistory",
    "DiagnosticReport": "identifier basedOn !status category !code subject encounter effective[x] issued performer "
    "resultsInterpreter specimen result imagingStudy media conclusion conclusionCode presentedForm",
    "Procedure": "identifier instantiatesCanonical instantiatesUri basedOn partOf !status statusReason category code "
    "!subject encounter performed[x] recorder asserter performer location reasonCode reasonReference bodySite outcome "
    "report complication complicationDetail followUp note focalDevice usedReference usedCode",
    "Immunization": "identifier !status statusReason !vaccineCode !patient encounter !occurrence[x] recorded "
    "primarySource reportOrigin location manufacturer lotNumber expirationDate site route doseQuantity performer note "
    "reasonCode reasonReference isSubpotent subpotentReason education programEligibility fundingSource reaction "
    "protocolApplied",
    "MedicationRequest": "identifier !status statusReason !intent category priority doNotPerform reported[x] "
    "!medication[x] !subject encounter supportingInformation authoredOn requester performer performerType recorder "
    "reasonCode reasonReference instantiatesCanonical instantiatesUri basedOn groupIdentifier courseOfTherapyType "
    "insurance note dosageInstruction dispenseRequest substitution priorPrescription detectedIssue eventHistory",
    "MedicationStatement": "identifier basedOn partOf !status statusReason category !medication[x] !subject context "
    "effective[x] dateAsserted informationSource derivedFrom reasonCode reasonReference note dosage",
    "Flag": "identifier !status category !code !subject period encounter author",
    "FamilyMemberHistory": "identifier instantiatesCanonical instantiatesUri !status dataAbsentReason !patient date "
    "name !relationship sex born[x] age[x] estimatedAge deceased[x] reasonCode reasonReference note condition",
    "QuestionnaireResponse": "identifier basedOn partOf questionnaire !status subject encounter authored author source "
    "item",
    "Questionnaire": "url identifier version name title derivedFrom !status experimental subjectType date publisher "
    "contact description useContext jurisdiction purpose copyright approvalDate lastReviewDate effectivePeriod code "
    "item",
    "Consent": "identifier !status !scope !category patient dateTime performer organization source[x] policy "
    "policyRule verification provision",
    "RelatedPerson": "identifier active !patient relationship name telecom gender birthDate address photo period "
    "communication",
}  # fmt: skip
_ORDER: Final = "order original-order reflex-order filler-order instance-order"
_REQUEST: Final = "draft active on-hold revoked completed entered-in-error unknown"
CODES: Final = {
    "Patient.gender": "male female other unknown",
    "Encounter.status": "planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown",
    "AllergyIntolerance.type": "allergy intolerance",
    "AllergyIntolerance.criticality": "low high unable-to-assess",
    "CarePlan.status": _REQUEST,
    "CarePlan.intent": "proposal plan order option",
    "Goal.lifecycleStatus": "proposed planned accepted active on-hold completed cancelled entered-in-error rejected",
    "Observation.status": "registered preliminary final amended corrected cancelled entered-in-error unknown",
    "DocumentReference.status": "current superseded entered-in-error",
    "ServiceRequest.status": _REQUEST,
    "ServiceRequest.intent": f"proposal plan directive {_ORDER} option",
    "ServiceRequest.priority": "routine urgent asap stat",
    "DiagnosticReport.status": "registered partial preliminary final amended corrected appended cancelled "
    "entered-in-error unknown",
    "Procedure.status": "preparation in-progress not-done on-hold stopped completed entered-in-error unknown",
    "Immunization.status": "completed entered-in-error not-done",
    "MedicationRequest.status": "active on-hold cancelled completed entered-in-error stopped draft unknown",
    "MedicationRequest.intent": f"proposal plan {_ORDER} option",
    "MedicationStatement.status": "active completed entered-in-error intended stopped on-hold unknown not-taken",
    "Flag.status": "active inactive entered-in-error",
    "FamilyMemberHistory.status": "partial completed entered-in-error health-unknown",
    "QuestionnaireResponse.status": "in-progress completed amended entered-in-error stopped",
    "Questionnaire.status": "draft active retired unknown",
    "Consent.status": "draft proposed active rejected inactive entered-in-error",
}  # fmt: skip
_OF_A_REFERENCE: Final = {"reference", "type", "identifier", "display", "extension", "id"}
_OF_A_CODING: Final = {"system", "version", "code", "display", "userSelected", "extension", "id"}
_OF_A_QUANTITY: Final = {"value", "comparator", "unit", "system", "code", "extension", "id"}
_REFERENCES: Final = (
    "subject",
    "patient",
    "encounter",
    "requester",
    "recorder",
    "author",
    "performer",
    "result",
    "goal",
)
_ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_DAY: Final = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_MOMENT: Final = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DATES: Final = {"birthDate": _DAY, "dueDate": _DAY, "statusDate": _DAY, "issued": _INSTANT, "startDate": _DAY}
_MOMENTS: Final = ("DateTime", "authoredOn", "recordedDate", "recorded", "authored", "created", "dateAsserted")


def problems(bundle: Json) -> list[str]:
    """Everything that is wrong with the resources of a bundle; empty when all of them keep the structure."""
    urls = [one["fullUrl"] for one in bundle["entry"]]
    twice = [f"{url} is there twice" for url in {url for url in urls if urls.count(url) > 1}]
    lost = [f"{one} leads nowhere" for one in _targets(bundle) if one not in urls]
    return [*twice, *lost, *(wrong for one in bundle["entry"] for wrong in resource(one["resource"]))]


def resource(one: Json) -> list[str]:
    """Everything that is wrong with one resource."""
    kind = one["resourceType"]
    if kind not in ELEMENTS:
        return [f"{kind} is no type that is exported"]
    wrong = [] if _ID.fullmatch(one.get("id", "")) else [f"{kind}.id is none"]
    words = ELEMENTS[kind].split()
    known = [word.removeprefix("!") for word in [*words, *_EVERY.split()]]
    for word in words:
        name = word.removeprefix("!")
        present = [key for key in one if _is(key, name)]
        if word.startswith("!") and not present:
            wrong.append(f"{kind}.{name} is missing")
        if len({key.removeprefix("_") for key in present}) > 1:
            wrong.append(f"{kind}.{name} is there twice: {present}")
    unknown = [key for key in one if key != "resourceType" and not any(_is(key, name) for name in known)]
    wrong += [f"{kind} knows no {key}" for key in unknown]
    for path, codes in CODES.items():
        name = path.partition(".")[2]
        if path.startswith(f"{kind}.") and name in one and one[name] not in codes.split():
            wrong.append(f"{path} is {one[name]}")
    return [*wrong, *_values(one, kind)]


def _is(key: str, name: str) -> bool:
    key = key.removeprefix("_")
    stem = name.removesuffix("[x]")
    return key == name if stem == name else key.startswith(stem) and key[len(stem) : len(stem) + 1].isupper()


def _values(value: Any, path: str) -> Iterator[str]:
    """Empty elements, dates of another form, and pieces with parts that their type does not know."""
    if value in ("", [], {}) or value is None:
        yield f"{path} is empty"
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _values(one, f"{path}[{place}]")
    elif isinstance(value, dict):
        yield from _piece(value, path)
        for name, one in value.items():
            yield from _dated(name, one, f"{path}.{name}")
            yield from _values(one, f"{path}.{name}")


def _piece(value: Json, path: str) -> Iterator[str]:
    name = re.sub(r"\[\d+\]$", "", path).rpartition(".")[2]
    if name == "coding" and (set(value) - _OF_A_CODING or not value.get("code")):
        yield f"{path} is no Coding: {sorted(value)}"
    if name.endswith("Quantity") and set(value) - _OF_A_QUANTITY:
        yield f"{path} is no Quantity: {sorted(value)}"
    top = path.count(".") == 1
    if top and name in _REFERENCES and "actor" not in value and set(value) - _OF_A_REFERENCE:
        yield f"{path} is no Reference: {sorted(value)}"


def _dated(name: str, value: Any, path: str) -> Iterator[str]:
    form = _DATES.get(name) or (_MOMENT if name.endswith(_MOMENTS) else None)
    if form is not None and isinstance(value, str) and not form.fullmatch(value):
        yield f"{path} is no date: {value}"


def _targets(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for one in value.values():
            yield from _targets(one)
    elif isinstance(value, list):
        for one in value:
            yield from _targets(one)
