"""Scores, vital signs, due times and traces: what is not known is never shown as well."""

from datetime import UTC, datetime, timedelta

import pytest

from ehospital.web.kit.board import BedCard, BedState, due, tally
from ehospital.web.kit.durations import ago
from ehospital.web.kit.news import chip
from ehospital.web.kit.plots import plot
from ehospital.web.kit.sparkline import spark
from ehospital.web.kit.vitals import vital, written

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("score", "band", "mark"),
    [(0, "zero", ""), (4, "low", ""), (3, "lowmed", "!"), (6, "medium", "!"), (9, "high", "!!")],
)
def test_a_known_score_shows_its_number_and_its_sign(score: int, band: str, mark: str) -> None:
    shown = chip(score, band, trend="up")
    assert (shown.text, shown.band, shown.mark, shown.arrow) == (str(score), band, mark, "▲")
    assert shown.words.startswith(f"NEWS2 score {score}, ")
    assert shown.words.endswith(", rising")


@pytest.mark.parametrize(
    "unknown",
    [
        chip(None),
        chip(None, "zero"),
        chip(0, "unknown"),
        chip(0, "zero", silent=True),
        chip(9, "high", silent=True),
        chip(0, "zero", partial=True),
        chip(4, "low", partial=True, missing=["temp"]),
        chip(0, "something else"),
    ],
)
def test_what_is_not_known_is_a_question_mark(unknown: object) -> None:
    assert (unknown.text, unknown.band, unknown.mark, unknown.arrow) == ("?", "unknown", "", "")  # type: ignore[attr-defined]
    assert unknown.words.startswith("NEWS2 score not known")  # type: ignore[attr-defined]


def test_a_partial_score_that_is_already_high_says_at_least() -> None:
    shown = chip(7, "high", partial=True, missing=["temp", "consciousness"])
    assert (shown.text, shown.band, shown.mark, shown.partial) == ("7?", "high", "!!", True)
    assert shown.words == "NEWS2 score at least 7, high risk, incomplete, missing: temperature, consciousness"


def test_a_value_that_is_not_there_is_no_number_and_no_points() -> None:
    shown = vital("hr", None, points=2)
    assert (shown.text, shown.state, shown.points, shown.dots, shown.level) == ("?", "missing", 0, "", 0)
    assert shown.words == "not measured"


def test_oxygen_adds_its_dots_and_keeps_the_colour_of_the_higher_one() -> None:
    shown = vital("spo2", 93, points=2, oxygen_l_min=2, oxygen_points=2)
    assert (shown.dots, shown.level, shown.words) == ("••••", 2, "scores 4, on oxygen")
    assert vital("spo2", 97, oxygen_l_min=0).on_oxygen is False


def test_an_earlier_value_says_so() -> None:
    assert vital("temp", 38.4, points=1, old=True).state == "old"
    assert vital("temp", 38.4, points=1, old=True).words == "scores 1, an earlier value"


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [("temp", 37.15, "37.2"), ("temp", 38.0, "38.0"), ("hr", 72.5, "73"), ("spo2", 96, "96"), ("hr", None, "?"),
     ("consciousness", "C", "New confusion")],
)  # fmt: skip
def test_values_are_rounded_half_up_as_the_score_does(key: str, value: float | str | None, text: str) -> None:
    assert written(key, value) == text


@pytest.mark.parametrize(
    ("minutes", "text", "state"),
    [(None, "?", "unknown"), (-12, "12 min late", "late"), (-75, "1 h 15 min late", "late"), (0, "now", ""),
     (59, "59 min", ""), (60, "1 h", ""), (61, "1 h 1 min", ""), (359, "5 h 59 min", ""), (391, "6 h", "")],
)  # fmt: skip
def test_due_times_are_words(minutes: int | None, text: str, state: str) -> None:
    assert (due(minutes).text, due(minutes).state) == (text, state)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "just now"), (1, "1 min ago"), (90, "1 h 30 min ago"), (719, "11 h ago"), (2879, "47 h ago"),
     (2880, "2 d ago")],
)  # fmt: skip
def test_a_length_of_time_reads_the_same_wherever_it_stands(minutes: int, text: str) -> None:
    assert ago(NOON - timedelta(minutes=minutes), NOON) == text
    if minutes:
        assert due(-minutes).text == text.replace("ago", "late")


def test_continuous_monitoring_has_no_next_time() -> None:
    assert due(None, continuous=True).text == "continuous"


def test_beds_without_a_known_score_are_counted_apart() -> None:
    cards = [
        BedCard("1", "A1", BedState.LIVE, news=chip(0, "zero")),
        BedCard("2", "A2", BedState.SILENT, news=chip(0, "zero", silent=True)),
        BedCard("3", "A3", BedState.PARTIAL, news=chip(1, "low", partial=True)),
        BedCard("4", "A4", BedState.PARTIAL, news=chip(8, "high", partial=True)),
        BedCard("5", "A5", BedState.EMPTY),
    ]
    assert {one.news.band: one.count for one in tally(cards)} == {
        "high": 1, "medium": 0, "lowmed": 0, "low": 0, "unknown": 2, "zero": 1,
    }  # fmt: skip


def test_a_trace_stands_in_a_fixed_range() -> None:
    steady = [(NOON - timedelta(minutes=5 * step), 95.0) for step in range(4, -1, -1)]
    assert spark("hr", steady, until=NOON, hours=1).path == "M64.0 12.0h.01L72.0 12.0L80.0 12.0L88.0 12.0L96.0 12.0"
    low, high = ([(NOON, value)] for value in (0.0, 999.0))
    assert spark("hr", low, until=NOON).path == "M96.0 22.0h.01"
    assert spark("hr", high, until=NOON).path == "M96.0 2.0h.01"


def test_a_silence_breaks_the_trace() -> None:
    points = [
        (NOON - timedelta(minutes=60), 80.0),
        (NOON - timedelta(minutes=55), None),
        (NOON - timedelta(minutes=50), 80.0),
        (NOON, 80.0),
    ]
    assert spark("hr", points, until=NOON, hours=1).path.count("M") == 3
    assert spark("hr", [(NOON - timedelta(hours=5), 80.0)], until=NOON).path == ""


def test_a_plot_keeps_its_gaps_and_lists_the_newest_first() -> None:
    drawn = plot("temp", [(NOON - timedelta(hours=1), 38.15), (NOON - timedelta(minutes=30), None), (NOON, 37.0)])
    assert drawn.data["v"] == [38.15, None, 37.0]
    assert drawn.data["t"][-1] == int(NOON.timestamp())
    assert [text for _at, text in drawn.rows] == ["37.0", "38.2"]
