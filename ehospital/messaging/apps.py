"""The Django app of the messages."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "ehospital.messaging"
    label = "messaging"

    def ready(self) -> None:
        """Hear what people tell."""
        from ehospital.messaging import hearing

        hearing.listen()
