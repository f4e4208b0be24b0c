"""What may be entered in error, and which column of a line says so.

A line says it in its status, its verification, or in a column of its own. A new kind of line goes into `KINDS`; a test
finds one that is missing, and every query that would still show a mistake.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Func, Q, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ehospital.clinical import models
from ehospital.clinical.models.corrections import standing
from ehospital.clinical.models.entries import ENTERED_IN_ERROR


@dataclass(frozen=True)
class Kind:
    """One kind of line: `at` is when it was true, `title` and `detail` its words, `field` says that it is wrong.

    A note and a form have no such field: nothing of them ever changes, so the mark alone (`marked_as`) says it.
    """

    model: type[Any]
    label: Promise
    field: str
    at: str
    title: str = "display"
    detail: Combinable | None = None
    precision: str = ""
    marked_as: str = ""

    @property
    def wrong(self) -> object:
        """What the column holds when the line was entered in error."""
        return True if self.field == "entered_in_error" else ENTERED_IN_ERROR

    @property
    def condition(self) -> Q:
        """The lines that were entered in error."""
        if not self.field:
            return Q(pk__in=standing().filter(kind=self.marked_as).values("entry_id"))
        return Q(**{self.field: self.wrong})

    def is_wrong(self, line: Any) -> bool:
        """Tell whether a line was entered in error."""
        if not self.field:
            return standing().filter(patient_id=line.patient_id, entry_id=line.pk).exists()
        return bool(getattr(line, self.field) == self.wrong)


_NUMBER: Combinable = Func(F("value"), function="trim_scale", output_field=models.ExactDecimalField())
_RESULT: Combinable = Case(
    When(value=None, then=F("value_text")),
    default=Concat("comparator", Cast(_NUMBER, TextField()), Value(" "), "unit", output_field=TextField()),
)

KINDS: Mapping[str, Kind] = {
    "encounters": Kind(models.Encounter, _("Encounter"), "status", "started_at", detail=F("reason")),
    "documents": Kind(models.Document, _("Document"), "status", "written_at", detail=F("title")),
    "care_plans": Kind(models.CarePlan, _("Care plan"), "status", "started_at"),
    "problems": Kind(models.Problem, _("Problem"), "verification", "onset_at", precision="onset_precision"),
    "allergies": Kind(models.Allergy, _("Allergy"), "verification", "recorded_at"),
    "no_known_allergies": Kind(
        models.NoKnownAllergies, _("Statement"), "entered_in_error", "recorded_at", title="scope"
    ),
    "observations": Kind(
        models.Observation, _("Result"), "status", "effective_at", detail=_RESULT, precision="effective_precision"
    ),
    "reports": Kind(
        models.DiagnosticReport,
        _("Report"),
        "status",
        "effective_at",
        detail=F("conclusion"),
        precision="effective_precision",
    ),
    "procedures": Kind(models.Procedure, _("Procedure"), "status", "performed_at", precision="performed_precision"),
    "immunisations": Kind(models.Immunisation, _("Vaccination"), "status", "given_at", precision="given_precision"),
    "medicines": Kind(models.MedicineTaken, _("Medicine"), "status", "recorded_at", detail=F("dosage_text")),
    "notes": Kind(models.Note, _("Note"), "", "signed_at", "kind", F("text"), marked_as="notes"),
    "forms": Kind(models.FilledForm, _("Form"), "", "answered_at", "title", F("result"), marked_as="forms"),
    "goals": Kind(models.Goal, _("Goal"), "status", "recorded_at"),
    "orders": Kind(
        models.Order, pgettext_lazy("something asked for", "Order"), "status", "recorded_at", detail=F("reason")
    ),
    "family_history": Kind(
        models.FamilyHistory, _("Family history"), "entered_in_error", "recorded_at", detail=F("relation")
    ),
    "pregnancies": Kind(
        models.Pregnancy, _("Pregnancy"), "entered_in_error", "recorded_at", title="outcome", detail=F("note")
    ),
    "flags": Kind(models.SafetyFlag, _("Safety flag"), "entered_in_error", "started_at", "kind", F("words")),
}
