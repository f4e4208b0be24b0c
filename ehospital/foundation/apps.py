"""The Django app of the foundation."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FoundationConfig(AppConfig):
    name = "ehospital.foundation"
    label = "foundation"
    stream_grant = "write"

    def ready(self) -> None:
        from ehospital.foundation import guards

        post_migrate.connect(guards.after_migrate, dispatch_uid="ehospital.guards")
