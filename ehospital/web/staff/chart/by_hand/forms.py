"""What is typed about a line of history, and how it becomes the details that are written."""

import re
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from ehospital.algorithms.obstetrics import MOST_WEEKS, ONGOING
from ehospital.clinical.details import (
    FamilyHistoryDetails,
    ImmunisationDetails,
    PregnancyDetails,
    ProcedureDetails,
)
from ehospital.clinical.models import FamilyHistory, Immunisation, Pregnancy
from ehospital.foundation.days import hospital_day
from ehospital.kernel.codes import ATC, CVX, Code
from ehospital.people.queries import birth_date
from ehospital.web.staff.chart.by_hand.vaccines import VACCINES
from ehospital.web.staff.chart.coding import Icd10Field, coded, icd10_of
from ehospital.web.staff.chart.days import PartialDayField, kept, typed

_NOTHING: Final = Code("", "", "")
_ATC: Final = re.compile(r"^[A-Z][0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?$")
_CVX: Final = re.compile(r"^[0-9]{2,3}$")


def _words(label: Any, *, most: int = 250, required: bool = False, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


def _number(label: Any, most: int, least: int = 0) -> forms.IntegerField:
    box = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=most, widget=box)


def _note() -> forms.CharField:
    box = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=_("Remarks"), max_length=4000, required=False, widget=box)


class DayField(forms.CharField):
    """An exact day, as 17-05-2001."""

    def clean(self, value: Any) -> date | None:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        found = birth_date(text)
        if found is None:
            raise forms.ValidationError(_("This is no date. Type it as 17-05-2001."))
        return found


class FamilyForm(forms.Form):
    """A condition of one relative."""

    relation = forms.ChoiceField(label=_("Relative"), choices=FamilyHistory.Relation.choices)
    words = _words(_("Condition"), most=1000, required=True, help_text=_("In words, such as breast cancer."))
    icd10 = Icd10Field(label=_("ICD-10 code"))
    onset_age = _number(_("Age when it began, in years"), 130)
    deceased = forms.ChoiceField(label=_("Lives?"), choices=FamilyHistory.Deceased.choices, required=False)
    death_age = _number(_("Age at death, in years"), 130)
    died_of_it = forms.BooleanField(label=_("Died of it"), required=False)
    note = _note()

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        onset, death = told.get("onset_age"), told.get("death_age")
        if (death is not None or told.get("died_of_it")) and told.get("deceased") != "yes":
            self.add_error("deceased", _("Say that the relative has died, or empty what is told of the death."))
        if onset is not None and death is not None and onset > death:
            self.add_error("death_age", _("It began after the death. Check both ages."))
        return told

    def details(self, known: FamilyHistoryDetails | None) -> FamilyHistoryDetails:
        """Return what was told; whatever this form does not show stays as it was known."""
        told = self.cleaned_data
        was = known or FamilyHistoryDetails(code=_NOTHING, relation="MTH")
        code, others = coded(told["words"], told["icd10"], was.code, was.other_codes)
        names = ("relation", "onset_age", "deceased", "death_age", "died_of_it")
        return replace(
            was, code=code, other_codes=others, note=_lines(told["note"]), **{name: told[name] for name in names}
        )

    @staticmethod
    def shown(known: FamilyHistoryDetails) -> dict[str, Any]:
        """Return what the form shows at first."""
        names = ("relation", "onset_age", "deceased", "death_age", "died_of_it", "note")
        told = {name: getattr(known, name) for name in names}
        return {**told, "words": known.code.display, "icd10": icd10_of(known.code, known.other_codes)}


class PregnancyForm(forms.Form):
    """One pregnancy."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=Pregnancy.Outcome.choices)
    last_period_on = DayField(
        label=_("First day of the last period"), required=False, max_length=20,
        help_text=_("As 17-05-2001. The day of delivery is worked out from it."),
    )  # fmt: skip
    ended = PartialDayField(label=_("Ended"))
    weeks = _number(_("Completed weeks at the end"), MOST_WEEKS)
    children = _number(_("Children"), 9, 1)
    delivery = forms.ChoiceField(label=_("Birth"), choices=Pregnancy.Delivery.choices, required=False)
    note = _note()

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        over = told.get("ended") or told.get("weeks") is not None or told.get("delivery")
        if told.get("outcome") == ONGOING and over:
            self.add_error(
                "outcome", _("Who is pregnant now has not given birth. Change the outcome, or empty the end.")
            )
        last, ended = told.get("last_period_on"), told.get("ended")
        if last and ended and hospital_day(ended.at) < last and ended.precision == "day":
            self.add_error("ended", _("It would have ended before it began. Check both dates."))
        return told

    def details(self, known: PregnancyDetails | None) -> PregnancyDetails:
        """Return what was told; whatever this form does not show stays as it was known."""
        told = self.cleaned_data
        was = known or PregnancyDetails(outcome=ONGOING)
        names = ("outcome", "last_period_on", "weeks", "delivery")
        return replace(
            was, ended=kept(told["ended"], was.ended), children=told["children"] or 1, note=_lines(told["note"]),
            **{name: told[name] for name in names},
        )  # fmt: skip

    @staticmethod
    def shown(known: PregnancyDetails) -> dict[str, Any]:
        """Return what the form shows at first."""
        told = {name: getattr(known, name) for name in ("outcome", "weeks", "children", "delivery", "note")}
        last = known.last_period_on
        return {**told, "ended": typed(known.ended), "last_period_on": f"{last:%d-%m-%Y}" if last else ""}


class ProcedureForm(forms.Form):
    """What was done in the past."""

    words = _words(_("Operation or procedure"), most=1000, required=True)
    performed = PartialDayField(label=_("When"))
    reason = _words(_("Why"), most=1000)
    body_site = _words(_("Where in the body"))
    outcome = _words(_("How it went"), most=500)
    note = _note()

    def details(self, known: ProcedureDetails | None) -> ProcedureDetails:
        """Return what was told; whatever this form does not show stays as it was known."""
        told = self.cleaned_data
        was = known or ProcedureDetails(code=_NOTHING)
        same = told["words"] == was.code.display
        return replace(
            was, code=was.code if same else Code("", "", told["words"]), other_codes=was.other_codes if same else (),
            performed=kept(told["performed"], was.performed), note=_lines(told["note"]),
            **{name: told[name] for name in ("reason", "body_site", "outcome")},
        )  # fmt: skip

    @staticmethod
    def shown(known: ProcedureDetails) -> dict[str, Any]:
        """Return what the form shows at first."""
        told = {name: getattr(known, name) for name in ("reason", "body_site", "outcome", "note")}
        return {**told, "words": known.code.display, "performed": typed(known.performed)}


class ImmunisationForm(forms.Form):
    """A vaccination that was given, here or elsewhere, or was not and why."""

    vaccine = forms.ChoiceField(
        label=_("Vaccine"), choices=[("", _("Another, in words below")), *VACCINES.items()], required=False
    )
    words = _words(_("Another vaccine, in words"), most=1000)
    code = _words(_("Its code"), most=7, help_text=_("Of CVX, such as 90, or of ATC, such as J07BG01."))
    status = forms.ChoiceField(
        label=_("State"), choices=[pair for pair in Immunisation.Status.choices if pair[0] != "entered-in-error"]
    )
    given = PartialDayField(label=_("When"))
    place = forms.ChoiceField(
        label=_("Where and by whom"), choices=[("here", _("Given here")), ("elsewhere", _("Given elsewhere, as told"))]
    )
    given_by = _words(_("Given by"), help_text=_("If it was somebody else than whoever writes this."))
    lot = _words(_("Lot"), most=100)
    dose_text = _words(_("Dose"), most=100, help_text=_("Such as 0.5 mL, or 2 of 3."))
    site = _words(_("Where in the body"))
    route = _words(_("Route"), help_text=_("Such as into the muscle."))
    status_reason = _words(_("If it was not given: why"), most=500)
    note = _note()

    def clean_code(self) -> str:
        """Take a code of CVX or ATC."""
        code = str(self.cleaned_data["code"]).strip().upper()
        if code and not (_ATC.match(code) or _CVX.match(code)):
            raise forms.ValidationError(_("This is no code of CVX or ATC. Leave it empty if you do not know it."))
        return code

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if not told.get("vaccine") and not told.get("words"):
            self.add_error("words", _("Choose the vaccine above, or write it here."))
        if told.get("status") == "completed" and not told.get("given") and "given" not in self.errors:
            self.add_error("given", _("Say when it was given; the year alone will do."))
        if told.get("status") == "not-done" and not told.get("status_reason"):
            self.add_error("status_reason", _("Say why it was not given."))
        return told

    def details(self, known: ImmunisationDetails | None) -> ImmunisationDetails:
        """Return what was told; whatever this form does not show stays as it was known."""
        told = self.cleaned_data
        was = known or ImmunisationDetails(code=_NOTHING)
        code = self._vaccine()
        same = code.same_as(was.code) if code.code else code.display == was.code.display
        names = ("status", "lot", "dose_text", "site", "route", "status_reason")
        return replace(
            was, code=was.code if same else code, other_codes=was.other_codes if same else (),
            given=kept(told["given"], was.given), first_hand=told["place"] == "here", note=_lines(told["note"]),
            given_by=told["given_by"], **{name: told[name] for name in names},
        )  # fmt: skip

    def _vaccine(self) -> Code:
        told = self.cleaned_data
        if told["vaccine"]:
            with override("en"):  # what is kept is in one language; codes are shown in that of the page
                return Code(CVX, told["vaccine"], str(VACCINES[told["vaccine"]]))
        code = told["code"]
        return Code(ATC if _ATC.match(code) else CVX if code else "", code, told["words"])

    @staticmethod
    def shown(known: ImmunisationDetails) -> dict[str, Any]:
        """Return what the form shows at first."""
        names = ("status", "lot", "dose_text", "site", "route", "status_reason", "note")
        offered = known.code.code if known.code.system == CVX and known.code.code in VACCINES else ""
        return {
            **{name: getattr(known, name) for name in names},
            "vaccine": offered,
            "words": "" if offered else known.code.display,
            "code": "" if offered else known.code.code,
            "given": typed(known.given),
            "place": "here" if known.first_hand else "elsewhere",
            "given_by": known.given_by,
        }


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")
