"""Condition."""

from uuid import UUID

from ehospital.clinical.details import ProblemDetails
from ehospital.clinical.models import Problem
from ehospital.clinical.models.problems import Verification
from ehospital.fhir.elements import Element, later_end
from ehospital.fhir.mapping import notes
from ehospital.fhir.mapping.links import Links
from ehospital.kernel.codes import ICD10, ICD10_CM, SNOMED

_PROBLEM_CATEGORY = tuple(Problem.Category.values)
_PROBLEM_SEVERITY = tuple(Problem.Severity.values)
_PROBLEM_STATUS = tuple(Problem.Status.values)
_VERIFICATION = tuple(Verification.values)

SEVERITIES = {"24484000": "severe", "6736007": "moderate", "255604002": "mild"}


def read(resource: Element, key: UUID, links: Links) -> ProblemDetails:
    """Return a problem; it needs words. Without a clinical status, one that abated is resolved, any other unknown."""
    found = resource.concept("code", (SNOMED, ICD10, ICD10_CM))
    if found is None:
        raise resource.refuse("code", "is missing")
    onset = resource.past(resource.moment("onsetDateTime"), "onsetDateTime") or resource.period("onsetPeriod").start
    abated = resource.moment("abatementDateTime") or resource.period("abatementPeriod").end
    abated = later_end(onset, abated, resource, "abatementDateTime")
    recorder, named = links.staff(resource.child("recorder"), resource.child("asserter"))
    recorded = resource.past(resource.moment("recordedDate"), "recordedDate")
    return ProblemDetails(
        id=key,
        encounter_id=links.entry("Encounter", resource.child("encounter")),
        recorded_at=recorded.at if recorded else (onset.at if onset else None),
        recorded_by_id=recorder,
        recorded_by_text=named,
        code=found.code,
        other_codes=found.others,
        status=notes.coded(resource, "clinicalStatus", _PROBLEM_STATUS, "resolved" if abated else "unknown"),
        verification=notes.coded(resource, "verificationStatus", _VERIFICATION, "confirmed"),
        category=_category(resource),
        severity=_severity(resource),
        body_site=resource.words("bodySite", 250),
        onset=onset,
        onset_text=resource.text("onsetString", 250),
        abated=abated,
        note=notes.annotations(resource),
    )


def _category(resource: Element) -> str:
    for category in resource.children("category"):
        for coding in category.children("coding"):
            code = coding.text("code", 60)
            if code in _PROBLEM_CATEGORY:
                return code
    return Problem.Category.DIAGNOSIS if "encounter" in resource else Problem.Category.PROBLEM


def _severity(resource: Element) -> str:
    found = resource.concept("severity", (SNOMED,))
    if found is None:
        return ""
    known = SEVERITIES.get(found.code.code) or found.code.display.casefold()
    if known in _PROBLEM_SEVERITY:
        return known
    resource.reading.note(f"{resource.path}.severity: is neither mild, moderate nor severe")
    return ""
