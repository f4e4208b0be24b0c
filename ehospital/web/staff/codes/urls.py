"""Addresses of the code tables."""

from django.urls import path

from ehospital.web.staff.codes import views

urlpatterns = [path("<str:table>/", views.codes, name="codes")]
