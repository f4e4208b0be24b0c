"""Addresses of duplicates."""

from django.urls import path

from ehospital.web.staff.duplicates import views

urlpatterns = [
    path("", views.worklist, name="duplicates"),
    path("compare/", views.compare, name="duplicate_compare"),
    path("merges/<uuid:merge_id>/", views.merge, name="merge"),
    path("<uuid:pair_id>/different/", views.different, name="duplicate_different"),
]
