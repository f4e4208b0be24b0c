"""Addresses of the results that wait to be seen."""

from django.urls import path

from ehospital.web.staff.results import nobodys, views

urlpatterns = [
    path("", views.results, name="results"),
    path("bell/", views.bell, name="results_bell"),
    path("normal/", views.normal, name="results_normal"),
    path("take-over/<uuid:order_id>/", nobodys.take_over, name="result_take_over"),
    path("with-reason/<uuid:order_id>/", nobodys.with_reason, name="result_with_reason"),
    path("hand-over/", views.hand_over, name="results_hand_over"),
]
