"""A patient and how to know one from another."""

from datetime import date, datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.days import hospital_day
from ehospital.foundation.models import Record


class Patient(Record):
    """One person whom the hospital knows. Never deleted; archived when registered in error."""

    class Sex(models.TextChoices):
        """FHIR administrative gender."""

        MALE = "male", _("Male")
        FEMALE = "female", _("Female")
        OTHER = "other", _("Other")
        UNKNOWN = "unknown", _("Not known")

    class BirthPrecision(models.TextChoices):
        """How much of the birth date is known."""

        DAY = "day", _("Exact day")
        MONTH = "month", _("Month and year")
        YEAR = "year", _("Year only")
        UNKNOWN = "unknown", _("Not known")

    active = models.BooleanField(default=True)
    name_text = models.CharField(max_length=250, help_text="The name to show, FAMILY, Given; kept by people.actions.")
    search_words = ArrayField(
        models.TextField(), default=list, help_text="Every word of every name, folded; kept by people.actions."
    )
    sex = models.CharField(max_length=8, choices=Sex, default=Sex.UNKNOWN)
    birth_on = models.DateField(null=True, blank=True)
    birth_precision = models.CharField(max_length=8, choices=BirthPrecision, default=BirthPrecision.UNKNOWN)
    deceased = models.BooleanField(default=False)
    deceased_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=35, blank=True, help_text="BCP 47.")
    interpreter_needed = models.BooleanField(default=False)
    communication_needs = models.TextField(blank=True)
    marital_status = models.CharField(max_length=60, blank=True)
    mother = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="newborns")
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="absorbed"
    )
    archived_reason = models.CharField(max_length=300, blank=True, help_text="Why somebody took it out of search.")
    version = models.PositiveIntegerField(default=1, help_text="Rises with every change; an edit names the one it saw.")
    imported_version = models.PositiveIntegerField(
        null=True, editable=False, help_text="The version that an import wrote last; a higher one was corrected here."
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(birth_on=None, birth_precision="unknown")
                | (models.Q(birth_on__isnull=False) & ~models.Q(birth_precision="unknown")),
                name="birth_date_and_precision_together",
            ),
            models.CheckConstraint(
                condition=models.Q(deceased_at=None) | models.Q(deceased=True), name="time_of_death_only_when_deceased"
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(active=False), name="merged_record_is_not_active"
            ),
            models.CheckConstraint(condition=~models.Q(merged_into=models.F("id")), name="merged_into_another"),
            models.CheckConstraint(
                condition=models.Q(archived_reason="") | models.Q(active=False), name="reason_only_when_archived"
            ),
        ]
        indexes = [
            # Without the list of what is still to be entered, which every search would read through after an import.
            GinIndex(fields=["search_words"], name="patient_search_words", fastupdate=False),
            models.Index(fields=["birth_on", "id"], name="patient_birth_on"),
        ]

    class Privacy:
        identifying = ("name_text", "search_words", "birth_on", "birth_precision", "mother", "merged_into")
        clinical = (
            "sex", "deceased", "deceased_at", "language", "interpreter_needed", "communication_needs", "marital_status",
        )  # fmt: skip
        technical = ("id", "active", "version", "imported_version", "changed_at", "archived_reason")

    def __str__(self) -> str:
        return self.name_text

    def age_on(self, day: date) -> int | None:
        """Return the age in whole years on that day, or None when the birth date is not known."""
        if self.birth_on is None:
            return None
        end = min(day, hospital_day(self.deceased_at)) if self.deceased_at else day
        return end.year - self.birth_on.year - ((end.month, end.day) < (self.birth_on.month, self.birth_on.day))

    def age_at(self, at: datetime) -> int | None:
        """Return the age in whole years at that moment, by the hospital's calendar."""
        return self.age_on(hospital_day(at))


class NameWord(models.Model):
    """The vocabulary of all names: each folded word once.

    What was typed is compared with these few ten thousand words, and the words found then lead to the patients. To
    compare it with every patient's names takes a thousand times longer.
    """

    keeps_history = False  # made from the names

    word = models.TextField(primary_key=True)

    class Meta:
        # The beginning of a word is found through the index that Django gives every textual key.
        indexes = [GinIndex(OpClass("word", name="gin_trgm_ops"), name="name_word_trigrams", fastupdate=False)]

    class Privacy:
        identifying = ("word",)
        clinical = ()
        technical = ()

    def __str__(self) -> str:
        return self.word


class PatientName(Record):
    """One name, with its use and the period in which it was used."""

    class Use(models.TextChoices):
        """FHIR name use."""

        OFFICIAL = "official", _("Official")
        USUAL = "usual", _("Usual")
        MAIDEN = "maiden", _("Name before marriage")
        NICKNAME = "nickname", _("Nickname")
        TEMPORARY = "temp", _("Temporary")
        ANONYMOUS = "anonymous", _("Anonymous")
        OLD = "old", _("Former")

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="names")
    use = models.CharField(max_length=12, choices=Use, default=Use.OFFICIAL)
    prefix = models.CharField(max_length=60, blank=True)
    given = models.CharField(max_length=200, blank=True)
    family = models.CharField(max_length=200, blank=True)
    suffix = models.CharField(max_length=60, blank=True)
    from_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(given="", family=""), name="name_is_not_empty"),
        ]

    class Privacy:
        identifying = ("patient", "prefix", "given", "family", "suffix")
        clinical = ()
        technical = ("id", "use", "from_on", "until_on")


class PatientIdentifier(Record):
    """A number under which somebody knows the patient: ours, the nation's, an insurer's."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="identifiers")
    system = models.CharField(max_length=200, help_text="URI of the issuer.")
    value = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, blank=True, help_text="HL7 v2-0203: MR, SS, DL, PPN, NI …")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "value"], name="identifier_names_one_patient"),
            models.CheckConstraint(condition=~models.Q(value=""), name="identifier_is_not_empty"),
        ]
        # Equality, and a number that is typed from its beginning.
        indexes = [models.Index(OpClass("value", name="varchar_pattern_ops"), name="identifier_value_begins")]

    class Privacy:
        identifying = ("patient", "value")
        clinical = ()
        technical = ("id", "system", "kind")


class PatientTelecom(Record):
    """A telephone number or an address on the net."""

    class Kind(models.TextChoices):
        """FHIR contact point system."""

        PHONE = "phone", _("Telephone")
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")
        OTHER = "other", _("Other")

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="telecoms")
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=320)
    use = models.CharField(max_length=12, blank=True)

    class Privacy:
        identifying = ("patient", "value")
        clinical = ()
        technical = ("id", "kind", "use")


class PatientAddress(Record):
    """Where the patient lives or gets letters."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="addresses")
    use = models.CharField(max_length=12, blank=True)
    lines = models.TextField(blank=True)
    city = models.CharField(max_length=120, blank=True)
    district = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=120, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=60, blank=True)

    class Privacy:
        identifying = ("patient", "lines", "city", "district", "state", "postal_code", "country")
        clinical = ()
        technical = ("id", "use")


class PatientContact(Record):
    """Next of kin, or whoever else is to be called."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=250)
    relationship = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    next_of_kin = models.BooleanField(default=False)

    class Privacy:
        identifying = ("patient", "name", "relationship", "phone")
        clinical = ()
        technical = ("id", "next_of_kin")
