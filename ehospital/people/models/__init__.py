"""Patients, staff, their accounts, and who cares for whom."""

from ehospital.people.models.accounts import Account
from ehospital.people.models.clients import ClientApplication, ClientUnit
from ehospital.people.models.consents import ConfidentialEntry, Consent, Sensitivity
from ehospital.people.models.duplicates import DuplicatePair, PatientTraits
from ehospital.people.models.glass import BrokenGlass
from ehospital.people.models.issuers import IdentifierIssuer
from ehospital.people.models.looks import LookMessage, LookNotice, LookQuestion
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
from ehospital.people.models.photos import PatientPhoto
from ehospital.people.models.proxies import Proxy
from ehospital.people.models.registers import RegisterImport, RegisterRow
from ehospital.people.models.relationships import CareRelationship, UnitMembership
from ehospital.people.models.sensitivity import Restriction, StaffAsPatient
from ehospital.people.models.staff import Organisation, StaffMember, StaffRole, Unit
from ehospital.people.models.switching import Badge, QuickPin, SharedComputer

__all__ = [
    "Account",
    "Badge",
    "BrokenGlass",
    "CareRelationship",
    "ClientApplication",
    "ClientUnit",
    "ConfidentialEntry",
    "Consent",
    "DuplicatePair",
    "IdentifierIssuer",
    "LookMessage",
    "LookNotice",
    "LookQuestion",
    "MergedRow",
    "NameWord",
    "Organisation",
    "Patient",
    "PatientAddress",
    "PatientContact",
    "PatientIdentifier",
    "PatientMerge",
    "PatientName",
    "PatientPhoto",
    "PatientTelecom",
    "PatientTraits",
    "PatientUnmerge",
    "Proxy",
    "QuickPin",
    "RegisterImport",
    "RegisterRow",
    "Restriction",
    "Sensitivity",
    "SharedComputer",
    "StaffAsPatient",
    "StaffMember",
    "StaffRole",
    "Unit",
    "UnitMembership",
]
