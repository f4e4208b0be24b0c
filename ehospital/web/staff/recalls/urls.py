"""Addresses of the recall registers."""

from django.urls import path

from ehospital.web.staff.recalls import views

urlpatterns = [
    path("", views.recalls, name="recalls"),
    path("<slug:recall>/<uuid:patient_id>/letter/", views.letter, name="recall_letter"),
]
