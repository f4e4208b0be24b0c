"""Why a record leaves the house, and in which language."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.queries import Reason


class TakingOutForm(forms.Form):
    """The reason goes into the audit trail, where the patient reads it."""

    reason = forms.ChoiceField(label=_("What for?"), choices=Reason.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=_("Language of the paper"),
        choices=settings.LANGUAGES,
        help_text=_("Headings and words of ours. What colleagues wrote stays as they wrote it."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"initial": {"language": get_language()}, **more})
