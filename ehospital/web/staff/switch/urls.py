"""Addresses of changing places."""

from django.urls import path

from ehospital.web.staff.switch import badges, views

urlpatterns = [
    path("", views.switch, name="switch"),
    path("lock/", views.lock, name="switch_lock"),
    path("here/", views.here, name="switch_here"),
    path("code/", views.code, name="switch_code"),
    path("badge/", badges.mine, name="switch_badge"),
    path("badge/<uuid:badge_id>/end/", badges.end, name="badge_end"),
    path("badges/", badges.everybodys, name="badges"),
    path("badges/<uuid:badge_id>/revoke/", badges.revoke, name="badge_revoke"),
]
