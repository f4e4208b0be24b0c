"""Writes of the chart."""

from ehospital.clinical.actions.allergies import AllergiesOnRecord, record_allergy, state_no_known_allergies
from ehospital.clinical.actions.correcting import RetractedBefore, retract
from ehospital.clinical.actions.encounters import EncounterNotOpen, close_encounter, open_encounter
from ehospital.clinical.actions.events_of_care import (
    record_care_plan,
    record_document,
    record_immunisation,
    record_procedure,
)
from ehospital.clinical.actions.flags import FlagNotRaised, FlagRaised, lower_flag, raise_flag
from ehospital.clinical.actions.handing_over import hand_over, take_back
from ehospital.clinical.actions.importing import UnknownPatient, Written, import_record
from ehospital.clinical.actions.medicines import NotTaken, record_medicine, stop_medicine
from ehospital.clinical.actions.outsiders import Outsider, OutsidersWritten, import_outsiders
from ehospital.clinical.actions.problems import ProblemNotActive, record_problem, resolve_problem
from ehospital.clinical.actions.results import record_result, record_results
from ehospital.clinical.actions.writing import ForeignEncounter, InTheFuture, UnknownEntry

__all__ = [
    "AllergiesOnRecord",
    "EncounterNotOpen",
    "FlagNotRaised",
    "FlagRaised",
    "ForeignEncounter",
    "InTheFuture",
    "NotTaken",
    "Outsider",
    "OutsidersWritten",
    "ProblemNotActive",
    "RetractedBefore",
    "UnknownEntry",
    "UnknownPatient",
    "Written",
    "close_encounter",
    "hand_over",
    "import_outsiders",
    "import_record",
    "lower_flag",
    "open_encounter",
    "raise_flag",
    "record_allergy",
    "record_care_plan",
    "record_document",
    "record_immunisation",
    "record_medicine",
    "record_problem",
    "record_procedure",
    "record_result",
    "record_results",
    "resolve_problem",
    "retract",
    "state_no_known_allergies",
    "stop_medicine",
    "take_back",
]
