"""Patients, staff, their accounts, and who cares for whom."""

from ehospital.people.models.accounts import Account
from ehospital.people.models.duplicates import DuplicatePair, PatientTraits
from ehospital.people.models.issuers import IdentifierIssuer
from ehospital.people.models.merging import MergedRow, PatientMerge, PatientUnmerge
from ehospital.people.models.patients import (
    NameWord,
    Patient,
    PatientAddress,
    PatientContact,
    PatientIdentifier,
    PatientName,
    PatientTelecom,
)
from ehospital.people.models.relationships import CareRelationship, UnitMembership
from ehospital.people.models.staff import Organisation, StaffMember, StaffRole, Unit

__all__ = [
    "Account",
    "CareRelationship",
    "DuplicatePair",
    "IdentifierIssuer",
    "MergedRow",
    "NameWord",
    "Organisation",
    "Patient",
    "PatientAddress",
    "PatientContact",
    "PatientIdentifier",
    "PatientMerge",
    "PatientName",
    "PatientTelecom",
    "PatientTraits",
    "PatientUnmerge",
    "StaffMember",
    "StaffRole",
    "Unit",
    "UnitMembership",
]
