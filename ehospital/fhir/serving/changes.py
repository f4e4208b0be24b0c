"""When a line was last changed: written here, brought by an import, or corrected since, as the audit trail tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, UUIDField
from django.db.models.functions import Cast, Right

from ehospital.clinical.models import ImportedResource
from ehospital.fhir.serving import dates
from ehospital.fhir.serving.parameters import Asking, BadValue
from ehospital.foundation.models import AuditEvent
from ehospital.people.models import Patient

_WRITES = (AuditEvent.Category.CREATE, AuditEvent.Category.UPDATE, AuditEvent.Category.DELETE)
_UUID = 36
_OF_A_LINE = r":[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""The trail names a line by its kind and its id, `problems:<id>`."""


def last_changed(rows: Sequence[Any]) -> dict[UUID, datetime]:
    """Return when each line was changed last, by id; two questions to the database."""
    found = {row.pk: row.changed_at if isinstance(row, Patient) else row.recorded_at for row in rows}
    if not rows or isinstance(rows[0], Patient):
        return found
    imported = ImportedResource.objects.filter(pk__in=found).values_list("pk", "changed_at")
    trail = AuditEvent.objects.filter(patient_id__in={row.patient_id for row in rows}, category__in=_WRITES)
    named = trail.annotate(line=Right("subject", _UUID)).filter(line__in=[str(key) for key in found])
    written = named.values("line").annotate(last=Max("at")).values_list("line", "last")
    for key, at in [*imported, *((UUID(line), last) for line, last in written)]:
        found[key] = max(found[key], at)
    return found


@dataclass(frozen=True)
class Changed:
    """The search parameter `_lastUpdated` of a line of the chart."""

    type: str = "date"
    modifiers: tuple[str, ...] = ()

    def condition(self, value: str, modifier: str, ask: Asking) -> Q:
        """Return the condition, by the same three sources as `last_changed`."""
        try:
            asked = dates.stretch(value, at=ask.at)
        except ValueError as error:
            raise BadValue(str(error)) from None
        since_low, since_high = self._since(asked.low, ask), self._since(asked.high, ask)
        within = since_low & ~since_high
        return {
            "eq": within,
            "ne": ~within,
            "gt": since_high,
            "sa": since_high,
            "lt": ~since_low,
            "eb": ~since_low,
            "ge": since_low,
            "le": ~since_high,
        }[asked.prefix]

    def _since(self, at: datetime, ask: Asking) -> Q:
        trail = AuditEvent.objects.filter(patient_id__in=ask.visible.values("pk"), at__gte=at, category__in=_WRITES)
        trail = trail.filter(subject__regex=_OF_A_LINE)
        keys = trail.annotate(line=Cast(Right("subject", _UUID), UUIDField())).values("line")
        imported = ImportedResource.objects.filter(changed_at__gte=at).values("pk")
        return Q(recorded_at__gte=at) | Q(pk__in=imported) | Q(pk__in=keys)
