"""What is typed about an allergy, and how it becomes `AllergyDetails`."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.details import AllergyDetails, ReactionDetails
from ehospital.clinical.models import Allergy, AllergyReaction, NoKnownAllergies
from ehospital.clinical.models.problems import Verification
from ehospital.kernel.codes import Code
from ehospital.web.staff.chart.coding import coded, icd10_of
from ehospital.web.staff.chart.days import PartialDayField, kept, typed
from ehospital.web.staff.chart.problems.form import without_error

NEW = AllergyDetails(code=Code("", "", ""))
_NOT_ASSESSED = ("", _("Not assessed"))


class AllergyForm(forms.Form):
    """One allergy or intolerance: the substance, what it does, and how dangerous that is."""

    words = forms.CharField(
        label=_("Substance"),
        max_length=1000,
        help_text=_("The medicine, food or other substance, in words."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-code-picker": "substance"}),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Not known")), *Allergy.Kind.choices], required=False)
    categories = forms.MultipleChoiceField(
        label=_("What kind of substance"),
        choices=Allergy.Category.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reaction = forms.CharField(
        label=_("What happens"),
        max_length=1000,
        required=False,
        help_text=_("For example: rash, swollen lips. Put commas between."),
    )
    reaction_severity = forms.ChoiceField(
        label=_("How bad it was"), choices=[_NOT_ASSESSED, *AllergyReaction.Severity.choices], required=False
    )
    criticality = forms.ChoiceField(
        label=_("Danger of the next contact"), choices=[_NOT_ASSESSED, *Allergy.Criticality.choices], required=False
    )
    status = forms.ChoiceField(label=_("State"), choices=Allergy.Status.choices, initial="active")
    verification = forms.ChoiceField(
        label=_("How sure"), choices=without_error(Verification.choices), initial="confirmed"
    )
    onset = PartialDayField(label=_("Known since"))
    last_reaction = PartialDayField(label=_("Last reaction"))
    note = forms.CharField(
        label=_("Remarks"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("reaction_severity") and not told.get("reaction"):
            self.add_error("reaction", _("Say what happens, then how bad it was."))
        return told

    def details(self, known: AllergyDetails = NEW) -> AllergyDetails:
        """Return what was told; whatever this form does not show stays as it was known."""
        told = self.cleaned_data
        icd10 = icd10_of(known.code, known.other_codes) if told["words"] == known.code.display else ""
        code, others = coded(told["words"], icd10, known.code, known.other_codes)
        return replace(
            known,
            code=code,
            other_codes=others,
            kind=told["kind"],
            categories=tuple(told["categories"]),
            criticality=told["criticality"],
            status=told["status"],
            verification=told["verification"],
            onset=kept(told["onset"], known.onset),
            last_reaction=kept(told["last_reaction"], known.last_reaction),
            note=told["note"].replace("\r\n", "\n"),
            reactions=_reactions(told, known),
        )


def _reactions(told: dict[str, Any], known: AllergyDetails) -> tuple[ReactionDetails, ...]:
    """Return the reactions: the form shows the first, the others stay."""
    shown = tuple(dict.fromkeys(words.strip() for words in told["reaction"].split(",") if words.strip()))
    if not shown:
        return known.reactions[1:]
    first = known.reactions[0] if known.reactions else ReactionDetails(())
    return (replace(first, manifestations=shown, severity=told["reaction_severity"]), *known.reactions[1:])


def initial(known: AllergyDetails) -> dict[str, Any]:
    """Return what the form shows at first for a known allergy."""
    first = known.reactions[0] if known.reactions else ReactionDetails(())
    return {
        "words": known.code.display,
        "kind": known.kind,
        "categories": list(known.categories),
        "reaction": ", ".join(first.manifestations),
        "reaction_severity": first.severity,
        "criticality": known.criticality,
        "status": known.status,
        "verification": known.verification,
        "onset": typed(known.onset),
        "last_reaction": typed(known.last_reaction),
        "note": known.note,
    }


class NoneKnownForm(forms.Form):
    """What was asked about, and nothing was found."""

    scope = forms.ChoiceField(
        label=_("What did you ask about?"), choices=NoKnownAllergies.Scope.choices, widget=forms.RadioSelect
    )
