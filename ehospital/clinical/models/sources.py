"""Where imported rows came from: what makes a second import change nothing, and a reference find its target."""

from django.db import models

from ehospital.foundation.models import Record


class ImportedResource(models.Model):
    """One resource of another system that is part of our record; its id is the id of the row it became."""

    keeps_history = False  # the machinery of imports: what it brought is kept

    id = models.UUIDField(primary_key=True, editable=False)
    source = models.CharField(max_length=120)
    kind = models.CharField(max_length=40, help_text="The resource type in the source's words.")
    source_id = models.CharField(max_length=250)
    patient_id = models.UUIDField(null=True, blank=True)
    digest = models.BinaryField(help_text="BLAKE2b-128 of what we keep of it.")
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["patient_id"], name="imported_of_patient")]

    class Privacy:
        identifying = ("patient_id", "source_id")
        clinical = ()
        technical = ("id", "source", "kind", "digest", "changed_at")


class SourceIdentifier(Record):
    """A number by which a source refers to a member of staff or an organisation: `Practitioner?identifier=…`."""

    guards_charts = False  # of no patient

    source = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    system = models.CharField(max_length=250, blank=True)
    value = models.CharField(max_length=250)
    target_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "system", "value"], name="source_identifier_once")
        ]
        indexes = [models.Index(fields=["target_id"], name="source_identifier_target")]

    class Privacy:
        identifying = ("value",)
        clinical = ()
        technical = ("id", "source", "kind", "system", "target_id")
