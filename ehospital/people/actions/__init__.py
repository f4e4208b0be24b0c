"""Writes of people: registering patients, employing staff, giving accounts, and stating who cares for whom."""

from ehospital.people.actions.caring import begin_care, end_care, join_unit, receive
from ehospital.people.actions.clients import (
    ClientKnown,
    NoSuchClient,
    NotAdmitted,
    NowhereReceived,
    ScopeNotGiven,
    add_client,
    admit,
    register_from,
    renew_client,
    revoke_client,
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
    "ClientKnown",
    "IdentifierTaken",
    "NoSuchClient",
    "NotAdmitted",
    "NowhereReceived",
    "PatientChanged",
    "ScopeNotGiven",
    "UnusableDetails",
    "add_client",
    "add_organisation",
    "add_unit",
    "admit",
    "begin_care",
    "employ",
    "end_care",
    "give_account",
    "give_role",
    "import_outsiders",
    "import_patients",
    "join_unit",
    "receive",
    "register_from",
    "register_patient",
    "renew_client",
    "revise_patient",
    "revoke_client",
]
