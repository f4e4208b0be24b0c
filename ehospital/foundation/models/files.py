"""Which files of the record there are, and whether anybody has looked into them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class FileState(models.TextChoices):
    """Whether a file may be opened."""

    WAITING = "waiting", _("Waiting for the virus scanner")
    CLEAN = "clean", _("Looked at")
    UNCHECKED = "unchecked", _("Not looked at")
    INFECTED = "infected", _("A virus was found")
    TOO_LARGE = "too-large", _("Too large for the virus scanner")
    LOST = "lost", _("Missing or damaged")


OPEN_STATES = (FileState.CLEAN, FileState.UNCHECKED)
"""Files in any other state, and files without a row here, are opened by nobody."""


class KeptFile(models.Model):
    """One content, whatever names it: every document with the same bytes is open, waits or is shut together."""

    stream_grant = ""

    key = models.CharField(primary_key=True, max_length=64, help_text="The SHA-256 of the content.")
    state = models.CharField(max_length=9, choices=FileState)
    found = models.CharField(max_length=200, blank=True, help_text="What the scanner found in it.")
    kept_at = models.DateTimeField(db_default=Now(), editable=False)
    looked_at = models.DateTimeField(null=True, blank=True, help_text="When the scanner answered.")
    tries = models.PositiveIntegerField(default=0, help_text="How often a worker has taken it up since it waits.")
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="When a worker has something to do with it: show it to the scanner, remove it."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(key__regex="^[0-9a-f]{64}$"), name="kept_file_key"),
            models.CheckConstraint(condition=Q(state__in=FileState.values), name="kept_file_state"),
            models.CheckConstraint(
                condition=(Q(state="infected") & ~Q(found="")) | (~Q(state="infected") & Q(found="")),
                name="infected_file_says_with_what",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["clean", "infected", "too-large"], looked_at__isnull=False)
                | Q(state__in=["waiting", "unchecked", "lost"], looked_at=None),
                name="file_is_judged_when_looked_at",
            ),
            models.CheckConstraint(
                condition=Q(state="infected")
                | Q(state__in=["clean", "too-large"], due_at=None)
                | Q(state__in=["waiting", "unchecked", "lost"], due_at__isnull=False),
                name="what_waits_is_due",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="file_due", condition=Q(due_at__isnull=False))]

    class Privacy:
        identifying = ()
        clinical = ("key",)
        technical = ("state", "found", "kept_at", "looked_at", "tries", "due_at")

    def __str__(self) -> str:
        return f"{self.key[:12]} {self.state}"
