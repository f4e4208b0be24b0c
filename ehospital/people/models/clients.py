"""Other systems that come through the FHIR door: a laboratory's, a practice's, a register's."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ehospital.foundation.models import Record
from ehospital.people.models.staff import Unit


class ClientApplication(Record):
    """One system with credentials of its own. Its id is its client id; its units say whose charts it sees."""

    keeps_history = False  # what happens to credentials is audited; no old hash is kept
    stream_grant = ""  # hashes of secrets are not for the process that hears devices

    name = models.CharField(max_length=120)
    scopes = ArrayField(models.CharField(max_length=60), help_text="SMART scopes: system/Patient.read, system/*.read …")
    secret_hash = models.CharField(
        max_length=64, help_text="Keyed SHA-256 of 256 random bits; the secret is kept nowhere."
    )
    edition = models.PositiveIntegerField(
        default=1, help_text="Rises with every new secret and every revocation; tokens of an earlier one are dead."
    )
    registered_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(models.functions.Lower("name"), name="client_name_is_unique"),
            models.CheckConstraint(condition=~models.Q(name=""), name="client_has_a_name"),
            models.CheckConstraint(condition=models.Q(scopes__len__gt=0), name="client_has_scopes"),
            models.CheckConstraint(condition=models.Q(edition__gt=0), name="client_edition_is_positive"),
        ]

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("id", "name", "scopes", "secret_hash", "edition", "registered_at", "revoked_at")

    def __str__(self) -> str:
        return self.name


class ClientUnit(Record):
    """A system sees the patients of a unit; one of its units takes over the patients that it registers."""

    client = models.ForeignKey(ClientApplication, on_delete=models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    receives = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "unit"], name="client_in_unit_once"),
            models.UniqueConstraint(
                fields=["client"], condition=models.Q(receives=True), name="one_unit_receives_for_client"
            ),
        ]

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("id", "client", "unit", "receives")
