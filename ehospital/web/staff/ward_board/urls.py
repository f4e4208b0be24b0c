"""Addresses of the wards."""

from django.urls import path

from ehospital.web.staff.ward_board import views

urlpatterns = [
    path("", views.wards, name="wards"),
    path("<uuid:ward_id>/", views.board, name="ward_board"),
    path("<uuid:ward_id>/ticket/", views.ticket, name="ward_ticket"),
]
