"""AllergyIntolerance: an allergy, or the statement that none is known, which FHIR writes as an allergy too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from ehospital.clinical.models import Allergy, AllergyReaction, NoKnownAllergies
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.fhir.mapping.allergies import NONE_KNOWN
from ehospital.fhir.serving import changes, parameters, pieces
from ehospital.fhir.serving.kinds import Kind, Source
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.parameters import NOBODY, Asking, Parameter
from ehospital.fhir.serving.pieces import TERMINOLOGY, kept
from ehospital.kernel.codes import SNOMED

STATUSES: Final = f"{TERMINOLOGY}allergyintolerance-clinical"
VERIFICATIONS: Final = f"{TERMINOLOGY}allergyintolerance-verification"
_CODES: Final = {scope: code for code, scope in NONE_KNOWN.items()}


def write(row: Allergy) -> Json:
    """Return an allergy. One that was entered in error has no clinical status (ait-2)."""
    stands = row.verification != ENTERED_IN_ERROR
    return kept(
        clinicalStatus=pieces.word(STATUSES, row.status) if stands else {},
        verificationStatus=pieces.word(VERIFICATIONS, row.verification),
        type=row.kind,
        category=list(row.categories),
        criticality=row.criticality,
        code=pieces.concept(row.code_system, row.code, row.display, row.other_codes),
        patient=pieces.to("Patient", row.patient_id),
        encounter=pieces.to("Encounter", row.encounter_id),
        onsetDateTime=pieces.moment(row.onset_at, row.onset_precision),
        recordedDate=pieces.moment(row.recorded_at),
        recorder=pieces.person(row.recorded_by, row.recorded_by_text),
        lastOccurrence=pieces.moment(row.last_reaction_at, row.last_reaction_precision),
        note=pieces.notes(row.note),
        reaction=[_reaction(one) for one in sorted(row.reactions.all(), key=lambda one: (one.position, one.pk))],
    )


def _reaction(row: AllergyReaction) -> Json:
    return kept(
        substance=pieces.said(row.substance),
        manifestation=[pieces.said(one) for one in row.manifestations],
        description=row.description,
        onset=pieces.moment(row.onset_at, row.onset_precision),
        severity=row.severity,
        exposureRoute=pieces.said(row.route),
    )


def write_none_known(row: NoKnownAllergies) -> Json:
    """Return the statement that none is known; one that an allergy ended is resolved."""
    status = "resolved" if row.ended_at else "active"
    return kept(
        clinicalStatus={} if row.entered_in_error else pieces.word(STATUSES, status),
        verificationStatus=pieces.word(VERIFICATIONS, ENTERED_IN_ERROR if row.entered_in_error else "confirmed"),
        code=pieces.concept(SNOMED, _CODES[row.scope], str(NoKnownAllergies.Scope(row.scope).label)),
        patient=pieces.to("Patient", row.patient_id),
        encounter=pieces.to("Encounter", row.encounter_id),
        recordedDate=pieces.moment(row.recorded_at),
        recorder=pieces.person(row.recorded_by, row.recorded_by_text),
    )


@dataclass(frozen=True)
class _Scope:
    """The code of a statement that none is known."""

    type: str = "token"
    modifiers: tuple[str, ...] = ()

    def condition(self, value: str, modifier: str, ask: Asking) -> Q:
        """Return the condition."""
        system, code = parameters.token(value)
        if system not in (None, SNOMED):
            return NOBODY
        return Q(scope=NONE_KNOWN[code]) if code in NONE_KNOWN else Q() if system and not code else NOBODY


@dataclass(frozen=True)
class _Answers:
    """A token that a statement answers with a condition for each word."""

    words: Mapping[str, Q]
    system: str
    type: str = "token"
    modifiers: tuple[str, ...] = ("not",)

    def condition(self, value: str, modifier: str, ask: Asking) -> Q:
        """Return the condition; any other word fits nothing."""
        system, code = parameters.token(value)
        found = self.words.get(code, NOBODY) if system in (None, self.system) else NOBODY
        return ~found if modifier == "not" else found


_EVERY: Final[dict[str, Parameter]] = {
    "patient": parameters.Links("patient_id", "Patient"),
    "date": parameters.Moments("recorded_at"),
}


def _allergies() -> "QuerySet[Allergy]":
    return Allergy.objects.select_related("recorded_by").prefetch_related("reactions")


def _none_known() -> "QuerySet[NoKnownAllergies]":
    return NoKnownAllergies.objects.select_related("recorded_by")


ALLERGY = Kind(
    "AllergyIntolerance",
    (
        Source(
            rows=_allergies,
            write=write,
            parameters={
                **_EVERY,
                "_lastUpdated": changes.Changed(),
                "code": parameters.Codes(),
                "clinical-status": parameters.Words("status", STATUSES),
                "verification-status": parameters.Words("verification", VERIFICATIONS),
                "category": parameters.Words(
                    "categories", "http://hl7.org/fhir/allergy-intolerance-category", several=True
                ),
                "criticality": parameters.Words("criticality", "http://hl7.org/fhir/allergy-intolerance-criticality"),
                "type": parameters.Words("kind", "http://hl7.org/fhir/allergy-intolerance-type"),
            },
            sorts={"date": "recorded_at"},
            in_error=Q(verification=ENTERED_IN_ERROR),
            told_by="verification-status",
        ),
        Source(
            rows=_none_known,
            write=write_none_known,
            parameters={
                **_EVERY,
                "_lastUpdated": changes.Changed(),
                "code": _Scope(),
                "clinical-status": _Answers(
                    {"active": Q(ended_at=None), "resolved": Q(ended_at__isnull=False)}, STATUSES
                ),
                "verification-status": _Answers(
                    {"confirmed": Q(entered_in_error=False), ENTERED_IN_ERROR: Q(entered_in_error=True)}, VERIFICATIONS
                ),
                "category": _Answers({}, ""),
                "criticality": _Answers({}, ""),
                "type": _Answers({}, ""),
            },
            sorts={"date": "recorded_at"},
            in_error=Q(entered_in_error=True),
            told_by="verification-status",
        ),
    ),
    about="patient",
)
