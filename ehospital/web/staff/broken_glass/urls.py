"""Addresses of broken glass."""

from django.urls import path

from ehospital.web.staff.broken_glass import reviewing, views

urlpatterns = [
    path("", reviewing.worklist, name="glass_worklist"),
    path("agree/", views.agree, name="glass_agree"),
    path("open/<str:token>/", views.break_glass, name="glass_break"),
    path("<uuid:glass_id>/", reviewing.review, name="glass_review"),
    path("<uuid:glass_id>/second/", views.second, name="glass_second"),
    path("<uuid:glass_id>/close/", views.close, name="glass_close"),
]
