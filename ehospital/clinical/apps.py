"""The Django app of the clinical domain."""

from django.apps import AppConfig


class ClinicalConfig(AppConfig):
    name = "ehospital.clinical"
    label = "clinical"
    stream_grant = "read"
    keeps_history = True
    guards_charts = True
