"""The Django app of the foundation."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class FoundationConfig(AppConfig):
    name = "ehospital.foundation"
    label = "foundation"
    stream_grant = "write"

    def ready(self) -> None:
        from ehospital.foundation import guards

        pre_migrate.connect(guards.before_migrate, dispatch_uid="ehospital.guards")
        post_migrate.connect(guards.after_migrate, dispatch_uid="ehospital.guards")
