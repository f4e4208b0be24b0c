"""Addresses of my consents."""

from django.urls import path

from ehospital.web.portal.consents import views

urlpatterns = [
    path("", views.consents, name="portal_consents"),
    path("say/", views.say, name="portal_consent_say"),
    path("<uuid:consent_id>/withdraw/", views.withdraw, name="portal_consent_withdraw"),
]
