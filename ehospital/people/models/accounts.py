"""How a person signs in."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from ehospital.foundation.models import Record
from ehospital.people.models.patients import Patient
from ehospital.people.models.staff import StaffMember


class AccountLedger(BaseUserManager["Account"]):
    """Finds accounts by the name that people type."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        """Return the account of that name, whatever its case."""
        return self.get(username__iexact=username)


class Account(AbstractBaseUser, Record):
    """One way to sign in, of one member of staff or one patient. It has no power of its own: see `people.access`."""

    keeps_history = False  # what happens to an account is audited; no old password is kept
    stream_grant = ""  # password hashes are not for the process that hears devices

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    username = models.CharField(max_length=150)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    staff = models.OneToOneField(StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="account")
    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="account")
    language = models.CharField(max_length=35, blank=True)
    theme = models.CharField(max_length=8, blank=True, choices=[("light", "light"), ("dark", "dark")])

    objects = AccountLedger()

    class Meta:
        constraints = [
            models.UniqueConstraint(models.functions.Lower("username"), name="account_name_is_unique"),
            models.CheckConstraint(
                condition=models.Q(staff=None) | models.Q(patient=None), name="account_of_staff_or_patient"
            ),
        ]

    class Privacy:
        identifying = ("username", "email", "staff", "patient")
        clinical = ()
        technical = ("id", "password", "last_login", "is_active", "created_at", "language", "theme")

    def __str__(self) -> str:
        return self.username
