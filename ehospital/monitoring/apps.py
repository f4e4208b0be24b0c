"""The Django app of the monitoring domain."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "ehospital.monitoring"
    label = "monitoring"
    stream_grant = "write"
