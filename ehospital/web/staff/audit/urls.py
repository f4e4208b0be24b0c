"""The address of the audit trail."""

from django.urls import path

from ehospital.web.staff.audit import views

urlpatterns = [path("", views.trail, name="audit")]
