"""The address of the first page."""

from django.urls import path

from ehospital.web.portal.home import views

urlpatterns = [path("", views.home, name="portal_home")]
