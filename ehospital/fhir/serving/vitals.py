"""Vital signs of somebody who lies in a bed also reach the early-warning score and its alerts, or are refused."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from ehospital.clinical import actions as clinical
from ehospital.clinical.details import ObservationDetails, PartDetails, Value
from ehospital.clinical.models import Observation
from ehospital.estate import queries as places
from ehospital.fhir.elements import LeftOut
from ehospital.kernel import codes, units
from ehospital.kernel.codes import LOINC, Code
from ehospital.monitoring import actions as monitoring
from ehospital.monitoring.actions.observing import CHARTED_WITHIN
from ehospital.people import access

_VALID: Final = {Observation.Status.FINAL, Observation.Status.AMENDED, Observation.Status.CORRECTED}


def record(patient_id: UUID, details: ObservationDetails, *, by: access.Actor, at: datetime) -> UUID:
    """Write a result into the chart; a vital sign of the last 24 hours of an inpatient is scored as well.

    Raises:
        LeftOut: it is to be scored, and cannot be: a unit that means something else, a value that no body has.
        NotPermitted, InTheFuture, ForeignEncounter: as for `record_result`. Nothing is written.
    """
    key = clinical.record_result(patient_id, details, by=by, at=at)
    values = dict(_values(details)) if _counts(details, at) else {}
    if values and places.place_of(patient_id, at=at) is not None:
        observed_at = min(details.effective.at, at)
        try:
            monitoring.record_observations(patient_id, values, by=by, at=at, observed_at=observed_at)
        except monitoring.UnusableObservation as error:
            raise LeftOut(f"Observation.valueQuantity cannot be: {error}") from None
    return key


def _counts(details: ObservationDetails, at: datetime) -> bool:
    fresh = at - CHARTED_WITHIN <= details.effective.at and details.effective.precision == "time"
    return details.category == Observation.Category.VITAL_SIGNS and details.status in _VALID and fresh


def _values(details: ObservationDetails) -> Iterator[tuple[str, float]]:
    """Yield each number that a monitor could have measured too, by alias, in the unit of that alias."""
    lines: Iterable[ObservationDetails | PartDetails] = (details, *details.parts)
    for line in lines:
        alias = next((one for code in _codes(line) if (one := _alias(code))), None)
        if alias and line.value.number is not None and not line.value.comparator:
            yield alias, float(_converted(alias, line.value.number, line.code.code, line.value))


def _codes(line: ObservationDetails | PartDetails) -> tuple[Code, ...]:
    return (line.code, *line.other_codes)


def _alias(code: Code) -> str | None:
    return codes.alias_of(code.code) if code.system == LOINC else None


def _converted(alias: str, number: Decimal, code: str, value: Value) -> Decimal:
    kind = codes.OBSERVATIONS[alias]
    unit = value.ucum or value.unit or codes.default_unit(code) or kind.unit
    try:
        return units.convert(number, unit, kind.unit, substance=kind.substance or None)
    except units.UnitProblem as error:
        raise LeftOut(f"Observation.valueQuantity.unit cannot be read as {kind.unit}: {error}") from None
