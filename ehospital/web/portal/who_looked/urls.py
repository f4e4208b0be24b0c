"""The address of the list of who looked."""

from django.urls import path

from ehospital.web.portal.who_looked import views

urlpatterns = [path("", views.looked, name="portal_access")]
