"""The address of today's list."""

from django.urls import path

from ehospital.web.staff.plan_tasks import views

urlpatterns = [path("", views.tasks, name="plan_tasks")]
