"""Two people at one line: what stands now beside what was typed, for whoever came second to merge by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from ehospital.web.kit.page import PageRequest


@dataclass(frozen=True)
class Difference:
    """One field on which they differ, in the words of its choices."""

    label: str
    stands: str
    typed: str


def differences(form: forms.Form, standing: Mapping[str, Any]) -> list[Difference]:
    """Return the fields in which what was typed differs from what stands."""
    found = []
    for name, field in form.fields.items():
        was, told = field.prepare_value(standing.get(name)), form[name].value()
        if _plain(was) != _plain(told):
            found.append(Difference(str(field.label), _words(field, was), _words(field, told)))
    return found


def seen_version(request: PageRequest) -> int:
    """Return the version that the sent form was made from; 0, which nothing has, when it names none."""
    return whole(request.POST.get("version", ""))


def whole(text: str) -> int:
    """Return a whole number that a page sent; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return sorted(str(one) for one in value)
    return "" if value in (None, False) else str(value).replace("\r\n", "\n").strip()


def _words(field: forms.Field, value: Any) -> str:
    labels = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    values = value if isinstance(value, list | tuple) else [value]
    return ", ".join(labels.get(str(one), str(one)) for one in values if one not in (None, ""))
