"""Registering somebody whom nobody knows yet: a temporary name made of what is seen, and an age that is guessed."""

from datetime import date
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.foundation.days import hospital_day
from ehospital.people.details import NameDetails, PatientDetails
from ehospital.people.models import Patient

OLDEST: Final = 120


class UnknownForm(forms.Form):
    """Whatever can be seen of somebody who cannot say who they are. Nothing is compulsory."""

    sex = forms.ChoiceField(label=gettext_lazy("Sex"), choices=Patient.Sex.choices, initial="unknown")
    age_years = forms.IntegerField(
        label=gettext_lazy("Age, about"),
        min_value=0,
        max_value=OLDEST,
        required=False,
        help_text=gettext_lazy("In years, as it seems. It is kept as a year of birth that is not exact."),
    )
    where = forms.CharField(
        label=gettext_lazy("Where"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("The bed or the place where they were found: bed 4, Harbour Lane."),
    )
    marks = forms.CharField(
        label=gettext_lazy("What tells them apart"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("For example: red coat, tattoo on the left arm."),
    )

    def details(self) -> PatientDetails:
        """Return the person under a temporary name, which says only what is seen."""
        told: dict[str, Any] = self.cleaned_data
        age = told["age_years"]
        sex = str(Patient.Sex(told["sex"]).label).lower() if told["sex"] in ("male", "female") else ""
        about = _("about %(age)s") % {"age": age} if age is not None else ""
        seen = ", ".join(part for part in (sex, about, told["where"], told["marks"]) if part)
        today = hospital_day(timezone.now())
        return PatientDetails(
            names=(NameDetails(given=seen[:200], family=_("Unknown"), use="temp"),),
            sex=told["sex"],
            birth_on=date(today.year - age, 1, 1) if age is not None else None,
            birth_precision="year" if age is not None else "unknown",
        )
