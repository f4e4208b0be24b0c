"""What the desk and the privacy officer type about who may open a record."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.people.models import Proxy, Restriction
from ehospital.people.queries import colleague


class ColleagueField(forms.CharField):
    """A member of staff, by user name."""

    def clean(self, value: object) -> UUID | None:
        typed = str(super().clean(value) or "").strip()
        if not typed:
            return None
        found = colleague(typed)
        if found is None:
            raise forms.ValidationError(_("Nobody works here under the user name %(name)s."), params={"name": typed})
        return found


def end_of_day(day: date | None) -> datetime | None:
    """Return the end of a last day that was typed, in the hospital's zone.

    Raises:
        ValidationError: the year is none of these times.
    """
    if day is None:
        return None
    if not 2000 <= day.year <= 2200:
        raise forms.ValidationError(_("Look at the year again."))
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class RestrictForm(forms.Form):
    """How far a record is kept, why, and who goes on seeing it."""

    level = forms.ChoiceField(
        label=gettext_lazy("How far"), choices=Restriction.Level.choices, widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(label=gettext_lazy("Why"), choices=Restriction.Kind.choices)
    named = ColleagueField(
        label=gettext_lazy("Clinician who goes on seeing it"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("User name. A sealed record needs one; another restriction names another."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=500)


class StaffForm(forms.Form):
    """Which member of staff this patient is."""

    staff = ColleagueField(label=gettext_lazy("User name of the member of staff"), max_length=150)


class ProxyForm(forms.Form):
    """Who acts for the patient, how far, and on what evidence."""

    username = forms.CharField(label=gettext_lazy("User name in the portal"), max_length=150)
    relation = forms.ChoiceField(label=gettext_lazy("They are the patient's"), choices=Proxy.Relation.choices)
    extent = forms.ChoiceField(label=gettext_lazy("They may"), choices=Proxy.Extent.choices)
    evidence = forms.CharField(
        label=gettext_lazy("What they have shown"),
        max_length=500,
        help_text=gettext_lazy("For example: birth certificate and passport; power of attorney of 3 March."),
    )
    until = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: until further notice. A parent's ends by itself when the child is old enough."),
    )

    def clean_until(self) -> datetime | None:
        """Return the end of the last day, in the hospital's zone."""
        return end_of_day(self.cleaned_data["until"])
