"""What is typed as the result of an order, and how it becomes `ResultDetails`."""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.clinical.details import Moment
from ehospital.clinical.models import DiagnosticReport
from ehospital.clinical.order_details import Measured, ResultDetails
from ehospital.clinical.orderables import Measure
from ehospital.web.kit.quantities import unit_words

_NUMBER: Final = re.compile(r"(<=|>=|<|>|≤|≥)?\s*(-?\d{1,9}(?:[.,]\d{1,6})?)")
_SIGNS: Final = {"≤": "<=", "≥": ">="}
_WRITTEN: Final = "%Y-%m-%dT%H:%M"


class NumberField(forms.CharField):
    """A number as a laboratory says it: 4.1, 4,1 or <0.5."""

    def __init__(self, measure: Measure, hint: str) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}
        unit = unit_words(measure.ucum)
        super().__init__(
            label=f"{measure.code.display} ({unit})" if unit else measure.code.display,
            required=False,
            max_length=20,
            help_text=hint,
            widget=forms.TextInput(attrs=attrs),
        )
        self.measure = measure

    def clean(self, value: Any) -> Measured | None:
        text = super().clean(value).strip()
        if not text:
            return None
        found = _NUMBER.fullmatch(text)
        if found is None:
            raise forms.ValidationError(_("Type a number such as 4.1, or <0.5."))
        sign = found[1] or ""
        return Measured(self.measure.key, Decimal(found[2].replace(",", ".")), _SIGNS.get(sign, sign))


class ResultForm(forms.Form):
    """The result of one order: a number for each measure, and words."""

    def __init__(self, data: Any, *, measures: Iterable[tuple[Measure, str]], final: bool, **more: Any) -> None:
        super().__init__(data, **more)
        self.measured = []
        for measure, hint in measures:
            name = f"m-{measure.key}"
            self.fields[name] = NumberField(measure, hint)
            self.measured.append(name)
        self.fields["conclusion"] = forms.CharField(
            label=_("Remarks") if self.measured else _("Findings"),
            required=not self.measured,
            max_length=20000,
            widget=forms.Textarea(attrs={"rows": 2 if self.measured else 8}),
        )
        if not self.measured:
            choices = [("", _("Choose one")), *DiagnosticReport.Weight.choices]
            self.fields["weight"] = forms.ChoiceField(
                label=_("How urgent is it?"),
                choices=choices,
                help_text=_("Critical: somebody is told now, and again until it is acknowledged."),
            )
        self.fields["taken_at"] = forms.DateTimeField(
            label=_("Taken or made at"),
            required=False,
            help_text=_("Left empty: now."),
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_WRITTEN),
            input_formats=[_WRITTEN, "%Y-%m-%d %H:%M", "%d-%m-%Y %H:%M"],
        )
        if final:
            self.fields["amend_reason"] = forms.CharField(
                label=_("Why is it amended?"),
                max_length=1000,
                help_text=_("Whoever acknowledged the result is asked again, and reads this."),
            )
        else:
            self.fields["preliminary"] = forms.BooleanField(
                label=gettext_lazy("Preliminary: a final result follows"), required=False
            )

    def details(self, confirmed: Iterable[str]) -> ResultDetails:
        """Return what was told; `confirmed` are the measures whose improbable number was read again."""
        told = self.cleaned_data
        taken: datetime | None = told["taken_at"]
        return ResultDetails(
            measured=tuple(told[name] for name in self.measured if told[name] is not None),
            conclusion=told["conclusion"].replace("\r\n", "\n"),
            weight=told.get("weight") or "unjudged",
            preliminary=told.get("preliminary", False),
            taken=Moment(taken) if taken else None,
            amend_reason=told.get("amend_reason", ""),
            confirmed=frozenset(confirmed),
        )


class CallForm(forms.Form):
    """A telephone call about a critical result."""

    called = forms.CharField(
        label=gettext_lazy("Who was called"),
        max_length=250,
        help_text=gettext_lazy("Name and place, for example: the ward sister, Ward 4."),
    )
    read_back = forms.BooleanField(label=gettext_lazy("They read the value back"), required=False)
    note = forms.CharField(label=gettext_lazy("Remarks"), max_length=1000, required=False)
