"""Reads of the chart. Each takes the viewer, asks whether they may, and writes down that they looked.

`open_chart` is one opening and reads what the first page shows; every other function is a part that a page or a
fragment asks for by itself, and an opening of its own.
"""

from ehospital.clinical.queries.allergy_states import AllergyList, AllergyState, allergies
from ehospital.clinical.queries.chart import Chart, Head, open_chart, open_head
from ehospital.clinical.queries.clinicians_notes import draft, drafts, note, notes
from ehospital.clinical.queries.editing import allergy, allergy_details, problem, problem_details
from ehospital.clinical.queries.files import DocumentContent, document_content
from ehospital.clinical.queries.filled_forms import FormLine, asked, form, form_draft, forms, latest_edition
from ehospital.clinical.queries.form_definitions import newest_definitions
from ehospital.clinical.queries.histories import (
    Obstetrics,
    Vaccination,
    family_history,
    history_details,
    history_line,
    obstetric_history,
    pregnancies,
    social_history,
    vaccination_schedule,
)
from ehospital.clinical.queries.lists import (
    care_plans,
    current_medicines,
    documents,
    encounters,
    flags,
    immunisations,
    medicines,
    problems,
    procedures,
    reports,
    ruled_out_problems,
)
from ehospital.clinical.queries.mistakes import Entry, Mistake, entered_in_error, entry, mark
from ehospital.clinical.queries.timelines import BadCursor, TimelineLine, TimelinePage, timeline
from ehospital.clinical.queries.trends import Direction, Result, Trend, results, series
from ehospital.clinical.queries.wards import reasons_for_stay, safety_flags_of

__all__ = [
    "AllergyList",
    "AllergyState",
    "BadCursor",
    "Chart",
    "Direction",
    "DocumentContent",
    "Entry",
    "FormLine",
    "Head",
    "Mistake",
    "Obstetrics",
    "Result",
    "TimelineLine",
    "TimelinePage",
    "Trend",
    "Vaccination",
    "allergies",
    "allergy",
    "allergy_details",
    "asked",
    "care_plans",
    "current_medicines",
    "document_content",
    "documents",
    "draft",
    "drafts",
    "encounters",
    "entered_in_error",
    "entry",
    "family_history",
    "flags",
    "form",
    "form_draft",
    "forms",
    "history_details",
    "history_line",
    "immunisations",
    "latest_edition",
    "mark",
    "medicines",
    "newest_definitions",
    "note",
    "notes",
    "obstetric_history",
    "open_chart",
    "open_head",
    "pregnancies",
    "problem",
    "problem_details",
    "problems",
    "procedures",
    "reasons_for_stay",
    "reports",
    "results",
    "ruled_out_problems",
    "safety_flags_of",
    "series",
    "social_history",
    "timeline",
    "vaccination_schedule",
]
