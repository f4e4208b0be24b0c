"""What forms ask: every version that was loaded, and of each form the newest one. No patient has a part in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ehospital.algorithms.questionnaires import Questionnaire, newer, read
from ehospital.clinical.forms import shipped
from ehospital.clinical.models import FormDefinition

_PARSED: dict[UUID, Questionnaire] = {}


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest version of a form. `id` is None as long as it only comes with the program and nobody has used it."""

    form: Questionnaire
    content: Mapping[str, Any]
    id: UUID | None


def parsed(definition: FormDefinition) -> Questionnaire:
    """Return the form that a row defines; a row never changes, so each is read once in a process."""
    if definition.pk not in _PARSED:
        _PARSED[definition.pk] = read(definition.content)
    return _PARSED[definition.pk]


def newest_definitions() -> dict[str, Newest]:
    """Return the newest version of every form by its url, also of those that were retired."""
    rows: dict[str, tuple[UUID, str]] = {}
    for key, url, version in FormDefinition.objects.order_by("id").values_list("id", "url", "version"):
        if url not in rows or newer(version, rows[url][1]):
            rows[url] = (key, version)
    found = {url: Newest(form, content, None) for url, (form, content) in shipped().items()}
    wanted = [key for url, (key, version) in rows.items() if url not in found or not _older(found[url], version)]
    for row in FormDefinition.objects.filter(pk__in=wanted).order_by("id"):
        found[row.url] = Newest(parsed(row), row.content, row.pk)
    return found


def _older(known: Newest, version: str) -> bool:
    """Tell whether a loaded version is older than the one that comes with the program."""
    return newer(known.form.version, version)
