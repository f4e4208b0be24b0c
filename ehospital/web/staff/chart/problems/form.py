"""What is typed about a problem, and how it becomes `ProblemDetails`."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.details import ProblemDetails
from ehospital.clinical.models import Problem
from ehospital.clinical.models.problems import Verification
from ehospital.kernel.codes import Code
from ehospital.web.staff.chart.coding import Icd10Field, coded, icd10_of
from ehospital.web.staff.chart.days import PartialDayField, kept, typed

NEW = ProblemDetails(code=Code("", "", ""))


def without_error(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return the choices of a form: a mistake is marked on a page of its own, with its reason."""
    return [pair for pair in choices if pair[0] != "entered-in-error"]


class ProblemForm(forms.Form):
    """One problem. The words are what people read; free text is allowed, and marked as not coded."""

    words = forms.CharField(
        label=_("Problem"),
        max_length=1000,
        help_text=_("In words. Without a code the list says that it is not coded."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    icd10 = Icd10Field(label=_("ICD-10 code"))
    status = forms.ChoiceField(label=_("State"), choices=Problem.Status.choices, initial="active")
    verification = forms.ChoiceField(
        label=_("How sure"), choices=without_error(Verification.choices), initial="confirmed"
    )
    severity = forms.ChoiceField(
        label=_("Severity"), choices=[("", _("Not assessed")), *Problem.Severity.choices], required=False
    )
    body_site = forms.CharField(label=_("Where in the body"), max_length=250, required=False)
    onset = PartialDayField(label=_("Since"))
    abated = PartialDayField(label=_("Over since"))
    note = forms.CharField(
        label=_("Remarks"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        onset, abated = told.get("onset"), told.get("abated")
        if onset and abated and abated.at < onset.at:
            self.add_error("abated", _("It would be over before it began. Check both dates."))
        if abated and told.get("status") in ("active", "recurrence", "relapse"):
            self.add_error("abated", _("A problem that is over is not active. Change the state, or empty this date."))
        return told

    def details(self, known: ProblemDetails = NEW) -> ProblemDetails:
        """Return what was told; whatever this form does not show stays as it was known."""
        told = self.cleaned_data
        code, others = coded(told["words"], told["icd10"], known.code, known.other_codes)
        return replace(
            known,
            code=code,
            other_codes=others,
            status=told["status"],
            verification=told["verification"],
            severity=told["severity"],
            body_site=told["body_site"],
            onset=kept(told["onset"], known.onset),
            abated=kept(told["abated"], known.abated),
            note=told["note"].replace("\r\n", "\n"),
        )


def initial(known: ProblemDetails) -> dict[str, Any]:
    """Return what the form shows at first for a known problem."""
    return {
        "words": known.code.display,
        "icd10": icd10_of(known.code, known.other_codes),
        "status": known.status,
        "verification": known.verification,
        "severity": known.severity,
        "body_site": known.body_site,
        "onset": typed(known.onset),
        "abated": typed(known.abated),
        "note": known.note,
    }


class OverForm(forms.Form):
    """Since when a problem is over."""

    abated = PartialDayField(
        label=_("Over since"), help_text=_("As 17-05-2001, 05-2001 or 2001. Left empty: since today.")
    )
