"""Writes of people: registering patients, employing staff, giving accounts, and stating who cares for whom."""

from ehospital.people.actions.caring import begin_care, end_care, join_unit, receive
from ehospital.people.actions.glass import (
    AlreadyReviewed,
    GlassNotNeeded,
    NoSuchCode,
    NoteNeeded,
    OwnGlass,
    OwnRecord,
    UnusableReason,
    agree_glass,
    break_glass,
    close_glass,
    review_glass,
)
from ehospital.people.actions.outsiders import import_outsiders
from ehospital.people.actions.proxies import TooYoung, UnusableProxy, end_proxy, give_proxy
from ehospital.people.actions.registering import (
    IdentifierTaken,
    PatientChanged,
    UnusableDetails,
    import_patients,
    register_patient,
    revise_patient,
)
from ehospital.people.actions.restricting import (
    UnusableRestriction,
    lift_restriction,
    link_staff,
    restrict_record,
    unlink_staff,
)
from ehospital.people.actions.staffing import add_organisation, add_unit, employ, give_account, give_role

__all__ = [
    "AlreadyReviewed",
    "GlassNotNeeded",
    "IdentifierTaken",
    "NoSuchCode",
    "NoteNeeded",
    "OwnGlass",
    "OwnRecord",
    "PatientChanged",
    "TooYoung",
    "UnusableDetails",
    "UnusableProxy",
    "UnusableReason",
    "UnusableRestriction",
    "add_organisation",
    "add_unit",
    "agree_glass",
    "begin_care",
    "break_glass",
    "close_glass",
    "employ",
    "end_care",
    "end_proxy",
    "give_account",
    "give_proxy",
    "give_role",
    "import_outsiders",
    "import_patients",
    "join_unit",
    "lift_restriction",
    "link_staff",
    "receive",
    "register_patient",
    "restrict_record",
    "review_glass",
    "revise_patient",
    "unlink_staff",
]
