"""Addresses of who may open a record."""

from django.urls import path

from ehospital.web.staff.record_access import proxies, views

urlpatterns = [
    path("<uuid:patient_id>/access/", views.who_may, name="record_access"),
    path("<uuid:patient_id>/access/restrict/", views.restrict, name="record_restrict"),
    path("<uuid:patient_id>/access/restrictions/<uuid:restriction_id>/", views.lift, name="restriction_lift"),
    path("<uuid:patient_id>/access/staff/", views.as_staff, name="record_as_staff"),
    path("<uuid:patient_id>/access/proxies/", proxies.give, name="proxy_give"),
    path("<uuid:patient_id>/access/proxies/<uuid:proxy_id>/", proxies.end, name="proxy_end"),
]
