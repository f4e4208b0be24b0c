"""Addresses of the alerts."""

from django.urls import path

from ehospital.web.staff.alerts import views

urlpatterns = [
    path("", views.inbox, name="alerts"),
    path("<uuid:alert_id>/acknowledge/", views.acknowledge, name="alert_acknowledge"),
]
