"""The patients' screens, one line each."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("ehospital.web.portal.home.urls")),
    path("record/corrections/", include("ehospital.web.portal.corrections.urls")),
    path("record/", include("ehospital.web.portal.record.urls")),
    path("plans/", include("ehospital.web.portal.plans.urls")),
    path("access/", include("ehospital.web.portal.who_looked.urls")),
    path("proxies/", include("ehospital.web.portal.proxies.urls")),
    path("consents/", include("ehospital.web.portal.consents.urls")),
    path("details/", include("ehospital.web.portal.details.urls")),
]
