"""Addresses of a chart."""

from django.urls import path

from ehospital.web.staff.chart import mistaken_set, recording, scoring, views
from ehospital.web.staff.chart.allergies import views as allergies
from ehospital.web.staff.chart.encounters import views as encounters
from ehospital.web.staff.chart.mistakes import views as mistakes
from ehospital.web.staff.chart.notes import drafting
from ehospital.web.staff.chart.notes import views as notes
from ehospital.web.staff.chart.problems import views as problems
from ehospital.web.staff.chart.uploads import views as uploads
from ehospital.web.staff.chart.visit import views as visit

urlpatterns = [
    path("<uuid:patient_id>/", views.summary, name="chart"),
    path("<uuid:patient_id>/observations/", views.observations, name="chart_observations"),
    path("<uuid:patient_id>/observations/record/", recording.record, name="chart_record"),
    path("<uuid:patient_id>/observations/<uuid:set_id>/error/", mistaken_set.mark, name="chart_set_error"),
    path("<uuid:patient_id>/observations/scoring/", scoring.scoring, name="chart_scoring"),
    path("<uuid:patient_id>/results/", views.results, name="chart_results"),
    path("<uuid:patient_id>/results/series/", views.series, name="chart_series"),
    path("<uuid:patient_id>/medicines/", views.medicines, name="chart_medicines"),
    path("<uuid:patient_id>/history/", views.history, name="chart_history"),
    path("<uuid:patient_id>/documents/", views.documents, name="chart_documents"),
    path("<uuid:patient_id>/documents/add/", uploads.add, name="chart_document_add"),
    path("<uuid:patient_id>/documents/<uuid:document_id>/", views.document, name="chart_document"),
    path("<uuid:patient_id>/problems/add/", problems.add, name="chart_problem_add"),
    path("<uuid:patient_id>/problems/<uuid:problem_id>/", problems.edit, name="chart_problem_edit"),
    path("<uuid:patient_id>/problems/<uuid:problem_id>/resolve/", problems.resolve, name="chart_problem_resolve"),
    path("<uuid:patient_id>/allergies/add/", allergies.add, name="chart_allergy_add"),
    path("<uuid:patient_id>/allergies/none-known/", allergies.none_known, name="chart_none_known"),
    path("<uuid:patient_id>/allergies/<uuid:allergy_id>/", allergies.edit, name="chart_allergy_edit"),
    path("<uuid:patient_id>/encounters/add/", encounters.add, name="chart_encounter_add"),
    path("<uuid:patient_id>/encounters/<uuid:encounter_id>/move/", encounters.move, name="chart_encounter_move"),
    path("<uuid:patient_id>/visits/begin/", visit.begin, name="chart_visit_begin"),
    path("<uuid:patient_id>/visits/<uuid:encounter_id>/", visit.visit, name="chart_visit"),
    path("<uuid:patient_id>/visits/<uuid:encounter_id>/keep/", visit.keep, name="chart_visit_keep"),
    path("<uuid:patient_id>/visits/<uuid:encounter_id>/paper/", visit.paper, name="chart_visit_paper"),
    path("<uuid:patient_id>/notes/", notes.notes, name="chart_notes"),
    path("<uuid:patient_id>/notes/begin/", notes.begin, name="chart_note_begin"),
    path("<uuid:patient_id>/notes/<uuid:note_id>/", notes.note, name="chart_note"),
    path("<uuid:patient_id>/notes/<uuid:note_id>/add/", notes.add, name="chart_note_add"),
    path("<uuid:patient_id>/notes/draft/<uuid:draft_id>/", drafting.draft, name="chart_note_draft"),
    path("<uuid:patient_id>/notes/draft/<uuid:draft_id>/keep/", drafting.keep, name="chart_note_keep"),
    path("<uuid:patient_id>/error/<slug:kind>/<uuid:entry_id>/", mistakes.mark, name="chart_error"),
    path("<uuid:patient_id>/error/<uuid:correction_id>/undo/", mistakes.undo, name="chart_error_undo"),
    path("<uuid:patient_id>/timeline/", views.timeline, name="chart_timeline"),
    path("<uuid:patient_id>/alerts/", views.alerts, name="chart_alerts"),
    path("<uuid:patient_id>/ticket/", views.ticket, name="chart_ticket"),
]
