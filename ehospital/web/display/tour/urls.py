"""Addresses of the tour."""

from django.urls import path

from ehospital.web.display.tour import views

urlpatterns = [
    path("tour/", views.tour, name="tour"),
    path("tour/processes/", views.processes, name="tour_processes"),
    path("tour/enter/<slug:role>/", views.enter, name="tour_enter"),
    path("tour/phone/", views.phone, name="phone"),
    path("tour/plug/<slug:name>/", views.plug, name="tour_plug"),
    path("tour/inbox/", views.inbox, name="inbox"),
]
