"""Addresses of the questions."""

from django.urls import path

from ehospital.web.staff.look_questions import views

urlpatterns = [
    path("", views.worklist, name="look_questions"),
    path("<uuid:question_id>/", views.answer, name="look_answer"),
]
