"""The Django app of the screens: templates, static files and template tags; no tables."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "ehospital.web"
    label = "web"
