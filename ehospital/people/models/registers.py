"""A register that comes in from paper or a spreadsheet: the file, and every row of it with what became of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import Record
from ehospital.people.models.patients import Patient
from ehospital.people.models.staff import StaffMember


class RegisterImport(Record):
    """One file on its way into use, and back. Where it stands decides what may be done next."""

    keeps_history = False  # tells of a file, not of one record

    class State(models.TextChoices):
        """Where it stands; those in -ing are work of the machinery."""

        READING = "reading", _("Being read")
        READ = "read", _("Read: say what the columns are")
        JUDGING = "judging", _("Being checked")
        JUDGED = "judged", _("Checked: nothing is written yet")
        IMPORTING = "importing", _("Being taken into use")
        IMPORTED = "imported", _("In use")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        REFUSED = "refused", _("Cannot be used")
        DISCARDED = "discarded", _("Discarded")

    WORKING = (State.READING, State.JUDGING, State.IMPORTING, State.UNDOING)

    file_name = models.CharField(max_length=200)
    file_key = models.CharField(max_length=64, help_text="Key of the file store.")
    file_bytes = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.READING)
    why = models.CharField(max_length=40, blank=True, help_text="Why it was refused: a code of foundation.sheets.")
    settings = models.JSONField(default=dict, help_text="See people.policies.register_settings.")
    shape = models.JSONField(default=dict, help_text="What was seen of the file: its sheets, its encoding, its merges.")
    counts = models.JSONField(default=dict, help_text="Rows by verdict, and what undoing left.")
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0, help_text="Of the work that goes on.")
    version = models.PositiveIntegerField(default=1, help_text="Rises with everything that a person decides.")
    begun_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    begun_by_name = models.CharField(max_length=200)
    begun_at = models.DateTimeField()
    worked_at = models.DateTimeField(help_text="The last sign of life of the work that goes on.")
    imported_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was undone or discarded.")
    ended_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["reading", "read", "judging", "judged", "importing", "imported", "undoing",
                                       "undone", "refused", "discarded"]),
                name="register_state",
            ),
            models.CheckConstraint(condition=Q(file_key__regex="^[0-9a-f]{64}$"), name="register_has_its_file"),
            models.CheckConstraint(condition=Q(rows_done__lte=models.F("rows_total")), name="register_progress"),
            models.CheckConstraint(
                condition=~Q(state__in=["imported", "undoing", "undone"]) | Q(imported_at__isnull=False),
                name="register_imported_when",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["-begun_at", "id"], name="register_latest")]

    class Privacy:
        identifying = ("file_name", "file_key", "shape", "begun_by", "begun_by_name", "ended_by_name")
        clinical = ()
        technical = (
            "id", "file_bytes", "state", "why", "settings", "counts", "rows_total", "rows_done", "version", "begun_at",
            "worked_at", "imported_at", "ended_at",
        )  # fmt: skip


class RegisterRow(models.Model):
    """One row of the file: as it was written, as it was understood, whom it is of, and what was written of it.

    `made` names the record that the row made; `patient` the one it is of: they differ when two rows are of one person,
    when the person was known, and after a merge.
    """

    keeps_history = False  # the trace itself

    class Verdict(models.TextChoices):
        """What the check found."""

        NONE = "", _("Not checked yet")
        NEW = "new", _("New")
        SAME = "same", _("Known already")
        INSIDE = "inside", _("Twice in this file")
        UNSURE = "unsure", _("Perhaps known already")
        REPEAT = "repeat", _("Taken in before")
        BAD = "bad", _("Cannot be taken")

    class Decision(models.TextChoices):
        """What a person decided instead of the check."""

        NONE = "", _("As checked")
        NEW = "new", _("Another person: a new record")
        SAME = "same", _("The same person")
        OUT = "out", _("Leave it out")

    class Outcome(models.TextChoices):
        """What was written."""

        NONE = "", _("Nothing yet")
        MADE = "made", _("A new record")
        FILLED = "filled", _("What was empty was filled in")
        NOTHING = "nothing", _("Nothing was missing")
        OUT = "out", _("Left out")
        UNDONE = "undone", _("Undone")
        KEPT = "kept", _("Stays: it was used since")

    id = models.BigAutoField(primary_key=True)
    register = models.ForeignKey(RegisterImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="As the spreadsheet numbers it.")
    cells = models.JSONField(help_text="Every cell, as text.")
    notes = models.JSONField(default=list, help_text="What the reading saw: codes, with their column.")
    details = models.JSONField(default=dict, help_text="As it was understood; see people.told_json.")
    problems = models.JSONField(default=list, help_text="[code, column, what stood there] each.")
    print = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the details: the same row, again.")
    verdict = models.CharField(max_length=6, choices=Verdict, blank=True, default="")
    probability = models.FloatField(default=0)
    reasons = models.JSONField(default=list, help_text="Codes of algorithms.matching.")
    like_row = models.PositiveIntegerField(null=True, help_text="The row of this file that it is like.")
    like = models.UUIDField(null=True, help_text="The record that it is like.")
    decision = models.CharField(max_length=4, choices=Decision, blank=True, default="")
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True, default="")
    patient = models.ForeignKey(Patient, on_delete=models.SET_NULL, null=True, related_name="register_rows")
    made = models.UUIDField(null=True, help_text="The record that this row made.")
    filled = models.JSONField(default=dict, help_text="What was filled in, to take it back.")
    why_kept = models.CharField(max_length=120, blank=True, help_text="Why undoing left it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="register_row_once"),
            models.CheckConstraint(
                condition=Q(verdict__in=["", "new", "same", "inside", "unsure", "repeat", "bad"]),
                name="register_row_verdict",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "made", "filled", "nothing", "out", "undone", "kept"]),
                name="register_row_outcome",
            ),
            models.CheckConstraint(condition=Q(decision__in=["", "new", "same", "out"]), name="register_row_decision"),
        ]
        indexes = [
            models.Index(
                fields=["print"],
                name="register_row_print",
                condition=Q(outcome__in=["made", "filled", "nothing", "kept"]),
            ),
            models.Index(fields=["register", "verdict", "number"], name="register_row_by_verdict"),
            models.Index(fields=["register", "outcome", "number"], name="register_row_by_outcome"),
        ]  # fmt: skip

    class Privacy:
        identifying = (
            "cells", "notes", "details", "problems", "print", "like", "patient", "made", "filled",
        )  # fmt: skip
        clinical = ()
        technical = (
            "id", "register", "number", "verdict", "probability", "reasons", "like_row", "decision", "outcome",
            "why_kept",
        )  # fmt: skip
