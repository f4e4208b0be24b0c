"""Addresses of the search."""

from django.urls import path

from ehospital.web.staff.patient_search import views

urlpatterns = [path("", views.search, name="patients")]
