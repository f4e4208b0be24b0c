"""What the International Patient Summary says where there is nothing: that it is not known, or that there is none.

Codes: IPS 1.1, CodeSystem absent-unknown-uv-ips.
"""

from typing import Final
from uuid import UUID, uuid5

from ehospital.clinical.models import NoKnownAllergies
from ehospital.fhir.serving import pieces
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import TERMINOLOGY, kept

SYSTEM: Final = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
REASON: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
UNKNOWN: Final = {"extension": [{"url": REASON, "valueCode": "unknown"}]}
NONE_KNOWN: Final = {
    NoKnownAllergies.Scope.ALL: ("no-known-allergies", "No known allergies"),
    NoKnownAllergies.Scope.MEDICATION: ("no-known-medication-allergies", "No known medication allergies"),
    NoKnownAllergies.Scope.ENVIRONMENT: ("no-known-environmental-allergies", "No known environmental allergies"),
    NoKnownAllergies.Scope.FOOD: ("no-known-food-allergies", "No known food allergies"),
}


def _code(code: str, words: str) -> Json:
    return {"coding": [{"system": SYSTEM, "code": code, "display": words}], "text": words}


def _resource(kind: str, patient_id: UUID, **elements: object) -> Json:
    key = uuid5(patient_id, f"{kind} of the patient summary where there is none")
    return {"resourceType": kind, "id": str(key), **kept(**elements)}


def allergy(patient_id: UUID) -> Json:
    """Return that nobody has written down whether there are allergies."""
    return _resource(
        "AllergyIntolerance",
        patient_id,
        clinicalStatus=pieces.word(f"{TERMINOLOGY}allergyintolerance-clinical", "active"),
        code=_code("no-allergy-info", "No information about allergies"),
        patient=pieces.to("Patient", patient_id),
    )


def none_known(statement: NoKnownAllergies, written: Json) -> Json:
    """Return the statement that none is known, as `serving` writes it, in the code of the summary where it has one."""
    found = NONE_KNOWN.get(NoKnownAllergies.Scope(statement.scope))
    return {**written, "code": _code(*found)} if found else written


def problem(patient_id: UUID) -> Json:
    """Return that no problem is on record."""
    return _resource(
        "Condition",
        patient_id,
        clinicalStatus=pieces.word(f"{TERMINOLOGY}condition-clinical", "active"),
        category=[pieces.word(f"{TERMINOLOGY}condition-category", "problem-list-item")],
        code=_code("no-problem-info", "No information about problems"),
        subject=pieces.to("Patient", patient_id),
    )


def medicine(patient_id: UUID) -> Json:
    """Return that no medicine is on record: that does not mean that none is taken."""
    return _resource(
        "MedicationStatement",
        patient_id,
        status="unknown",
        medicationCodeableConcept=_code("no-medication-info", "No information about medications"),
        subject=pieces.to("Patient", patient_id),
        _effectiveDateTime=UNKNOWN,
    )


def immunisation(patient_id: UUID) -> Json:
    """Return that no vaccination is on record."""
    return _resource(
        "Immunization",
        patient_id,
        status="not-done",
        vaccineCode=_code("no-immunization-info", "No information about immunizations"),
        patient=pieces.to("Patient", patient_id),
        _occurrenceDateTime=UNKNOWN,
    )


def procedure(patient_id: UUID) -> Json:
    """Return that no procedure is on record."""
    return _resource(
        "Procedure",
        patient_id,
        status="unknown",
        code=_code("no-procedure-info", "No information about past history of procedures"),
        subject=pieces.to("Patient", patient_id),
        _performedDateTime=UNKNOWN,
    )


def device(patient_id: UUID) -> tuple[Json, Json]:
    """Return that implants and devices are not on record, and the device that it is about: none."""
    none = _resource(
        "Device",
        patient_id,
        type=_code("no-device-info", "No information about devices"),
        patient=pieces.to("Patient", patient_id),
    )
    use = _resource(
        "DeviceUseStatement",
        patient_id,
        status="active",
        subject=pieces.to("Patient", patient_id),
        _timingDateTime=UNKNOWN,
        device={"reference": f"Device/{none['id']}"},
    )
    return use, none
