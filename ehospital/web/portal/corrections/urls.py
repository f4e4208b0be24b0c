"""Addresses of corrections that a patient asks for."""

from django.urls import path

from ehospital.web.portal.corrections import views

urlpatterns = [
    path("", views.corrections, name="portal_corrections"),
    path("details/", views.ask_about_details, name="portal_correct_details"),
    path("ask/<slug:kind>/<uuid:entry_id>/", views.ask, name="portal_correct"),
    path("<uuid:request_id>/withdraw/", views.withdraw, name="portal_correction_withdraw"),
    path("<uuid:request_id>/disagree/", views.disagree, name="portal_correction_disagree"),
]
