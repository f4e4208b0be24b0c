"""What makes a repeat of a message harmless, and what was put aside."""

from django.db import models

from ehospital.foundation.models import Record


class Checkpoint(models.Model):
    """How far one partition of the stream is stored, and whose it is. Moves in the transaction that stores."""

    partition = models.PositiveSmallIntegerField(primary_key=True)
    stream_seq = models.BigIntegerField(default=0, help_text="The last message of the stream that is dealt with.")
    stream_born = models.CharField(max_length=40, blank=True, help_text="When the stream was made; else count anew.")
    epoch = models.BigIntegerField(default=0, help_text="Rises with every owner; a transaction under an old one fails.")
    owner = models.CharField(max_length=100, blank=True)
    claimed_at = models.DateTimeField(null=True)

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("partition", "stream_seq", "stream_born", "epoch", "owner", "claimed_at")


class ReplayWindow(models.Model):
    """Which sequence numbers of a device's boot are dealt with: stored, quarantined or among the dead letters."""

    pk = models.CompositePrimaryKey("device_id", "boot")
    device_id = models.CharField(max_length=64, help_text="Unknown devices have one too.")
    boot = models.CharField(max_length=64)
    safe_seq = models.BigIntegerField(help_text="Everything up to here is dealt with; what the device is told.")
    seen = models.JSONField(default=list, help_text="[[first, last], …]: every number dealt with, gaps left out.")
    dead = models.JSONField(default=list, help_text="Those of `seen` among the dead letters: a replay is still new.")
    last_seq = models.BigIntegerField(help_text="The number that came last, for what cannot be read.")
    unreadable = models.PositiveIntegerField(default=0, help_text="Dead letters without a number since `last_seq`.")
    clock = models.JSONField(default=dict, help_text="What is known of the clock of this boot.")
    touched_at = models.DateTimeField()

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("device_id", "boot", "safe_seq", "seen", "dead", "last_seq", "unreadable", "clock", "touched_at")


class Quarantine(Record):
    """A message that can be read but not be given to a patient: kept as it came, never dropped."""

    class Reason(models.TextChoices):
        """Why."""

        UNKNOWN_DEVICE = "unknown_device"
        REVOKED_DEVICE = "revoked_device"
        UNPAIRED = "unpaired"  # it watched nobody at that time
        CLOCK = "clock"  # by its clock it watched somebody else then, and nothing shows that its clock is right
        FUTURE = "future"  # its clock is more than two minutes ahead
        TOO_OLD = "too_old"  # taken before anything that is kept

    device_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=16, choices=Reason)
    boot = models.CharField(max_length=64)
    seq = models.BigIntegerField()
    taken_at = models.DateTimeField()
    received_at = models.DateTimeField()
    payload = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["device_id", "-received_at"], name="quarantine_of_device"),
            models.Index(fields=["received_at"], name="quarantine_by_age"),
        ]

    class Privacy:
        identifying = ()
        clinical = ("taken_at", "payload")
        technical = ("id", "device_id", "reason", "boot", "seq", "received_at")
