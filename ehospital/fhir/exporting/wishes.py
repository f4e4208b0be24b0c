"""Consent and RelatedPerson: what patients allow and refuse, and who acts for them."""

from datetime import datetime
from typing import Final

from ehospital.fhir.serving import pieces
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import TERMINOLOGY, kept
from ehospital.kernel.codes import LOINC
from ehospital.people.models import Account, Consent, Proxy, Sensitivity

SCOPES: Final = "urn:ehospital:consent-scope"
_ACT: Final = f"{TERMINOLOGY}v3-ActCode"
_LABELS: Final = {"mental-health": "PSY", "hiv": "HIV", "sexual-health": "STD", "substances": "ETH", "violence": "SDV"}
SENSITIVITY: Final = "urn:ehospital:sensitivity"
"""The system of labels for what HL7 has no code for."""

_RELATIONS: Final = {"mother": "MTH", "father": "FTH", "guardian": "GUARD", "partner": "DOMPART", "child": "CHILD"}


def consent(row: Consent) -> Json:
    """Return a word of the patient; one that was withdrawn is inactive."""
    research = row.scope == Consent.Scope.RESEARCH
    permits = row.decision == Consent.Decision.PERMIT
    actor = _about(row)
    given_by = pieces.to("Patient", row.patient_id) if row.giver == "patient" else {"display": row.giver_name}
    return kept(
        status="inactive" if row.withdrawn_at else "active",
        scope=pieces.word(f"{TERMINOLOGY}consentscope", "research" if research else "patient-privacy"),
        category=[
            pieces.concept(LOINC, "59284-0", "Consent Document"),
            pieces.concept(SCOPES, row.scope, str(row.get_scope_display())),
        ],
        patient=pieces.to("Patient", row.patient_id),
        dateTime=pieces.moment(row.recorded_at),
        performer=[given_by],
        sourceAttachment=kept(title=row.document),
        policyRule=pieces.word(_ACT, "OPTIN" if permits else "OPTOUT"),
        provision=kept(
            type=row.decision,
            period=_period(row.during.lower, row.withdrawn_at or row.during.upper),
            actor=[{"role": pieces.word(f"{TERMINOLOGY}v3-ParticipationType", "IRCP"), "reference": actor}]
            if actor
            else [],
            securityLabel=_label(row.category),
        ),
    )


def _label(category: str) -> list[Json]:
    """Return the label of the entries that a word is about; none when it is about the whole record."""
    if not category:
        return []
    if category in _LABELS:
        return [{"system": _ACT, "code": _LABELS[category]}]
    return [{"system": SENSITIVITY, "code": category, "display": str(Sensitivity(category).label)}]


def _about(row: Consent) -> Json:
    """Return whom the word is about; nothing when it is about everybody of its scope."""
    if row.staff is not None:
        return pieces.person(row.staff)
    named = row.unit or row.client
    return {"display": named.name} if named else {}


def _period(start: datetime | None, end: datetime | None) -> Json:
    return kept(start=pieces.moment(start), end=pieces.moment(end))


def proxy(row: Proxy) -> Json:
    """Return somebody who opens the record in the portal, or acts there for the patient."""
    words = str(row.get_relation_display())
    code = _RELATIONS.get(row.relation, "")
    return kept(
        patient=pieces.to("Patient", row.patient_id),
        relationship=[pieces.concept(f"{TERMINOLOGY}v3-RoleCode", code, words)],
        name=[{"text": name}] if (name := _called(row.holder)) else [],
        period=_period(row.during.lower, row.during.upper),
    )


def _called(holder: Account) -> str:
    """Return the name of a person, never the one that they type to sign in; empty when nobody knows it."""
    return holder.patient.name_text if holder.patient else ""
