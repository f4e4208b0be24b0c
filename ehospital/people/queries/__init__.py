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
from ehospital.people.queries.letting_in import (
    Kept,
    SecondWaits,
    colleague,
    kept_record,
    my_proxies,
    over_me,
    proxies_of,
    running_proxy,
    waits_for_second,
)
from ehospital.people.queries.units import NoSuchUnit, UnitSummary, receiving_unit, unit_called

__all__ = [
    "FOUND_AT_MOST",
    "Found",
    "GlassOpened",
    "Kept",
    "Looked",
    "NoSuchUnit",
    "SecondWaits",
    "UnitSummary",
    "account",
    "alike",
    "audit_trail",
    "birth_date",
    "colleague",
    "find_patients",
    "glass_listed",
    "glass_opened",
    "glass_reviewed",
    "glass_to_review",
    "glass_waiting",
    "hospital_number",
    "kept_record",
    "lines_of",
    "my_proxies",
    "over_me",
    "patient",
    "proxies_of",
    "receiving_unit",
    "running_proxy",
    "unit_called",
    "waits_for_second",
    "who_looked",
]
