"""What is typed about one amount."""

from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ehospital.algorithms.fluid_balance import KINDS, MOST_ML, Way
from ehospital.clinical.actions import Fluid

NAMES: Final[dict[str, Promise]] = {
    "oral": _("Drunk"),
    "tube": _("By feeding tube"),
    "infusion": _("Infusion"),
    "blood": _("Blood products"),
    "other-in": _("Other intake"),
    "urine": _("Urine"),
    "vomit": _("Vomit"),
    "gastric": _("Gastric tube, drained"),
    "drain": _("Drain"),
    "stool": _("Liquid stool, stoma"),
    "blood-loss": _("Blood lost"),
    "other-out": _("Other output"),
}
WAYS: Final[dict[Way, Promise]] = {Way.IN: _("Intake"), Way.OUT: _("Output")}
_WRITTEN: Final = "%Y-%m-%dT%H:%M"
REFUSED: Final[dict[str, tuple[str, Promise]]] = {
    "kind": ("kind", _("Choose one of these.")),
    "amount": ("ml", _("An amount lies between 0 and 5000 ml. Check it.")),
    "future": ("at", _("This time lies in the future. Check it.")),
    "old": ("at", _("What is older than 48 hours is not charted any more: write it into a note.")),
}


def kinds() -> list[tuple[str, Any]]:
    """Return the kinds as they are chosen: intake, then output."""
    return [(str(WAYS[way]), [(key, NAMES[key]) for key, one in KINDS.items() if one == way]) for way in Way]


class FluidForm(forms.Form):
    """One amount, at a time; `entry` makes sending it twice harmless."""

    entry = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("What"), choices=kinds)
    ml = forms.IntegerField(
        label=_("Amount"),
        min_value=0,
        max_value=MOST_ML,
        help_text="ml",
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_WRITTEN),
        input_formats=[_WRITTEN, "%Y-%m-%d %H:%M", "%d-%m-%Y %H:%M"],
    )
    note = forms.CharField(label=_("Remark"), required=False, max_length=500)

    def fluid(self) -> Fluid:
        """Return what was typed."""
        told = self.cleaned_data
        return Fluid(told["entry"], told["kind"], told["ml"], told["at"], told["note"])
