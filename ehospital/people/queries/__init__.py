"""Reads of people: finding a patient, who looked at whom, and what a banner shows."""

from ehospital.people.queries.auditing import Looked, audit_trail, who_looked
from ehospital.people.queries.clients import Bearer, Client, bearer, clients
from ehospital.people.queries.finding import (
    FOUND_AT_MOST,
    Found,
    account,
    alike,
    birth_date,
    find_patients,
    hospital_number,
    lines_of,
    patient,
)
from ehospital.people.queries.units import NoSuchUnit, UnitSummary, receiving_unit, unit_called

__all__ = [
    "FOUND_AT_MOST",
    "Bearer",
    "Client",
    "Found",
    "Looked",
    "NoSuchUnit",
    "UnitSummary",
    "account",
    "alike",
    "audit_trail",
    "bearer",
    "birth_date",
    "clients",
    "find_patients",
    "hospital_number",
    "lines_of",
    "patient",
    "receiving_unit",
    "unit_called",
    "who_looked",
]
