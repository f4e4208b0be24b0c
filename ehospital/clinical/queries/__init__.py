"""Reads of the chart. Each takes the viewer, asks whether they may, and writes down that they looked.

`open_chart` is one opening and reads what the first page shows; every other function is a part that a page or a
fragment asks for by itself, and an opening of its own.
"""

from ehospital.clinical.queries.allergy_states import AllergyList, AllergyState, allergies
from ehospital.clinical.queries.chart import Chart, Head, open_chart, open_head
from ehospital.clinical.queries.clinicians_notes import draft, drafts, note, notes
from ehospital.clinical.queries.editing import allergy, allergy_details, problem, problem_details
from ehospital.clinical.queries.files import DocumentContent, document_content, waits_for_scanner
from ehospital.clinical.queries.filled_forms import FormLine, definition_of, form, form_draft, forms, latest_edition
from ehospital.clinical.queries.fluids import FluidDay, fluid_day
from ehospital.clinical.queries.form_definitions import newest_definitions
from ehospital.clinical.queries.growth import Growth, measured_growth
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
    infected_documents,
    medicines,
    problems,
    procedures,
    reports,
    ruled_out_problems,
)
from ehospital.clinical.queries.meals import Meal, meals
from ehospital.clinical.queries.mistakes import Entry, Mistake, entered_in_error, entry, mark
from ehospital.clinical.queries.nobodys import NobodysResult, behind_a_reason, nobodys_results
from ehospital.clinical.queries.ordering import OrderLine, Repeat, Version, asked, lately, open_criticals, order, orders
from ehospital.clinical.queries.taking_out import Reason, Taken, taken_out
from ehospital.clinical.queries.timelines import BadCursor, TimelineLine, TimelinePage, timeline
from ehospital.clinical.queries.trends import Direction, Result, Trend, results, series
from ehospital.clinical.queries.visits import (
    OpenVisit,
    VisitPaper,
    allergies_against,
    has_visit,
    my_visits,
    open_visit,
    visit_paper,
)
from ehospital.clinical.queries.wards import reasons_for_stay, safety_flags_of
from ehospital.clinical.queries.worklists import (
    ToPerform,
    Waiting,
    answers_for_others,
    order_to_perform,
    orders_to_perform,
    referrals,
    results_to_see,
    results_waiting,
)

__all__ = [
    "AllergyList",
    "AllergyState",
    "BadCursor",
    "Chart",
    "Direction",
    "DocumentContent",
    "Entry",
    "FluidDay",
    "FormLine",
    "Growth",
    "Head",
    "Meal",
    "Mistake",
    "NobodysResult",
    "Obstetrics",
    "OpenVisit",
    "OrderLine",
    "Reason",
    "Repeat",
    "Result",
    "Taken",
    "TimelineLine",
    "TimelinePage",
    "ToPerform",
    "Trend",
    "Vaccination",
    "Version",
    "VisitPaper",
    "Waiting",
    "allergies",
    "allergies_against",
    "allergy",
    "allergy_details",
    "answers_for_others",
    "asked",
    "behind_a_reason",
    "care_plans",
    "current_medicines",
    "definition_of",
    "document_content",
    "documents",
    "draft",
    "drafts",
    "encounters",
    "entered_in_error",
    "entry",
    "family_history",
    "flags",
    "fluid_day",
    "form",
    "form_draft",
    "forms",
    "has_visit",
    "history_details",
    "history_line",
    "immunisations",
    "infected_documents",
    "lately",
    "latest_edition",
    "mark",
    "meals",
    "measured_growth",
    "medicines",
    "my_visits",
    "newest_definitions",
    "nobodys_results",
    "note",
    "notes",
    "obstetric_history",
    "open_chart",
    "open_criticals",
    "open_head",
    "open_visit",
    "order",
    "order_to_perform",
    "orders",
    "orders_to_perform",
    "pregnancies",
    "problem",
    "problem_details",
    "problems",
    "procedures",
    "reasons_for_stay",
    "referrals",
    "reports",
    "results",
    "results_to_see",
    "results_waiting",
    "ruled_out_problems",
    "safety_flags_of",
    "series",
    "social_history",
    "taken_out",
    "timeline",
    "vaccination_schedule",
    "visit_paper",
    "waits_for_scanner",
]
