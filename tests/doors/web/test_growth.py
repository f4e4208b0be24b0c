"""The growth chart: drawn for a child, beside its table; words where there is none."""

import re
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from ehospital.clinical import actions
from ehospital.clinical.details import Code, Moment, ObservationDetails, Value
from ehospital.kernel.codes import LOINC
from ehospital.people import access
from ehospital.people.models import Patient
from tests.doors.web.conftest import SignedIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def child(patient: UUID, now: datetime) -> UUID:
    """A boy of 200 days who was born at 31 weeks and 3 days, and measured twice."""
    born = now.date() - timedelta(days=200)
    Patient.objects.filter(pk=patient).update(birth_on=born, birth_precision="day", sex="male")
    for days, code, value, unit in (
        (120, "29463-7", "4.9", "kg"), (200, "29463-7", "6.9", "kg"), (200, "8306-3", "64.5", "cm"),
        (200, "9843-4", "60", "cm"), (0, "76516-4", "220", "d"),
    ):  # fmt: skip
        at = now - timedelta(days=200 - days, minutes=5)
        details = ObservationDetails(
            code=Code(LOINC, code, code), category="vital-signs", effective=Moment(at), recorded_at=at,
            value=Value(number=value, unit=unit, ucum=unit),
        )  # type: ignore[arg-type]  # fmt: skip
        actions.record_result(patient, details, by=access.system("test", at=now), at=now)
    return patient


def test_a_child_has_a_curve_and_the_same_as_a_table(nurse: SignedIn, child: UUID, chart: str) -> None:
    page = nurse.client.get(chart + "growth/").content.decode()
    assert page.count('class="line ') == 5 and page.count('<circle class="own"') == 2
    assert ">31+3</bdi>" in page and page.count("corrected: <bdi>") == 2
    assert page.count("hardly possible: check it") == 1, "a head of 60 cm is in the table, and not drawn"
    head = nurse.client.get(chart + "growth/?show=head").content.decode()
    assert '<circle class="own"' not in head and "Nothing to draw at these ages" in head
    both = nurse.client.get(chart + "growth/?show=weight-for-height&lines=centiles").content.decode()
    assert both.count('<circle class="own"') == 1 and ">97</text>" in both and "Length or height, cm" in both


@pytest.mark.parametrize("asked", ["?show=nonsense&ages=99&lines=x", "?ages=0-5", "?show=bmi&ages=5-19"])
def test_odd_addresses_show_a_chart(nurse: SignedIn, child: UUID, chart: str, asked: str) -> None:
    answer = nurse.client.get(chart + "growth/" + asked)
    assert answer.status_code == 200 and answer.content.decode().count('class="line ') == 5


def test_where_there_is_no_table_it_says_so(nurse: SignedIn, child: UUID, chart: str) -> None:
    for asked in ("?show=head&ages=5-19", "?show=weight-for-height&ages=5-19"):
        page = nurse.client.get(chart + "growth/" + asked).content.decode()
        assert '<svg class="growth-chart"' not in page and "has no table of this" in page
    Patient.objects.filter(pk=child).update(sex="other")
    assert "is recorded as neither" in nurse.client.get(chart + "growth/").content.decode()
    Patient.objects.filter(pk=child).update(sex="female", birth_precision="month")
    assert "not known to the day" in nurse.client.get(chart + "growth/").content.decode()


def test_the_numbers_of_the_picture_do_not_follow_the_language(nurse: SignedIn, child: UUID, chart: str) -> None:
    page = nurse.client.get(chart + "growth/", headers={"Accept-Language": "fr"}).content.decode()
    drawing = page[page.index('<svg class="growth-chart"') : page.index("</svg>", page.index("growth-chart"))]
    assert not re.search(r'(?:x|y|cx|cy|d)="[^"]*,[^"]*"', drawing)


def test_adults_have_no_such_tab(nurse: SignedIn, patient: UUID, chart: str) -> None:
    Patient.objects.filter(pk=patient).update(birth_on=date(1957, 3, 14), birth_precision="day")
    assert "growth/" not in nurse.client.get(chart).content.decode()
    assert "Nothing was measured here before 19" in nurse.client.get(chart + "growth/").content.decode()
