"""Every screen's address: one line per area."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("ehospital.web.display.start.urls")),
    path("", include("ehospital.web.display.health.urls")),
    path("", include("ehospital.web.display.tour.urls")),
    path("", include("ehospital.web.kit.urls")),
    path("staff/", include("ehospital.web.staff.urls")),
    path("portal/", include("ehospital.web.portal.urls")),
]
