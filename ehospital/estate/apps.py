"""The Django app of the estate."""

from django.apps import AppConfig


class EstateConfig(AppConfig):
    name = "ehospital.estate"
    label = "estate"
    stream_grant = "read"
    keeps_history = True
