"""Writes of the chart."""

from ehospital.clinical.actions.allergies import (
    AllergiesOnRecord,
    AllergyOnRecord,
    record_allergy,
    revise_allergy,
    state_no_known_allergies,
)
from ehospital.clinical.actions.correcting import (
    InErrorBefore,
    NoReason,
    NotYourMark,
    TakenBackBefore,
    enter_in_error,
    undo_error,
)
from ehospital.clinical.actions.encounters import (
    EncounterMoved,
    EncounterNotOpen,
    NoSuchStep,
    StayRunning,
    close_encounter,
    move_encounter,
    open_encounter,
    plan_encounter,
)
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
from ehospital.clinical.actions.notes import (
    DraftChanged,
    NoteInError,
    NoteSigned,
    NothingWritten,
    TooLong,
    Typed,
    discard_draft,
    keep_draft,
    sign_note,
    start_addendum,
    start_note,
)
from ehospital.clinical.actions.outsiders import Outsider, OutsidersWritten, import_outsiders
from ehospital.clinical.actions.prescribing import AllergySpeaksAgainst, DoseMissing, prescribe
from ehospital.clinical.actions.problems import (
    ProblemNotActive,
    ProblemOnList,
    record_problem,
    resolve_problem,
    revise_problem,
)
from ehospital.clinical.actions.results import record_result, record_results
from ehospital.clinical.actions.revising import EndsBeforeStart, EntryChanged
from ehospital.clinical.actions.uploading import DocumentKept, InfectedFile, UnusableFile, upload_document
from ehospital.clinical.actions.visits import (
    ReasonMissing,
    VisitOver,
    VisitTyped,
    begin_visit,
    finish_visit,
    keep_visit,
)
from ehospital.clinical.actions.writing import ForeignEncounter, InTheFuture, UnknownEntry

__all__ = [
    "AllergiesOnRecord",
    "AllergyOnRecord",
    "AllergySpeaksAgainst",
    "DocumentKept",
    "DoseMissing",
    "DraftChanged",
    "EncounterMoved",
    "EncounterNotOpen",
    "EndsBeforeStart",
    "EntryChanged",
    "FlagNotRaised",
    "FlagRaised",
    "ForeignEncounter",
    "InErrorBefore",
    "InTheFuture",
    "InfectedFile",
    "NoReason",
    "NoSuchStep",
    "NotTaken",
    "NotYourMark",
    "NoteInError",
    "NoteSigned",
    "NothingWritten",
    "Outsider",
    "OutsidersWritten",
    "ProblemNotActive",
    "ProblemOnList",
    "ReasonMissing",
    "StayRunning",
    "TakenBackBefore",
    "TooLong",
    "Typed",
    "UnknownEntry",
    "UnknownPatient",
    "UnusableFile",
    "VisitOver",
    "VisitTyped",
    "Written",
    "begin_visit",
    "close_encounter",
    "discard_draft",
    "enter_in_error",
    "finish_visit",
    "hand_over",
    "import_outsiders",
    "import_record",
    "keep_draft",
    "keep_visit",
    "lower_flag",
    "move_encounter",
    "open_encounter",
    "plan_encounter",
    "prescribe",
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
    "revise_allergy",
    "revise_problem",
    "sign_note",
    "start_addendum",
    "start_note",
    "state_no_known_allergies",
    "stop_medicine",
    "take_back",
    "undo_error",
    "upload_document",
]
