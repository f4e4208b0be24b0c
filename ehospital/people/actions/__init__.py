"""Writes of people: registering patients, employing staff, giving accounts, and stating who cares for whom."""

from ehospital.people.actions.caring import begin_care, end_care, join_unit, receive
from ehospital.people.actions.glass import (
    AlreadyReviewed,
    GlassNotNeeded,
    NoteNeeded,
    OwnGlass,
    UnusableReason,
    break_glass,
    close_glass,
    review_glass,
)
from ehospital.people.actions.outsiders import import_outsiders
from ehospital.people.actions.registering import (
    IdentifierTaken,
    PatientChanged,
    UnusableDetails,
    import_patients,
    register_patient,
    revise_patient,
)
from ehospital.people.actions.staffing import add_organisation, add_unit, employ, give_account, give_role

__all__ = [
    "AlreadyReviewed",
    "GlassNotNeeded",
    "IdentifierTaken",
    "NoteNeeded",
    "OwnGlass",
    "PatientChanged",
    "UnusableDetails",
    "UnusableReason",
    "add_organisation",
    "add_unit",
    "begin_care",
    "break_glass",
    "close_glass",
    "employ",
    "end_care",
    "give_account",
    "give_role",
    "import_outsiders",
    "import_patients",
    "join_unit",
    "receive",
    "register_patient",
    "review_glass",
    "revise_patient",
]
