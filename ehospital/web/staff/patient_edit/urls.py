"""Addresses of registering and correcting."""

from django.urls import path

from ehospital.web.staff.patient_edit import views

urlpatterns = [
    path("register/", views.register, name="patient_register"),
    path("register/unknown/", views.register_unknown, name="patient_register_unknown"),
    path("register/check/", views.check, name="patient_check"),
    path("<uuid:patient_id>/archive/", views.archive, name="patient_archive"),
    path("<uuid:patient_id>/edit/", views.edit, name="patient_edit"),
]
