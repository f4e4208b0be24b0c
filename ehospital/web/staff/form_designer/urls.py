"""Addresses of the designer of forms."""

from django.urls import path

from ehospital.web.staff.form_designer import views

urlpatterns = [
    path("", views.form_list, name="form_designer"),
    path("design/", views.design, name="form_design"),
]
