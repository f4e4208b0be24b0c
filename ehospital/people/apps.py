"""The Django app of people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "ehospital.people"
    label = "people"
    stream_grant = "read"
    keeps_history = True

    def ready(self) -> None:
        """Write down what people do with their accounts."""
        from ehospital.people import account_events  # models must stand first

        account_events.listen()
