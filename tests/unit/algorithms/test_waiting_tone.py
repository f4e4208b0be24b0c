"""The age of an answer, at every boundary."""

from datetime import timedelta

import pytest

from ehospital.algorithms.waiting_tone import LATE_AFTER, OVERDUE_AFTER, Tone, tone

MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("waited", "said"),
    [
        (-MOMENT, Tone.NEW),
        (timedelta(0), Tone.NEW),
        (LATE_AFTER - MOMENT, Tone.NEW),
        (LATE_AFTER, Tone.LATE),
        (OVERDUE_AFTER - MOMENT, Tone.LATE),
        (OVERDUE_AFTER, Tone.OVERDUE),
    ],
)
def test_the_older_the_louder(waited, said) -> None:
    assert tone(waited) is said
    assert tone(waited, critical=True) is Tone.OVERDUE
