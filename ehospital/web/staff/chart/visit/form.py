"""What is typed about a visit besides the medicines."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.clinical.actions.notes import MOST_CHARACTERS
from ehospital.clinical.details import ProblemDetails, VisitDetails
from ehospital.clinical.queries import OpenVisit
from ehospital.kernel.codes import Code
from ehospital.web.staff.chart.coding import Icd10Field, coded
from ehospital.web.staff.chart.recording import MeasuredForm

_AFTER: Final = [
    ("", gettext_lazy("No appointment needed")),
    ("7", gettext_lazy("In 1 week")),
    ("14", gettext_lazy("In 2 weeks")),
    ("28", gettext_lazy("In 4 weeks")),
    ("91", gettext_lazy("In 3 months")),
    ("182", gettext_lazy("In 6 months")),
    ("365", gettext_lazy("In 12 months")),
    ("on", gettext_lazy("On a certain day")),
]
MOST_DAYS_AHEAD: Final = 3 * 366


class VisitForm(MeasuredForm):
    """Reason, problems, measurements, note and the wish for the next appointment."""

    reason = forms.CharField(
        label=gettext_lazy("Why the patient came"),
        max_length=1000,
        error_messages={"required": gettext_lazy("Write why the patient came; the visit stays open until then.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "reasons", "autofocus": True}),
    )
    problems = forms.MultipleChoiceField(
        label=gettext_lazy("Problems dealt with"), required=False, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        label=gettext_lazy("A new problem"),
        max_length=1000,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    icd10 = Icd10Field(label=gettext_lazy("ICD-10 code"))
    text = forms.CharField(
        label=gettext_lazy("Note: examination, assessment, plan"),
        required=False,
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "dir": "auto", "spellcheck": "true"}),
    )
    follow = forms.ChoiceField(label=gettext_lazy("Next appointment"), choices=_AFTER, required=False)
    follow_on = forms.DateField(
        label=gettext_lazy("On"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    follow_for = forms.CharField(
        label=gettext_lazy("What for"), max_length=500, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, visit: OpenVisit, at: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._visit, self._at = visit, at
        self.fields["problems"].choices = [(str(one.pk), one.display) for one in visit.problems]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if told.get("icd10") and not told.get("words"):
            self.add_error("words", _("Say in words what the code means, or empty it."))
        on = told.get("follow_on")
        if told.get("follow") == "on" and on is None and "follow_on" not in self.errors:
            self.add_error("follow_on", _("Choose the day, or an interval instead."))
        if on and not 0 < (on - self._at.date()).days <= MOST_DAYS_AHEAD:
            self.add_error("follow_on", _("Choose a day after today and within three years."))
        return told

    def details(self) -> VisitDetails:
        """Return what was told, without the medicines."""
        told = self.cleaned_data
        new = None
        if told["words"]:
            code, others = coded(told["words"], told["icd10"], Code("", "", ""), ())
            new = ProblemDetails(code=code, other_codes=others)
        wished = told["follow"]
        return VisitDetails(
            reason=told["reason"],
            problem_ids=tuple(one.pk for one in self._visit.problems if str(one.pk) in told["problems"]),
            new_problem=new,
            follow_up_on=told["follow_on"] if wished == "on" else None,
            follow_up_days=int(wished) if wished.isdigit() else None,
            follow_up_for=told["follow_for"],
        )
