"""The Django app of people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "ehospital.people"
    label = "people"
    stream_grant = "read"
