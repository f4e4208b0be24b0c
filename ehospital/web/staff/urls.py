"""The staff's screens, one line each."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("patients/", include("ehospital.web.staff.patient_search.urls")),
    path("patients/", include("ehospital.web.staff.patient_edit.urls")),
    path("audit/", include("ehospital.web.staff.audit.urls")),
]
