"""Made-up charts for tests."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from ehospital.clinical import actions, details
from ehospital.clinical.details import Code, Moment, PartDetails, Record, Value, loinc, quantity
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.models import CareRelationship
from tests.factories import people
from tests.factories.people import NOON

POTASSIUM = loinc("2823-3", "Potassium")
PRESSURE, SYSTOLIC, DIASTOLIC = (
    loinc("85354-9", "Blood pressure"),
    loinc("8480-6", "Systolic"),
    loinc("8462-4", "Diastolic"),
)


def carer(
    patient_id: UUID, role: str = access.Role.DOCTOR, *, account: bool = False, at: datetime = NOON
) -> people.Staff:
    """A member of staff who cares for the patient."""
    staff = people.staff(role, account=account, at=at)
    people_actions.begin_care(
        patient_id=patient_id,
        kind=CareRelationship.Kind.NAMED,
        source="test",
        staff_id=staff.id,
        by=people.machinery(at),
        at=at,
    )
    return staff


def potassium(value: str, at: datetime, **more: object) -> details.ObservationDetails:
    """One potassium in mmol/L."""
    return details.ObservationDetails(
        code=POTASSIUM, effective=Moment(at), value=quantity(value, "mmol/L"), recorded_at=at, **more
    )


def pressure(systolic: int, diastolic: int, at: datetime) -> details.ObservationDetails:
    """One blood pressure: a panel of two parts."""
    parts = ((SYSTOLIC, systolic), (DIASTOLIC, diastolic))
    return details.ObservationDetails(
        code=PRESSURE,
        category="vital-signs",
        effective=Moment(at),
        parts=tuple(PartDetails(code=code, value=quantity(value, "mm[Hg]")) for code, value in parts),
    )


def problem(words: str, **more: object) -> details.ProblemDetails:
    """A problem in words."""
    return details.ProblemDetails(code=Code("", "", words), **more)


def allergy(words: str, **more: object) -> details.AllergyDetails:
    """An allergy in words."""
    return details.AllergyDetails(code=Code("", "", words), **more)


def note(
    patient_id: UUID,
    text: str,
    *,
    by: access.Actor,
    kind: str = "outpatient",
    amends: UUID | None = None,
    at: datetime = NOON,
) -> UUID:
    """A signed note, or an addendum to one."""
    begun = (
        actions.start_addendum(amends, by=by, at=at) if amends else actions.start_note(patient_id, kind, by=by, at=at)
    )
    return actions.sign_note(begun, actions.Typed(text, 1), by=by, at=at)


def long_stay(patient_id: UUID, *, observations: int, concepts: int, at: datetime = NOON) -> None:
    """Give a patient very many observations of very many kinds, an hour apart."""
    lines = tuple(
        details.ObservationDetails(
            code=loinc(f"{place % concepts}-0", f"Analyte {place % concepts}"),
            effective=Moment(at - timedelta(hours=place)),
            value=Value(number=Decimal(place) / 10, unit="mg/L", ucum="mg/L"),
        )
        for place in range(observations)
    )
    actions.import_record(patient_id, Record(observations=lines), by=people.machinery(at), at=at)
