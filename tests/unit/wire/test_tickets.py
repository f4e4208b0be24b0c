"""Live tickets: nobody makes one, changes one, or uses one too long."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.wire import tickets

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECRET = "s" * 40
GOOD = tickets.issue(("live.ward.1",), who="tove", now=NOW, secret=SECRET)


def test_a_good_ticket_says_what_it_opens_and_until_when() -> None:
    ticket = tickets.read(GOOD, now=NOW, secret=SECRET)
    assert ticket == tickets.Ticket(("live.ward.1",), "tove", NOW + timedelta(minutes=5))


@pytest.mark.parametrize(("after_s", "good"), [(299, True), (300, False), (301, False)])
def test_a_ticket_ends_after_five_minutes(after_s: int, good: bool) -> None:
    later = NOW + timedelta(seconds=after_s)
    if good:
        assert tickets.read(GOOD, now=later, secret=SECRET).who == "tove"
    else:
        with pytest.raises(tickets.BadTicket, match=r"^has run out$"):
            tickets.read(GOOD, now=later, secret=SECRET)


def test_another_hospitals_ticket_opens_nothing() -> None:
    with pytest.raises(tickets.BadTicket, match=r"^not signed by this hospital$"):
        tickets.read(GOOD, now=NOW, secret="t" * 40)


@given(where=st.integers(0, len(GOOD) - 1), letter=st.characters())
def test_a_changed_letter_opens_nothing_else(where: int, letter: str) -> None:
    changed = GOOD[:where] + letter + GOOD[where + 1 :]
    try:
        ticket = tickets.read(changed, now=NOW, secret=SECRET)
    except tickets.BadTicket:
        return
    assert ticket == tickets.read(GOOD, now=NOW, secret=SECRET)  # unused bits at the end of base64


@given(st.text())
def test_noise_is_refused(noise: str) -> None:
    with pytest.raises(tickets.BadTicket):
        tickets.read(noise, now=NOW, secret=SECRET)
