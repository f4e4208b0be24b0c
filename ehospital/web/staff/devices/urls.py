"""Addresses of the devices."""

from django.urls import path

from ehospital.web.staff.devices import views

urlpatterns = [
    path("", views.devices, name="devices"),
    path("<slug:device_id>/revoke/", views.revoke, name="device_revoke"),
]
