"""What is typed about an encounter, and how it becomes `EncounterDetails`."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.details import EncounterDetails
from ehospital.clinical.models import Encounter
from ehospital.kernel.codes import Code
from ehospital.people import access

_WRITTEN = "%Y-%m-%dT%H:%M"


class EncounterForm(forms.Form):
    """One encounter. Now, unless it is planned for later."""

    setting = forms.ChoiceField(label=_("Setting"), choices=Encounter.Setting.choices, initial="AMB")
    words = forms.CharField(
        label=_("What it is"),
        max_length=1000,
        help_text=_("For example: first visit to the heart clinic, admission from home."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=1000, required=False)
    place = forms.CharField(label=_("Place"), max_length=250, required=False)
    when = forms.ChoiceField(
        label=_("When"),
        choices=[("now", _("Begins now")), ("later", _("Planned for later"))],
        initial="now",
        widget=forms.RadioSelect,
    )
    planned_at = forms.DateTimeField(
        label=_("Planned for"),
        required=False,
        help_text=_("Only when it is planned; it may stay empty."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_WRITTEN),
        input_formats=[_WRITTEN, "%Y-%m-%d %H:%M", "%d-%m-%Y %H:%M"],
    )

    def __init__(self, *args: Any, at: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self._at = at

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        planned = told.get("planned_at")
        if planned and told.get("when") == "now":
            self.add_error("planned_at", _("What begins now is not planned for a time. Empty this, or plan it."))
        elif planned and planned <= self._at:
            self.add_error("planned_at", _("This time has passed. Choose a later one, or begin it now."))
        elif planned and (planned - self._at).days > 3 * 366:
            self.add_error("planned_at", _("This lies more than three years ahead. Look at it again."))
        return told

    def details(self, by: access.Actor) -> EncounterDetails:
        """Return what was told; whoever writes it is the clinician."""
        told = self.cleaned_data
        return EncounterDetails(
            code=Code("", "", told["words"]),
            setting=told["setting"],
            reason=Code("", "", told["reason"]),
            place=told["place"],
            started_at=told["planned_at"],
            clinician_id=by.staff_id,
        )
