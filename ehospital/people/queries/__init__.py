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
)
from ehospital.people.queries.glass import (
    GlassOpened,
    glass_listed,
    glass_opened,
    glass_reviewed,
    glass_to_review,
    glass_waiting,
)
from ehospital.people.queries.units import NoSuchUnit, UnitSummary, receiving_unit, unit_called

__all__ = [
    "FOUND_AT_MOST",
    "Found",
    "GlassOpened",
    "Looked",
    "NoSuchUnit",
    "UnitSummary",
    "account",
    "alike",
    "audit_trail",
    "birth_date",
    "find_patients",
    "glass_listed",
    "glass_opened",
    "glass_reviewed",
    "glass_to_review",
    "glass_waiting",
    "hospital_number",
    "lines_of",
    "patient",
    "receiving_unit",
    "unit_called",
    "who_looked",
]
