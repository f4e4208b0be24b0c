"""Birth dates as they stand in registers: every way of writing, and nothing guessed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.written_days import Day, Order, System, Trouble, question, read, serial_day

TODAY = date(2026, 3, 2)
DAY, MONTH = Order.DAY, Order.MONTH


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25/03/1980", Day(date(1980, 3, 25), "day")),
        ("25.3.1980", Day(date(1980, 3, 25), "day")),
        ("25-03-80", Day(date(1980, 3, 25), "day")),
        (" 5 / 3 / 1980 ", Day(date(1980, 3, 5), "day")),
        ("1980-03-25", Day(date(1980, 3, 25), "day")),
        ("1980/3/5", Day(date(1980, 3, 5), "day")),
        ("1980-03-25 00:00:00", Day(date(1980, 3, 25), "day")),
        ("19800325", Day(date(1980, 3, 25), "day")),
        ("25 Mar 1980", Day(date(1980, 3, 25), "day")),
        ("25-Mar-80", Day(date(1980, 3, 25), "day")),
        ("March 25, 1980", Day(date(1980, 3, 25), "day")),
        ("Mar 25th 1980", Day(date(1980, 3, 25), "day")),
        ("25 août 1980", Day(date(1980, 8, 25), "day")),
        ("25 de marzo de 1980", Day(date(1980, 3, 25), "day")),
        ("٢٥/٠٣/١٩٨٠", Day(date(1980, 3, 25), "day")),
        ("۲۵/۰۳/۱۹۸۰", Day(date(1980, 3, 25), "day")),
        ("٢٥ مارس ١٩٨٠", Day(date(1980, 3, 25), "day")),
        ("March 1980", Day(date(1980, 3, 1), "month")),
        ("03/1980", Day(date(1980, 3, 1), "month")),
        ("1980-03", Day(date(1980, 3, 1), "month")),
        ("1980", Day(date(1980, 1, 1), "year")),
        ("٢٠٢٦", Day(date(2026, 1, 1), "year")),
        ("29/02/1980", Day(date(1980, 2, 29), "day")),
        ("29/02/1981", Trouble.NO_SUCH_DAY),
        ("31/04/1980", Trouble.NO_SUCH_DAY),
        ("12/25/1980", Trouble.OTHER_ORDER),
        ("25/03/15", Trouble.SHORT_YEAR),
        ("25/03/26", Trouble.SHORT_YEAR),
        ("25/03/27", Day(date(1927, 3, 25), "day")),
        ("1359/05/12", Trouble.OTHER_CALENDAR),
        ("1359", Trouble.OTHER_CALENDAR),
        ("29305", Trouble.SYSTEM_NOT_SAID),
        ("1855", Trouble.UNREADABLE),
        ("2027", Trouble.UNREADABLE),
        ("about 40", Trouble.UNREADABLE),
        ("25/13/80/1", Trouble.UNREADABLE),
        ("1234567890123", Trouble.UNREADABLE),
        ("", None),
        (" - ", None),
        ("N/A", None),
        ("unknown", None),
        ("?", None),
    ],
)
def test_what_a_text_says_when_days_come_first(text: str, expected: object) -> None:
    assert read(text, order=DAY, today=TODAY) == expected


def test_nothing_is_guessed_between_day_and_month() -> None:
    assert read("03/04/1980", today=TODAY) is Trouble.ORDER_NOT_SAID
    assert read("25/04/1980", today=TODAY) is Trouble.ORDER_NOT_SAID
    assert read("04/04/1980", today=TODAY) == Day(date(1980, 4, 4), "day")
    assert read("03/04/1980", order=DAY, today=TODAY) == Day(date(1980, 4, 3), "day")
    assert read("03/04/1980", order=MONTH, today=TODAY) == Day(date(1980, 3, 4), "day")


def test_nothing_is_guessed_between_two_systems_of_numbers() -> None:
    assert serial_day(29_305, System.FROM_1900) == date(1980, 3, 25)
    assert serial_day(27_843, System.FROM_1904) == date(1980, 3, 25)
    assert serial_day(59, System.FROM_1900) == date(1900, 2, 28)
    assert serial_day(61, System.FROM_1900) == date(1900, 3, 1)
    with pytest.raises(ValueError, match="never was"):
        serial_day(60, System.FROM_1900)
    assert read("29305", system=System.FROM_1900, today=TODAY) == Day(date(1980, 3, 25), "day")
    assert read("9999", system=System.FROM_1900, today=TODAY) is Trouble.UNREADABLE
    assert read("10000", system=System.FROM_1900, today=TODAY) == Day(date(1927, 5, 18), "day")


def test_the_examples_of_a_column_that_decide() -> None:
    asked = question(["03/04/1980", "25/03/1980", "1980-01-05", "31/12/1975", "05/05/1955"], today=TODAY)
    assert (asked.open_order, asked.only_day_first) == (("03/04/1980",), ("25/03/1980", "31/12/1975"))
    assert asked.asks_order and asked.order is DAY
    assert question(["03/25/1980"], today=TODAY).order is MONTH
    both = question(["03/25/1980", "25/03/1980", "01/02/1980"], today=TODAY)
    assert both.order is None and both.asks_order
    assert question(["03/04/1980"], today=TODAY).order is None
    decided = question(["25/03/1980"], today=TODAY)
    assert decided.needs_order and not decided.asks_order
    assert not question(["1980-03-25", "1980", "5/5/1980"], today=TODAY).needs_order
    assert question(["29305", "1980"], today=TODAY).serials == ("29305",)


DAYS = st.dates(date(1900, 1, 1), date(2026, 3, 1))


@given(DAYS, st.sampled_from(["%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d %b %Y", "%B %d, %Y", "%Y%m%d"]))
def test_every_day_is_read_as_it_was_written(day: date, form: str) -> None:
    assert read(f"{day:{form}}", order=DAY, today=TODAY) == Day(day, "day")


@given(DAYS)
def test_without_an_order_a_day_is_never_another_one(day: date) -> None:
    for form in ("%d/%m/%Y", "%m/%d/%Y"):
        assert read(f"{day:{form}}", today=TODAY) in (Trouble.ORDER_NOT_SAID, Day(day, "day"))


@given(DAYS, st.sampled_from(list(System)))
def test_a_number_counts_back_to_its_day(day: date, system: System) -> None:
    begin = date(1899, 12, 30) if system is System.FROM_1900 else date(1904, 1, 1)
    serial = (day - begin) // timedelta(days=1)
    if serial >= 10_000:
        assert read(str(serial), system=system, today=TODAY) == Day(day, "day")


@given(st.text(max_size=40))
def test_whatever_is_typed_is_answered(text: str) -> None:
    found = read(text, order=MONTH, system=System.FROM_1904, today=TODAY)
    assert found is None or isinstance(found, Day | Trouble)
