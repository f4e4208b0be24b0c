"""When a line was last changed: written here, brought by an import, or corrected since.

A correction is told by the audit trail and by the row history that the database keeps by itself, so that a change made
past the program, or a merge that moves a line to another patient, counts too.
"""

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
from ehospital.foundation.models import AuditEvent, RowChange
from ehospital.people.models import Patient

_WRITES = (AuditEvent.Category.CREATE, AuditEvent.Category.UPDATE, AuditEvent.Category.DELETE)
_UPDATED = RowChange.Operation.UPDATED
_A_LINE = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_UUID = 36
_OF_A_LINE = r":[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""The trail names a line by its kind and its id, `problems:<id>`."""


def last_changed(rows: Sequence[Any]) -> dict[UUID, datetime]:
    """Return when each line was changed last, by id; three questions to the database."""
    found = {row.pk: row.changed_at if isinstance(row, Patient) else row.recorded_at for row in rows}
    if not rows or isinstance(rows[0], Patient):
        return found
    imported = ImportedResource.objects.filter(pk__in=found).values_list("pk", "changed_at")
    trail = AuditEvent.objects.filter(patient_id__in={row.patient_id for row in rows}, category__in=_WRITES)
    named = trail.annotate(line=Right("subject", _UUID)).filter(line__in=[str(key) for key in found])
    written = named.values("line").annotate(last=Max("at")).values_list("line", "last")
    table = rows[0]._meta.db_table
    kept = RowChange.objects.filter(table_name=table, row_key__in=[str(key) for key in found], operation=_UPDATED)
    changed = kept.values("row_key").annotate(last=Max("at")).values_list("row_key", "last")
    for key, at in [*imported, *((UUID(line), last) for line, last in [*written, *changed])]:
        found[key] = max(found[key], at)
    return found


@dataclass(frozen=True)
class Changed:
    """The search parameter `_lastUpdated` of a line of the chart."""

    type: str = "date"
    modifiers: tuple[str, ...] = ()

    def condition(self, value: str, modifier: str, ask: Asking) -> Q:
        """Return the condition, by the same sources as `last_changed`."""
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
        kept = RowChange.objects.filter(patient_id__in=ask.visible.values("pk"), at__gte=at, operation=_UPDATED)
        rows = kept.filter(table_name__startswith="clinical_", row_key__regex=_A_LINE)
        changed = rows.annotate(line=Cast("row_key", UUIDField())).values("line")
        return Q(recorded_at__gte=at) | Q(pk__in=imported) | Q(pk__in=keys) | Q(pk__in=changed)
