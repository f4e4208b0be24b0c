"""Address of the search at the top."""

from django.urls import path

from ehospital.web.staff.find import views

urlpatterns = [path("", views.find, name="find")]
