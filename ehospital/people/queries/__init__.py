"""Reads of people: finding a patient, who looked at whom, and what a banner shows."""

from ehospital.people.queries.auditing import Looked, audit_trail, who_looked
from ehospital.people.queries.duplicates import (
    PAIRS_AT_MOST,
    SHOWN_AT_MOST,
    Alike,
    Pair,
    candidates,
    duplicate_pairs,
    likely_same,
    pair_of,
)
from ehospital.people.queries.finding import (
    FOUND_AT_MOST,
    Found,
    account,
    birth_date,
    find_patients,
    holders,
    hospital_number,
    issuers,
    lines_of,
    patient,
)
from ehospital.people.queries.merging import (
    Merge,
    Preview,
    latest_merges,
    merge,
    merge_preview,
    record_called,
)
from ehospital.people.queries.standing import one_person, standing_id
from ehospital.people.queries.units import NoSuchUnit, UnitSummary, receiving_unit, unit_called

__all__ = [
    "FOUND_AT_MOST",
    "PAIRS_AT_MOST",
    "SHOWN_AT_MOST",
    "Alike",
    "Found",
    "Looked",
    "Merge",
    "NoSuchUnit",
    "Pair",
    "Preview",
    "UnitSummary",
    "account",
    "audit_trail",
    "birth_date",
    "candidates",
    "duplicate_pairs",
    "find_patients",
    "holders",
    "hospital_number",
    "issuers",
    "latest_merges",
    "likely_same",
    "lines_of",
    "merge",
    "merge_preview",
    "one_person",
    "pair_of",
    "patient",
    "receiving_unit",
    "record_called",
    "standing_id",
    "unit_called",
    "who_looked",
]
