"""Addresses of my plans."""

from django.urls import path

from ehospital.web.portal.plans import views

urlpatterns = [
    path("", views.plans, name="portal_plans"),
    path("<uuid:plan_id>/note/", views.note, name="portal_plan_note"),
    path("done/<uuid:activity_id>/", views.tick, name="portal_plan_tick"),
    path("undo/<uuid:event_id>/", views.untick, name="portal_plan_untick"),
]
