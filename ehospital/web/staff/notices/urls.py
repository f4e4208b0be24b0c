"""Addresses of the notices."""

from django.urls import path

from ehospital.web.staff.notices import views, wishing

urlpatterns = [
    path("", views.notices, name="notices"),
    path("bell/", views.bell, name="notices_bell"),
    path("ticket/", views.ticket, name="notices_ticket"),
    path("<uuid:notice_id>/seen/", views.seen, name="notice_seen"),
    path("settings/", wishing.wishes, name="notice_wishes"),
    path("browsers/", wishing.choose, name="notice_browser_choose"),
    path("browsers/<uuid:browser_id>/off/", wishing.drop, name="notice_browser_drop"),
]
