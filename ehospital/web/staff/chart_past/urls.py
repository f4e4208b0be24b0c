"""Addresses of a chart's past."""

from django.urls import path

from ehospital.web.staff.chart_past import views

urlpatterns = [
    path("<uuid:patient_id>/changes/", views.changes, name="chart_changes"),
    path("<uuid:patient_id>/past/", views.past, name="chart_past"),
]
