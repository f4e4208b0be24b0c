"""Computers that several people share, and the short code with which they change places."""

from django.db import models

from ehospital.foundation.models import Record
from ehospital.people.models.accounts import Account


class SharedComputer(Record):
    """A computer of a ward: people change places on it by a short code, and it locks itself when nobody is there."""

    keeps_history = False  # audited

    name = models.CharField(max_length=120)
    idle_minutes = models.PositiveSmallIntegerField(default=5)
    active = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(idle_minutes__gte=1, idle_minutes__lte=60),
                name="shared_computer_locks_within_an_hour",
            )
        ]

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("id", "name", "idle_minutes", "active", "added_at")


class QuickPin(Record):
    """The short code of one account. It sleeps until its owner signs in with everything, once a shift."""

    keeps_history = False  # no old code is kept, not even its hash

    stream_grant = ""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="quick_pin")
    pin_hash = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    good_until = models.DateTimeField(help_text="After that, and after too many wrong tries, it sleeps.")
    failed = models.PositiveSmallIntegerField(default=0)

    class Privacy:
        identifying = ("account",)
        clinical = ()
        technical = ("id", "pin_hash", "set_at", "good_until", "failed")


class Badge(Record):
    """The badge of a member of staff, known by a keyed hash of the number that a reader types. Revoked at once."""

    keeps_history = False  # no old number is kept, not even its hash

    stream_grant = ""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="badges")
    number_hash = models.CharField(max_length=64)
    ends_in = models.CharField(max_length=2, help_text="The last two characters, by which its owner knows it again.")
    enrolled_at = models.DateTimeField()
    enrolled_by = models.CharField(max_length=200)
    proved_at = models.DateTimeField(null=True, help_text="When it was last shown together with the short code.")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number_hash"], condition=models.Q(revoked_at=None), name="badge_names_one_account"
            )
        ]

    class Privacy:
        identifying = ("account", "enrolled_by")
        clinical = ()
        technical = ("id", "number_hash", "ends_in", "enrolled_at", "proved_at", "revoked_at")
