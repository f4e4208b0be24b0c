"""Base models, and the tables that every domain writes to: audit, outbox and the demo's inbox."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NoReturn

from django.db import models
from django.db.models.functions import Now

from ehospital.kernel.identifiers import uuid7


class Record(models.Model):
    """A row with a time-ordered identifier that reveals no count and can be made on any machine."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class AppendOnlyError(TypeError):
    """Code tried to change or remove what happened; write a correcting row that points back instead."""


def _refuse(what: str) -> NoReturn:
    raise AppendOnlyError(f"{what} is append-only: write a correcting row that points back to it instead")


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Reads as usual; refuses to change or remove."""

    def update(self, **kwargs: Any) -> NoReturn:
        _refuse(self.model.__name__)

    def delete(self) -> NoReturn:
        _refuse(self.model.__name__)

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> NoReturn:
        _refuse(self.model.__name__)


class AppendOnlyModel(models.Model):
    """What happened. Python refuses to change it, a trigger refuses it again, and no process has the grant."""

    append_only = True
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        if not self._state.adding:
            _refuse(type(self).__name__)
        super().save(**{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse(type(self).__name__)


class CurrentTransaction(models.Func):
    """The 64-bit number of the transaction that writes the row; a trigger has the last word."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()
    arity = 0


class AuditEvent(AppendOnlyModel):
    """Who did what to whose record, and when. No foreign keys: it outlives what it speaks of."""

    class Category(models.TextChoices):
        """The action codes of FHIR AuditEvent."""

        CREATE = "C"
        READ = "R"
        UPDATE = "U"
        DELETE = "D"
        EXECUTE = "E"

    id = models.BigAutoField(primary_key=True)
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    at = models.DateTimeField(help_text="When it happened, as the door told it.")
    action = models.CharField(max_length=64)
    category = models.CharField(max_length=1, choices=Category)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    patient_id = models.UUIDField(null=True)
    subject = models.CharField(max_length=100, blank=True)
    purpose = models.CharField(max_length=32, blank=True)
    request = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["transaction", "id"], name="audit_by_transaction"),
            models.Index(fields=["patient_id", "-id"], name="audit_by_patient", condition=~models.Q(patient_id=None)),
            models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
        ]
        # A trigger sets the number (foundation.guards); below zero no seal would ever look.
        constraints = [models.CheckConstraint(condition=models.Q(transaction__gt=0), name="audit_transaction_positive")]

    class Privacy:
        identifying = ("actor_id", "actor_name", "patient_id", "subject")
        clinical = ("details",)
        technical = ("id", "transaction", "recorded_at", "at", "action", "category", "actor_kind", "purpose", "request")


class AuditSeal(AppendOnlyModel):
    """A signed seal over every audit event of a closed range of transactions, chained to the seal before it."""

    web_only_reads = True

    number = models.BigIntegerField(primary_key=True)
    first_transaction = models.BigIntegerField(help_text="Inclusive.")
    next_transaction = models.BigIntegerField(help_text="Exclusive: the first transaction of the next seal.")
    events = models.IntegerField()
    leaves = models.BinaryField(help_text="Per event, in order: its id (8 bytes) and the start of its hash (16 bytes).")
    previous = models.BinaryField(help_text="The hash of the seal before, 32 bytes.")
    sealed_at = models.DateTimeField()
    key_id = models.CharField(max_length=16)
    signature = models.BinaryField()

    class Privacy:
        identifying = ()
        clinical = ()
        technical = (
            "number", "first_transaction", "next_transaction", "events", "leaves",
            "previous", "sealed_at", "key_id", "signature",
        )  # fmt: skip


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


class OutboxMessage(Record):
    """What other processes must hear of: written with the change, relayed after commit, then removed."""

    subject = models.CharField(max_length=200)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Privacy:
        identifying = ("payload",)
        clinical = ()
        technical = ("id", "subject", "created_at")


class DemoMail(Record):
    """A message that a demo would have sent; shown on the demo's inbox page."""

    sent_at = models.DateTimeField(db_default=Now(), editable=False)
    sender = models.CharField(max_length=320)
    to = models.TextField()
    title = models.TextField()
    body = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["-sent_at"], name="demo_mail_newest")]

    class Privacy:
        identifying = ("sender", "to", "title", "body")
        clinical = ()
        technical = ("id", "sent_at")
