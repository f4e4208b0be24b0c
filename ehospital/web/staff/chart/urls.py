"""Addresses of a chart."""

from django.urls import path

from ehospital.web.staff.chart import mistaken_set, recording, scoring, views
from ehospital.web.staff.chart.allergies import views as allergies
from ehospital.web.staff.chart.by_hand import views as by_hand
from ehospital.web.staff.chart.confidential import views as confidential
from ehospital.web.staff.chart.encounters import views as encounters
from ehospital.web.staff.chart.fluids import views as fluids
from ehospital.web.staff.chart.forms import filling
from ehospital.web.staff.chart.forms import views as forms
from ehospital.web.staff.chart.growth.views import growth
from ehospital.web.staff.chart.mistakes import views as mistakes
from ehospital.web.staff.chart.notes import drafting
from ehospital.web.staff.chart.notes import views as notes
from ehospital.web.staff.chart.orders import picking
from ehospital.web.staff.chart.orders import views as orders
from ehospital.web.staff.chart.plans import making as plan_making
from ehospital.web.staff.chart.plans import views as plans
from ehospital.web.staff.chart.problem_timeline.views import problem_timeline
from ehospital.web.staff.chart.problems import views as problems
from ehospital.web.staff.chart.taking_out import views as taking_out
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
    path("<uuid:patient_id>/fluids/", fluids.fluids, name="chart_fluids"),
    path("<uuid:patient_id>/fluids/add/", fluids.chart_fluid, name="chart_fluid_add"),
    path("<uuid:patient_id>/growth/", growth, name="chart_growth"),
    path("<uuid:patient_id>/medicines/", views.medicines, name="chart_medicines"),
    path("<uuid:patient_id>/history/", views.history, name="chart_history"),
    path("<uuid:patient_id>/history/<slug:line_kind>/add/", by_hand.add, name="chart_by_hand_add"),
    path("<uuid:patient_id>/history/<slug:line_kind>/<uuid:line_id>/", by_hand.edit, name="chart_by_hand_edit"),
    path("<uuid:patient_id>/documents/", views.documents, name="chart_documents"),
    path("<uuid:patient_id>/documents/add/", uploads.add, name="chart_document_add"),
    path("<uuid:patient_id>/documents/<uuid:document_id>/", views.document, name="chart_document"),
    path("<uuid:patient_id>/problems/add/", problems.add, name="chart_problem_add"),
    path("<uuid:patient_id>/problems/<uuid:problem_id>/", problems.edit, name="chart_problem_edit"),
    path("<uuid:patient_id>/problems/<uuid:problem_id>/resolve/", problems.resolve, name="chart_problem_resolve"),
    path("<uuid:patient_id>/problems/<uuid:problem_id>/timeline/", problem_timeline, name="chart_problem_timeline"),
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
    path("<uuid:patient_id>/orders/", orders.orders, name="chart_orders"),
    path("<uuid:patient_id>/orders/add/", picking.add, name="chart_order_add"),
    path("<uuid:patient_id>/orders/<uuid:order_id>/", orders.order, name="chart_order"),
    path("<uuid:patient_id>/orders/<uuid:order_id>/cancel/", orders.cancel, name="chart_order_cancel"),
    path("<uuid:patient_id>/orders/<uuid:order_id>/move/", orders.move, name="chart_order_move"),
    path("<uuid:patient_id>/orders/<uuid:order_id>/print/", orders.printed, name="chart_order_print"),
    path("<uuid:patient_id>/orders/<uuid:order_id>/acknowledge/", orders.acknowledge, name="chart_result_acknowledge"),
    path("<uuid:patient_id>/forms/", forms.forms, name="chart_forms"),
    path("<uuid:patient_id>/forms/begin/", forms.begin, name="chart_form_begin"),
    path("<uuid:patient_id>/forms/<uuid:form_id>/", forms.form, name="chart_form"),
    path("<uuid:patient_id>/forms/<uuid:form_id>/amend/", forms.amend, name="chart_form_amend"),
    path("<uuid:patient_id>/forms/draft/<uuid:form_draft_id>/", filling.draft, name="chart_form_draft"),
    path("<uuid:patient_id>/forms/draft/<uuid:form_draft_id>/keep/", filling.keep, name="chart_form_keep"),
    path("<uuid:patient_id>/plans/", plans.plans, name="chart_plans"),
    path("<uuid:patient_id>/plans/choose/", plan_making.choose, name="chart_plan_choose"),
    path("<uuid:patient_id>/plans/make/", plan_making.make, name="chart_plan_make"),
    path("<uuid:patient_id>/plans/<uuid:plan_id>/", plans.plan, name="chart_plan"),
    path("<uuid:patient_id>/plans/<uuid:plan_id>/adapt/", plan_making.adapt, name="chart_plan_adapt"),
    path("<uuid:patient_id>/plans/<uuid:plan_id>/move/", plans.move, name="chart_plan_move"),
    path("<uuid:patient_id>/plans/<uuid:plan_id>/judge/<uuid:goal_id>/", plans.judge, name="chart_plan_judge"),
    path("<uuid:patient_id>/plans/<uuid:plan_id>/tick/<uuid:activity_id>/", plans.tick, name="chart_plan_tick"),
    path("<uuid:patient_id>/plans/<uuid:plan_id>/undo/<uuid:event_id>/", plans.untick, name="chart_plan_untick"),
    path("<uuid:patient_id>/error/<slug:kind>/<uuid:entry_id>/", mistakes.mark, name="chart_error"),
    path("<uuid:patient_id>/error/<uuid:correction_id>/undo/", mistakes.undo, name="chart_error_undo"),
    path("<uuid:patient_id>/confidential/<slug:kind>/<uuid:entry_id>/", confidential.confide, name="chart_confide"),
    path("<uuid:patient_id>/timeline/", views.timeline, name="chart_timeline"),
    path("<uuid:patient_id>/take-out/", taking_out.take_out, name="chart_take_out"),
    path("<uuid:patient_id>/alerts/", views.alerts, name="chart_alerts"),
    path("<uuid:patient_id>/ticket/", views.ticket, name="chart_ticket"),
]
