"""The address of the first page."""

from django.urls import path

from ehospital.web.display.start import views

urlpatterns = [path("", views.start, name="start")]
