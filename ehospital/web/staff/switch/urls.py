"""Addresses of changing places."""

from django.urls import path

from ehospital.web.staff.switch import views

urlpatterns = [
    path("", views.switch, name="switch"),
    path("lock/", views.lock, name="switch_lock"),
    path("here/", views.here, name="switch_here"),
    path("code/", views.code, name="switch_code"),
]
