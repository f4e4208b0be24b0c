"""What is typed about a patient's word, and how it becomes one."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from ehospital.people import queries
from ehospital.people.actions import Word
from ehospital.people.models import Consent, Sensitivity
from ehospital.web.staff.record_access.forms import ColleagueField, end_of_day


class ConsentForm(forms.Form):
    """One word of a patient: what it is about, whom, which entries, and how it was given."""

    decision = forms.ChoiceField(label=_("The patient"), choices=Consent.Decision.choices, widget=forms.RadioSelect)
    scope = forms.ChoiceField(label=_("What it is about"), choices=Consent.Scope.choices)
    unit = forms.ChoiceField(label=_("Which unit"), required=False)
    staff = ColleagueField(
        label=_("Or which person"), required=False, max_length=150, help_text=_("User name of somebody who works here.")
    )
    client = forms.ChoiceField(label=_("Or which outside system"), required=False)
    category = forms.ChoiceField(
        label=_("Which entries"), required=False, choices=[("", _("The whole record")), *Sensitivity.choices]
    )
    way = forms.ChoiceField(
        label=_("How it was given"), choices=[one for one in Consent.Way.choices if one[0] != Consent.Way.PORTAL]
    )
    witness = ColleagueField(
        label=_("Who heard it"),
        required=False,
        max_length=150,
        help_text=_("User name. A spoken word needs a witness."),
    )
    document = forms.CharField(
        label=_("Where the signed form is"),
        required=False,
        max_length=250,
        help_text=_("For example: scanned under Documents on 3 March; paper file 12."),
    )
    giver = forms.ChoiceField(label=_("Given by"), choices=Consent.Giver.choices)
    giver_name = forms.CharField(label=_("Their name, if it was not the patient"), required=False, max_length=200)
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: until it is withdrawn."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units, clients = queries.named_in_consents()
        self.fields["unit"].choices = [("", _("None")), *units]  # type: ignore[attr-defined]
        self.fields["client"].choices = [("", _("None in particular")), *clients]  # type: ignore[attr-defined]

    def clean_until(self) -> object:
        """Return the end of the last day, in the hospital's zone."""
        return end_of_day(self.cleaned_data["until"])

    def word(self) -> Word:
        """Return what was said."""
        told = self.cleaned_data
        return Word(
            scope=told["scope"], decision=told["decision"], category=told["category"], staff_id=told["staff"],
            unit_id=UUID(told["unit"]) if told["unit"] else None,
            client_id=UUID(told["client"]) if told["client"] else None,
            way=told["way"], giver=told["giver"], giver_name=told["giver_name"], document=told["document"],
            witness_id=told["witness"], note=told["note"], until=told["until"],
        )  # fmt: skip
