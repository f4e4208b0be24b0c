"""The map of addresses: one line per area, each area maps its own screens."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("ehospital.web.urls")),
    path("fhir/", include("ehospital.fhir.urls")),
    path("accounts/", include("allauth.urls")),
]

handler400 = "ehospital.web.errors.views.bad_request"
handler403 = "ehospital.web.errors.views.forbidden"
handler404 = "ehospital.web.errors.views.not_found"
handler429 = "ehospital.web.errors.views.too_many"
handler500 = "ehospital.web.errors.views.server_error"
