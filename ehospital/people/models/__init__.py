"""Patients, staff, their accounts, and who cares for whom."""

from ehospital.people.models.accounts import Account
from ehospital.people.models.clients import ClientApplication, ClientUnit
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
    "ClientApplication",
    "ClientUnit",
    "NameWord",
    "Organisation",
    "Patient",
    "PatientAddress",
    "PatientContact",
    "PatientIdentifier",
    "PatientName",
    "PatientTelecom",
    "StaffMember",
    "StaffRole",
    "Unit",
    "UnitMembership",
]
