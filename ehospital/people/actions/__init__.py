"""Writes of people: registering patients, employing staff, giving accounts, and stating who cares for whom."""

from ehospital.people.actions.archiving import ReasonMissing, archive_patient, restore_patient
from ehospital.people.actions.caring import begin_care, end_care, join_unit, receive
from ehospital.people.actions.duplicates import PairDecided, find_duplicates, tell_apart
from ehospital.people.actions.issuers import UnusableIssuer, set_issuer
from ehospital.people.actions.ledger import move, move_back
from ehospital.people.actions.merging import (
    CannotMerge,
    begin_merge,
    begin_unmerge,
    finish_merge,
    finish_unmerge,
    merged_ids,
)
from ehospital.people.actions.outsiders import import_outsiders
from ehospital.people.actions.registering import (
    IdentifierTaken,
    MalformedNumber,
    PatientChanged,
    UnusableDetails,
    import_patients,
    register_patient,
    revise_patient,
)
from ehospital.people.actions.staffing import add_organisation, add_unit, employ, give_account, give_role

__all__ = [
    "CannotMerge",
    "IdentifierTaken",
    "MalformedNumber",
    "PairDecided",
    "PatientChanged",
    "ReasonMissing",
    "UnusableDetails",
    "UnusableIssuer",
    "add_organisation",
    "add_unit",
    "archive_patient",
    "begin_care",
    "begin_merge",
    "begin_unmerge",
    "employ",
    "end_care",
    "find_duplicates",
    "finish_merge",
    "finish_unmerge",
    "give_account",
    "give_role",
    "import_outsiders",
    "import_patients",
    "join_unit",
    "merged_ids",
    "move",
    "move_back",
    "receive",
    "register_patient",
    "restore_patient",
    "revise_patient",
    "set_issuer",
    "tell_apart",
]
