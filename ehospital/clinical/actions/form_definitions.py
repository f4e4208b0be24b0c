"""Loading what a form asks: checked whole, kept for ever."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ehospital.algorithms.questionnaires import read
from ehospital.clinical.models import FormDefinition
from ehospital.foundation import audit, locks
from ehospital.people import access


class VersionDiffers(ValueError):
    """This version was loaded before and says something else; nothing was written. Give it a new version."""


@transaction.atomic
def load_definition(content: Mapping[str, Any], *, by: access.Actor, at: datetime) -> tuple[UUID, bool]:
    """Keep a version of a form and return its id, and whether it is new; what was answered before stays as it was.

    Raises:
        NotPermitted: `by` may not load forms.
        UnusableQuestionnaire: with every reason and its linkId; nothing is written.
        VersionDiffers: nothing is written.
    """
    access.require(by, access.Permission.FORM_DEFINE)
    return keep_definition(content, by=by, at=at)


def keep_definition(content: Mapping[str, Any], *, by: access.Actor, at: datetime) -> tuple[UUID, bool]:
    """Keep a version in the caller's transaction, whoever it is: one of the program's own is kept at its first use.

    Raises:
        UnusableQuestionnaire, VersionDiffers: nothing is written.
    """
    form = read(content)
    locks.advisory(f"form:{form.url}")
    known = FormDefinition.objects.filter(url=form.url, version=form.version).first()
    if known is not None:
        if known.content != content:
            raise VersionDiffers(f"{form.title.plain} {form.version} was loaded before and says something else")
        return known.pk, False
    made = FormDefinition(
        url=form.url,
        version=form.version,
        title=form.title.plain[:250],
        content=content,
        loaded_at=at,
        loaded_by=by.name[:200],
    )
    made.save()
    audit.record("form_definition.loaded", by=by, at=at, subject=f"form_definition:{made.pk}")
    return made.pk, True
