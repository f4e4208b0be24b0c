"""Who gives numbers to patients, and what such a number looks like."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import Record


class IdentifierIssuer(Record):
    """An issuer of patients' numbers: the nation, an insurer. Numbers of an issuer that is not here are not checked."""

    class Check(models.TextChoices):
        """The check digit; the algorithms are those of `people.numbers`."""

        NONE = "none", _("No check digit")
        LUHN = "luhn", "Luhn"
        NHS = "nhs", "NHS, modulus 11"
        MOD97 = "mod97", "MOD 97-10"
        ISO_11_2 = "iso7064-11-2", "ISO 7064 MOD 11-2"
        ISO_37_2 = "iso7064-37-2", "ISO 7064 MOD 37-2"
        ISO_97_10 = "iso7064-97-10", "ISO 7064 MOD 97-10"
        ISO_11_10 = "iso7064-11,10", "ISO 7064 MOD 11,10"
        ISO_37_36 = "iso7064-37,36", "ISO 7064 MOD 37,36"

    system = models.CharField(max_length=200, unique=True, help_text="URI of the issuer.")
    name = models.CharField(max_length=80, help_text="What the desk calls the number.")
    kind = models.CharField(max_length=20, blank=True, help_text="HL7 v2-0203: NI, SS, PPN …")
    pattern = models.CharField(max_length=200, blank=True, help_text="A regular expression of the whole number.")
    check_digit = models.CharField(max_length=16, choices=Check, default=Check.NONE)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name="") & ~models.Q(system=""), name="issuer_is_named"),
        ]

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("id", "system", "name", "kind", "pattern", "check_digit")

    def __str__(self) -> str:
        return self.name
