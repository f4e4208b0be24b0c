"""The address of my patients."""

from django.urls import path

from ehospital.web.staff.my_patients import views

urlpatterns = [path("", views.mine, name="my_patients")]
