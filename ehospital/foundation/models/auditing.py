"""The audit trail and its seals."""

from django.db import models
from django.db.models.functions import Now

from ehospital.foundation.models.records import AppendOnlyModel


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
