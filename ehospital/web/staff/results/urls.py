"""Addresses of the results that wait to be seen."""

from django.urls import path

from ehospital.web.staff.results import views

urlpatterns = [
    path("", views.results, name="results"),
    path("bell/", views.bell, name="results_bell"),
    path("normal/", views.normal, name="results_normal"),
    path("hand-over/", views.hand_over, name="results_hand_over"),
]
