"""Addresses of the shared computers."""

from django.urls import path

from ehospital.web.staff.computers import views

urlpatterns = [
    path("", views.computers, name="computers"),
    path("<uuid:computer_id>/retire/", views.retire, name="computer_retire"),
]
