"""Addresses of photos."""

from django.urls import path

from ehospital.web.staff.patient_photo import views

urlpatterns = [
    path("<uuid:patient_id>/photo/", views.photo, name="patient_photo"),
    path("<uuid:patient_id>/photo/<uuid:photo_id>/<slug:size>/", views.file, name="patient_photo_file"),
]
