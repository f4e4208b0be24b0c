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
