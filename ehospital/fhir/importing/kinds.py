"""Which resource types we take, and in words why not the others."""

from ehospital.fhir.importing.chart import CHART

OUTSIDERS = ("Practitioner", "Organization", "Location")
MEDICATION = "Medication"
TAKEN = frozenset({"Patient", *CHART})

_MONEY = "money is not part of the clinical record; the accounts of another system stay there"
_NOT_YET = "E-Hospital does not keep resources of this type yet"
WHY_NOT: dict[str, str] = {
    "Claim": _MONEY,
    "ClaimResponse": _MONEY,
    "ExplanationOfBenefit": _MONEY,
    "Coverage": _MONEY,
    "Account": _MONEY,
    "Invoice": _MONEY,
    "ChargeItem": _MONEY,
    "PaymentNotice": _MONEY,
    "ImagingStudy": "images and their series stay in the archive of the source",
    "Media": "images, sound and film stay in the archive of the source",
    "Device": "the register of implants and devices of a patient is not kept yet",
    "DeviceUseStatement": "the register of implants and devices of a patient is not kept yet",
    "SupplyDelivery": "supplies of another system are its stock, not ours",
    "SupplyRequest": "supplies of another system are its stock, not ours",
    "MedicationAdministration": "single doses given elsewhere are not kept; what the patient takes is",
    "MedicationDispense": "what another pharmacy handed out is not kept; what the patient takes is",
    "Medication": "kept as the name of what the patient takes, not by itself",
    "CareTeam": "the care teams of another hospital care for nobody here",
    "PractitionerRole": "the roles of clinicians elsewhere are not kept; the clinicians are",
    "RelatedPerson": "relatives are kept as contacts of the patient; who may act for the patient is decided here",
    "Provenance": "who sent what is told by the audit trail of this import",
    "AuditEvent": "the audit trail of another system proves nothing here",
    "Group": "lists of patients of another system are not kept",
    "Appointment": "appointments of another hospital are not ours to keep",
    "ServiceRequest": "orders of another hospital are not ours to carry out; the reports on them are kept",
    "Specimen": "specimens stay with the laboratory that has them",
    "Consent": "who may see a record is the patient's word to the hospital that has it; ask again here",
    "Questionnaire": "forms are loaded with “ehospital import questionnaire”, not with records; answers are kept",
    "Binary": "a file by itself belongs to nobody; documents bring theirs along",
    "OperationOutcome": "a message of the source about its export",
    "Parameters": "a message, not a record",
}


def why_not(kind: str) -> str:
    """Return why resources of this type are left out."""
    return WHY_NOT.get(kind, _NOT_YET)
