"""What is decided about medicines at a visit: those that go on or stop, and new ones."""

from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.clinical.actions.prescribing import LONGEST_DAYS
from ehospital.clinical.details import PrescriptionDetails, StopDetails
from ehospital.clinical.models import MedicineTaken
from ehospital.clinical.queries.visits import Taken
from ehospital.kernel.codes import Code

REPEAT, CHANGE, STOP = "repeat", "change", "stop"
# Each begins with a letter of its own: one key on the list chooses.
_DEEDS: Final = [
    ("", gettext_lazy("Goes on")),
    (REPEAT, gettext_lazy("Repeat")),
    (CHANGE, gettext_lazy("Change the dose")),
    (STOP, gettext_lazy("Stop")),
]
_DESPITE = gettext_lazy("Ordered despite the allergy, because")


def _words(label: Any, most: int, **attrs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", **attrs})
    return forms.CharField(label=label, max_length=most, required=False, widget=widget)


def _days() -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("Days"), required=False, min_value=1, max_value=LONGEST_DAYS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip


class TakenForm(forms.Form):
    """One medicine that the patient takes."""

    do = forms.ChoiceField(label=gettext_lazy("Decision"), choices=_DEEDS, required=False)
    dose = _words(gettext_lazy("Dose, route and how often"), 500)
    days = _days()
    supply = _words(gettext_lazy("Supply"), 100)
    why = _words(gettext_lazy("Why it is stopped"), 500)
    despite = _words(_DESPITE, 500)

    def __init__(self, data: QueryDict | None, *, taken: Taken, initial: dict[str, Any]) -> None:
        super().__init__(data, prefix=f"m-{taken.medicine.pk}", initial=initial)
        self.taken, self.medicine = taken, taken.medicine
        self.initial = {"dose": taken.medicine.dosage_text, **self.initial}

    @property
    def asks_despite(self) -> bool:
        """Whether a recorded allergy speaks against it."""
        return bool(self.taken.speaking) or "despite" in self.errors

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        deed, dose = told.get("do"), (told.get("dose") or "").strip()
        if deed == STOP and not told.get("why"):
            self.add_error("why", _("Write why {name} is stopped.").format(name=self.medicine.display))
        if deed in (REPEAT, CHANGE) and not dose:
            self.add_error("dose", _("Write how much {name}, and how often.").format(name=self.medicine.display))
        if deed == CHANGE and dose and dose == self.medicine.dosage_text.strip():
            self.add_error("dose", _("This is the dose until now. Write the new one, or repeat the prescription."))
        return told

    def order(self) -> PrescriptionDetails | None:
        """Return the prescription that was decided on."""
        told = self.cleaned_data
        if told["do"] not in (REPEAT, CHANGE):
            return None
        return PrescriptionDetails(
            replaces_id=self.medicine.pk, dose=told["dose"], days=told["days"], supply=told["supply"],
            reason=self.medicine.reason, despite=told["despite"],
        )  # fmt: skip

    def stop(self) -> StopDetails | None:
        """Return that it is stopped."""
        told = self.cleaned_data
        return StopDetails(medicine_id=self.medicine.pk, reason=told["why"]) if told["do"] == STOP else None


class NewForm(forms.Form):
    """One new medicine; an empty row is none."""

    name = _words(gettext_lazy("Medicine"), 1000, list="known-medicines")
    dose = _words(gettext_lazy("Dose"), 500)
    route = _words(gettext_lazy("Route"), 100)
    frequency = _words(gettext_lazy("How often"), 200)
    days = _days()
    supply = _words(gettext_lazy("Supply"), 100)
    reason = _words(gettext_lazy("For what"), 1000)
    despite = _words(_DESPITE, 500)

    def __init__(
        self, data: QueryDict | None, *, number: int, known: tuple[MedicineTaken, ...], initial: dict[str, Any]
    ) -> None:
        super().__init__(data, prefix=f"new-{number}", initial=initial)
        self._known = {one.display.casefold(): one for one in known}

    @property
    def asks_despite(self) -> bool:
        """Whether somebody was asked for a reason, or has given one."""
        return bool(self["despite"].value()) or "despite" in self.errors

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not any(self[name].value() for name in self.fields)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        said = any(value not in (None, "") for value in told.values())
        if said and not told.get("name") and "name" not in self.errors:
            self.add_error("name", _("Name the medicine, or empty this row."))
        if told.get("name") and not told.get("dose") and "dose" not in self.errors:
            self.add_error("dose", _("Write how much {name}.").format(name=told["name"]))
        return told

    def order(self) -> PrescriptionDetails | None:
        """Return the prescription; a medicine that the record names brings its code."""
        told = self.cleaned_data
        if not told["name"]:
            return None
        known = self._known.get(told["name"].casefold())
        code = Code(known.code_system, known.code, known.display) if known else Code("", "", told["name"])
        others = tuple(Code(*one) for one in known.other_codes) if known else ()
        said = {name: told[name] for name in ("dose", "route", "frequency", "days", "supply", "reason", "despite")}
        return PrescriptionDetails(code=code, other_codes=others, **said)
