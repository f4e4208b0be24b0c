"""The Django app of the clinical domain."""

from django.apps import AppConfig


class ClinicalConfig(AppConfig):
    name = "ehospital.clinical"
    label = "clinical"
    stream_grant = "read"
    keeps_history = True
    guards_charts = True

    def ready(self) -> None:
        """Hear of files in which the virus scanner found something."""
        from ehospital.foundation import file_states, listening
        from ehospital.foundation.events import FileWasInfected

        file_states.names("clinical_document", "file_key")
        listening.hear(FileWasInfected, "ehospital.clinical.tasks.file_was_infected")
