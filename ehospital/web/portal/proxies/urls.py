"""Addresses of proxies in the portal."""

from django.urls import path

from ehospital.web.portal.proxies import views

urlpatterns = [
    path("", views.people, name="portal_proxies"),
    path("choose/", views.choose, name="portal_choose"),
    path("<uuid:proxy_id>/end/", views.end, name="portal_proxy_end"),
]
