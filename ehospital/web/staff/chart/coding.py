"""A concept as it is typed: words, and the code of ICD-10 when somebody knows it."""

import re
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from ehospital.kernel.codes import ICD10, ICD10_CM, Code

_ICD10: Final = re.compile(r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$")
_SYSTEMS: Final = (ICD10, ICD10_CM)


class Icd10Field(forms.CharField):
    """A code of ICD-10, such as I10 or E11.9. `data-code-picker` is where a picker takes hold of it."""

    def __init__(self, **more: Any) -> None:
        look = {
            "data-code-picker": "icd10",
            "data-codes": reverse_lazy("codes", args=["icd10"]),
            "data-offered": _("Codes of ICD-10"),
            "autocomplete": "off",
            "autocapitalize": "characters",
            "dir": "ltr",
        }
        super().__init__(**{"required": False, "max_length": 10, "widget": forms.TextInput(attrs=look), **more})

    def clean(self, value: Any) -> str:
        code = str(super().clean(value) or "").strip().upper()
        if code and not _ICD10.match(code):
            raise forms.ValidationError(_("This is no code of ICD-10. Type it as I10 or E11.9, or leave it empty."))
        return code


def icd10_of(code: Code, others: tuple[Code, ...]) -> str:
    """Return the ICD-10 code among the codes of a concept."""
    return next((one.code for one in (code, *others) if one.system in _SYSTEMS), "")


def coded(words: str, icd10: str, known: Code, others: tuple[Code, ...]) -> tuple[Code, tuple[Code, ...]]:
    """Return the concept that was typed, and its other codes.

    Codes that the form does not show stay as long as their words stay: under other words they would say something that
    nobody said.
    """
    same = words == known.display
    if same and icd10 == icd10_of(known, others):
        return known, others
    hidden = hidden_codes(known, others) if same else []
    if icd10:
        found = next((one.system for one in (known, *others) if one.system in _SYSTEMS and one.code == icd10), ICD10)
        return Code(found, icd10, words), tuple(hidden)
    return (replace(hidden[0], display=words), tuple(hidden[1:])) if hidden else (Code("", "", words), ())


def hidden_codes(known: Code, others: tuple[Code, ...]) -> list[Code]:
    """Return the codes of a concept that the form does not show."""
    return [one for one in (known, *others) if one.code and one.system not in _SYSTEMS]
