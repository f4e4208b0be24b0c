"""Made-up outpatient visits for tests, begun and finished through the same actions as everybody else's."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ehospital.clinical import actions
from ehospital.clinical.details import Code, MedicineDetails, PrescriptionDetails, VisitDetails
from ehospital.journeys import visits
from ehospital.people import access

NOW = datetime.now(UTC).replace(microsecond=0)
"""Readings are kept in partitions of these days: what is measured at a visit is measured now."""

TEMPLATE = "Findings:\n\nPlan:\n"


def begin(patient_id: UUID, by: access.Actor, at: datetime = NOW) -> UUID:
    """An outpatient visit that has begun."""
    return actions.begin_visit(patient_id, words="Outpatient visit", by=by, at=at)


def typed(note: str = "Well.", **more: Any) -> actions.VisitTyped:
    """What stands in the page of a visit."""
    return actions.VisitTyped(**{"fields": {"reason": "Control"}, "note": note, "template": TEMPLATE, **more})


def details(reason: str = "Control", **more: Any) -> VisitDetails:
    """How a visit ends."""
    return VisitDetails(reason=reason, **more)


def medicine(
    patient_id: UUID, words: str, by: access.Actor, *, dose: str = "1 tablet daily", at: datetime = NOW
) -> UUID:
    """A medicine that the patient takes."""
    told = MedicineDetails(code=Code("urn:test", words.lower(), words), kind="statement", dosage_text=dose)
    return actions.record_medicine(patient_id, told, by=by, at=at)


def order(words: str = "Metformin 500 mg", dose: str = "1 tablet twice a day", **more: Any) -> PrescriptionDetails:
    """A prescription of a new medicine."""
    return PrescriptionDetails(code=Code("", "", words), dose=dose, **more)


def finish(
    patient_id: UUID,
    key: UUID,
    by: access.Actor,
    *,
    at: datetime = NOW,
    sent: actions.VisitTyped | None = None,
    measured: Mapping[str, float | str] | None = None,
    **more: Any,
) -> UUID:
    """Finish a visit by the journey that the page takes."""
    return visits.finish(patient_id, key, details(**more), sent or typed(), measured=measured or {}, by=by, at=at)
