"""What runs in the family: one line for each relative and condition. Relatives have no name here, and no record."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.entries import ChartEntry, Coded, Revisable, only_choices


class Relation(models.TextChoices):
    """Who it is; the values are codes of HL7 v3 RoleCode."""

    MOTHER = "MTH", _("Mother")
    FATHER = "FTH", _("Father")
    SISTER = "SIS", _("Sister")
    BROTHER = "BRO", _("Brother")
    DAUGHTER = "DAU", _("Daughter")
    SON = "SON", _("Son")
    MATERNAL_GRANDMOTHER = "MGRMTH", _("Mother's mother")
    MATERNAL_GRANDFATHER = "MGRFTH", _("Mother's father")
    PATERNAL_GRANDMOTHER = "PGRMTH", _("Father's mother")
    PATERNAL_GRANDFATHER = "PGRFTH", _("Father's father")
    AUNT = "AUNT", _("Aunt")
    UNCLE = "UNCLE", _("Uncle")
    COUSIN = "COUSN", _("Cousin")
    OTHER = "FAMMEMB", _("Another relative")


class Deceased(models.TextChoices):
    """Whether the relative lives."""

    NOT_KNOWN = "", _("Not known")
    NO = "no", _("Lives")
    YES = "yes", _("Has died")


class FamilyHistory(Coded, Revisable, ChartEntry):
    """A FHIR FamilyMemberHistory with one condition; `code` is the condition."""

    Relation = Relation
    Deceased = Deceased

    relation = models.CharField(max_length=10, choices=Relation)
    onset_age = models.PositiveSmallIntegerField(null=True, blank=True, help_text="In years.")
    deceased = models.CharField(max_length=3, choices=Deceased, blank=True)
    death_age = models.PositiveSmallIntegerField(null=True, blank=True, help_text="In years.")
    died_of_it = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    entered_in_error = models.BooleanField(default=False)

    class Meta:
        constraints = [
            only_choices("relation", Relation.values, "family_relation"),
            only_choices("deceased", Deceased.values, "family_deceased"),
            models.CheckConstraint(condition=~models.Q(display=""), name="family_history_has_words"),
            models.CheckConstraint(
                condition=models.Q(onset_age=None) | models.Q(onset_age__lte=130), name="family_onset_is_an_age"
            ),
            models.CheckConstraint(
                condition=models.Q(deceased="yes") | models.Q(death_age=None, died_of_it=False),
                name="who_lives_has_not_died",
            ),
            models.CheckConstraint(
                condition=models.Q(death_age=None)
                | models.Q(onset_age=None)
                | models.Q(death_age__gte=models.F("onset_age")),
                name="family_onset_before_death",
            ),
        ]
        indexes = [models.Index("patient", models.F("recorded_at").desc(), models.F("id").desc(), name="family_newest")]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text", "revised_by")
        clinical = (
            "encounter", "recorded_at", "revised_at", "code_system", "code", "display", "other_codes", "relation",
            "onset_age", "deceased", "death_age", "died_of_it", "note", "entered_in_error",
        )  # fmt: skip
        technical = ("id", "version")
