"""Addresses of a patient's consents."""

from django.urls import path

from ehospital.web.staff.consents import views

urlpatterns = [
    path("<uuid:patient_id>/consents/", views.consents, name="consents"),
    path("<uuid:patient_id>/consents/record/", views.record, name="consent_record"),
    path("<uuid:patient_id>/consents/<uuid:consent_id>/withdraw/", views.withdraw, name="consent_withdraw"),
    path("<uuid:patient_id>/consents/<uuid:consent_id>/paper/", views.paper, name="consent_paper"),
]
