"""What stood in a row before it changed."""

import json
from decimal import Decimal
from typing import Any

from django.db import models

from ehospital.foundation.models.records import AppendOnlyModel


class ExactDecoder(json.JSONDecoder):
    """Reads numbers with the digits that they have: 3.10 is not 3.1."""

    def __init__(self, **options: Any) -> None:
        super().__init__(parse_float=Decimal, **options)


class RowChange(AppendOnlyModel):
    """One change of one row, written by the database itself (`foundation.history_triggers`): what stood there before.

    `transaction` is the number that the audit events of the same act carry; a change without any was made past the
    program, and `by_role` tells through which role of the database.
    """

    written_by_triggers = True
    guards_charts = True

    class Operation(models.TextChoices):
        """What was done to the row."""

        INSERTED = "I"
        UPDATED = "U"
        DELETED = "D"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(help_text="When the transaction began; all its changes share it.")
    transaction = models.BigIntegerField()
    table_name = models.CharField(max_length=63)
    row_key = models.CharField(max_length=64)
    patient_id = models.UUIDField(null=True, help_text="Whose row it was, before the change.")
    operation = models.CharField(max_length=1, choices=Operation)
    by_role = models.CharField(max_length=63)
    before = models.JSONField(null=True, decoder=ExactDecoder, help_text="The whole row before; none of an insertion.")

    class Meta:
        indexes = [
            models.Index(fields=["patient_id", "at"], name="row_change_of_patient"),
            models.Index(fields=["table_name", "row_key", "id"], name="row_change_of_row"),
        ]

    class Privacy:
        identifying = ("patient_id",)
        clinical = ("before",)
        technical = ("id", "at", "transaction", "table_name", "row_key", "operation", "by_role")
