"""The chart: what happened to a patient, what is known of them, and what is planned."""

from ehospital.clinical.models.allergies import Allergy, AllergyReaction, NoKnownAllergies
from ehospital.clinical.models.care_plans import CareActivity, CarePlan, Goal
from ehospital.clinical.models.corrections import Correction
from ehospital.clinical.models.documents import DiagnosticReport, Document
from ehospital.clinical.models.encounters import Encounter
from ehospital.clinical.models.entries import ChartEntry, ExactDecimalField, Precision
from ehospital.clinical.models.family import FamilyHistory
from ehospital.clinical.models.flags import SafetyFlag
from ehospital.clinical.models.forms import FilledForm, FormDefinition, FormDraft
from ehospital.clinical.models.immunisations import Immunisation
from ehospital.clinical.models.medicines import MedicineTaken
from ehospital.clinical.models.notes import Note, NoteDraft
from ehospital.clinical.models.observations import Observation
from ehospital.clinical.models.orders import Acknowledgement, CriticalCall, Order
from ehospital.clinical.models.plan_events import CareActivityEvent, PlanChange, PlanProblem
from ehospital.clinical.models.pregnancies import Pregnancy
from ehospital.clinical.models.prescriptions import Prescription
from ehospital.clinical.models.problems import Problem
from ehospital.clinical.models.procedures import Procedure
from ehospital.clinical.models.rectifications import Rectification
from ehospital.clinical.models.sources import ImportedResource, SourceIdentifier
from ehospital.clinical.models.visits import Visit, VisitDraft

__all__ = [
    "Acknowledgement",
    "Allergy",
    "AllergyReaction",
    "CareActivity",
    "CareActivityEvent",
    "CarePlan",
    "ChartEntry",
    "Correction",
    "CriticalCall",
    "DiagnosticReport",
    "Document",
    "Encounter",
    "ExactDecimalField",
    "FamilyHistory",
    "FilledForm",
    "FormDefinition",
    "FormDraft",
    "Goal",
    "Immunisation",
    "ImportedResource",
    "MedicineTaken",
    "NoKnownAllergies",
    "Note",
    "NoteDraft",
    "Observation",
    "Order",
    "PlanChange",
    "PlanProblem",
    "Precision",
    "Pregnancy",
    "Prescription",
    "Problem",
    "Procedure",
    "Rectification",
    "SafetyFlag",
    "SourceIdentifier",
    "Visit",
    "VisitDraft",
]
