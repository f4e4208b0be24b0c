"""The address of my details."""

from django.urls import path

from ehospital.web.portal.details import views

urlpatterns = [path("", views.details, name="portal_details")]
