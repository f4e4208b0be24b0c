"""The Django app of people."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PeopleConfig(AppConfig):
    name = "ehospital.people"
    label = "people"
    stream_grant = "read"
    keeps_history = True

    def ready(self) -> None:
        """Write down what people do with their accounts; keep merged records shut; hear of infected files."""
        from ehospital.foundation import file_states, listening
        from ehospital.foundation.events import FileWasInfected
        from ehospital.people import account_events, guards  # models must stand first
        from ehospital.people.row_security import laying

        account_events.listen()
        file_states.names("people_patientphoto", "large_key", "small_key")
        file_states.names("people_registerimport", "file_key")
        listening.hear(FileWasInfected, "ehospital.people.tasks.file_was_infected")
        post_migrate.connect(guards.after_migrate, dispatch_uid="ehospital.people.guards")
        post_migrate.connect(laying.after_migrate, dispatch_uid="ehospital.people.row_security")
