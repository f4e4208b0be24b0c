"""Addresses of the corrections that patients ask for."""

from django.urls import path

from ehospital.web.staff.rectifications import views

urlpatterns = [
    path("", views.worklist, name="rectifications"),
    path("<uuid:request_id>/", views.answer, name="rectification"),
]
