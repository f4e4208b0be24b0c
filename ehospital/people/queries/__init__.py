"""Reads of people: finding a patient, who looked at whom, and what a banner shows."""

from ehospital.people.queries.auditing import Looked, audit_trail, who_looked
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
    recently_seen,
)
from ehospital.people.queries.units import NoSuchUnit, UnitSummary, receiving_unit, unit_called

__all__ = [
    "FOUND_AT_MOST",
    "Found",
    "Looked",
    "NoSuchUnit",
    "UnitSummary",
    "account",
    "alike",
    "audit_trail",
    "birth_date",
    "find_patients",
    "hospital_number",
    "lines_of",
    "patient",
    "receiving_unit",
    "recently_seen",
    "unit_called",
    "who_looked",
]
