"""What was measured of a child, day by day: units, the last value of a day, what is wrong or only a bound."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from ehospital.algorithms.growth import Measured
from ehospital.clinical import actions, queries
from ehospital.clinical.details import Code, Moment, ObservationDetails, Value
from ehospital.foundation.models import AuditEvent
from ehospital.kernel.codes import LOINC
from ehospital.people import access
from tests.factories import clinical, forms, people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
GROWTH = "urn:ehospital:form:growth"
DAY = timedelta(days=1)


@pytest.fixture
def patient() -> UUID:
    return people.patient(born=date(2025, 1, 10))


@pytest.fixture
def nurse(patient: UUID) -> access.Actor:
    return clinical.carer(patient, access.Role.NURSE).actor


def measure(patient: UUID, code: str, number: str, unit: str, *, by: access.Actor, at: object, **more: str) -> UUID:
    value = Value(number=number, unit=unit, ucum=unit, **more)  # type: ignore[arg-type]
    details = ObservationDetails(
        code=Code(LOINC, code, code), category="vital-signs", effective=Moment(at), value=value, recorded_at=at
    )  # type: ignore[arg-type]
    return actions.record_result(patient, details, by=by, at=NOON)


def test_what_the_form_asks_is_on_the_chart(patient: UUID, nurse: access.Actor) -> None:
    told = {"weight": ["9.8"], "length": ["75.5"], "head": ["46"], "preterm": [forms.own("yes")]}
    told["gestation"] = ["31.43"]
    forms.filled(patient, told, by=nurse, url=GROWTH)
    found = queries.measured_growth(patient, viewer=nurse, at=NOON)
    assert found.gestation_days == 31 * 7 + 3
    assert [(one.on, one.measured) for one in found.days] == [(NOON.date(), Measured(9.8, 75.5, True, 46.0))]
    assert len(found.days[0].ids) == 3
    assert AuditEvent.objects.filter(action="chart.read", details__part="growth").count() == 1


def test_units_are_converted_and_the_last_value_of_a_day_counts(patient: UUID, nurse: access.Actor) -> None:
    def put(code: str, number: str, unit: str, at: object, **more: str) -> UUID:
        return measure(patient, code, number, unit, by=nurse, at=at, **more)

    put("29463-7", "9500", "g", NOON - 2 * DAY)
    put("29463-7", "9.6", "kg", NOON - 2 * DAY + timedelta(hours=1))
    put("8308-9", "0.761", "m", NOON - 2 * DAY)
    wrong = put("29463-7", "96", "kg", NOON - DAY)
    put("9843-4", "460", "mm", NOON - DAY)
    put("29463-7", "9.7", "kg", NOON, comparator="<")
    put("8302-2", "12", "mmHg", NOON)
    actions.enter_in_error("observations", wrong, reason="A slip.", by=nurse, at=NOON)
    found = queries.measured_growth(patient, viewer=nurse, at=NOON)
    assert [(one.on, one.measured) for one in found.days] == [
        ((NOON - 2 * DAY).date(), Measured(9.6, 76.1, False, None)),
        ((NOON - DAY).date(), Measured(None, None, None, 46.0)),
    ]
    assert found.gestation_days is None


def test_a_stranger_is_told_nothing(patient: UUID) -> None:
    stranger = people.staff(access.Role.NURSE).actor
    before = AuditEvent.objects.count()
    with pytest.raises(access.NotPermitted):
        queries.measured_growth(patient, viewer=stranger, at=NOON)
    assert AuditEvent.objects.count() == before
