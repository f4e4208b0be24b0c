"""Addresses of the registers that come in."""

from django.urls import path

from ehospital.web.staff.register_import import views

urlpatterns = [
    path("", views.registers, name="registers"),
    path("<uuid:register_id>/", views.register, name="register"),
    path("<uuid:register_id>/describe/", views.describe, name="register_describe"),
    path("<uuid:register_id>/rows/<int:row_number>/", views.decide, name="register_decide"),
    path("<uuid:register_id>/left-out.csv", views.left_out, name="register_left_out"),
    path("<uuid:register_id>/<slug:step>/", views.move, name="register_step"),
]
