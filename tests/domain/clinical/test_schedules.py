"""The table of vaccinations: the one that ships is whole, another is read or refused with its line."""

import pytest

from ehospital.clinical import schedules

HEADER = "series,name,sex,dose,at,interval,grace,until,vaccines"


def test_the_schedule_that_ships() -> None:
    found = schedules.read_file(schedules.SHIPPED)
    doses = {one.key: len(one.doses) for one in found.series}
    assert doses == {
        "bcg": 1, "hepatitis-b": 4, "polio": 3, "polio-ipv": 2, "dtp": 6, "hib": 3, "pneumococcus": 3, "rotavirus": 2,
        "measles": 2, "rubella": 1, "hpv": 1,
    }  # fmt: skip
    assert found.names["measles"].said("fr") == "Rougeole" and found.source.startswith("WHO")
    assert {one.sex for one in found.series if one.sex} == {"female"}


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["series,name"], "the first line names the columns"),
        ([HEADER, "a,A,,2,6w,0d,4w,5y,1"], "line 2: dose 1 of a comes next, not 2"),
        ([HEADER, "# remark", "a,A,,1,six,0d,4w,5y,1"], "line 3: 'six' is no age"),
        ([HEADER, "a,A,,1,6w,0d,4w,5y,"], "line 2: name the vaccines"),
        ([HEADER, "a,A,both,1,6w,0d,4w,5y,1"], "line 2: a series needs"),
        ([HEADER, "a,A,,1,6w"], "line 2: name the vaccines"),
    ],
)
def test_another_is_refused_with_its_line(lines: list[str], why: str) -> None:
    with pytest.raises(schedules.UnusableSchedule, match=why):
        schedules.read(lines)


def test_another_is_read() -> None:
    (series,) = schedules.read([HEADER, "a,A,,1,6w,0d,4w,5y,08 http://www.whocc.no/atc|J07BC01"]).series
    assert series.codes == {"http://hl7.org/fhir/sid/cvx|08", "http://www.whocc.no/atc|J07BC01"}
