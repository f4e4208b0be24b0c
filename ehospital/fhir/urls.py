"""Addresses of the FHIR door."""

from typing import Final

from django.urls import URLPattern, path, re_path

from ehospital.fhir.serving import token, views
from ehospital.fhir.serving.types import KINDS

_KIND: Final = f"(?P<kind>{'|'.join(KINDS)})"

urlpatterns: list[URLPattern] = [
    path("metadata", views.capabilities, name="fhir_metadata"),
    path("token", token.give_token, name="fhir_token"),
    path(".well-known/smart-configuration", views.smart_configuration, name="fhir_smart"),
    re_path(rf"^{_KIND}/?$", views.of_type, name="fhir_type"),
    re_path(rf"^{_KIND}/_search/?$", views.search_by_form, name="fhir_search"),
    re_path(rf"^{_KIND}/(?P<key>[^/]+)/?$", views.one, name="fhir_one"),
    re_path(r"^(?P<rest>.*)$", views.nothing_here, name="fhir_nothing"),
]
