"""The address of the kitchen's list."""

from django.urls import path

from ehospital.web.staff.meals import views

urlpatterns = [path("<uuid:ward_id>/meals/", views.meals, name="ward_meals")]
