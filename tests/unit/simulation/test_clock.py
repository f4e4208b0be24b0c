"""A monitor that is started again goes on in its story; a demo of another day begins anew."""

from pathlib import Path

from ehospital.simulation.clock import DemoClock


def test_time_goes_on_after_a_short_break_and_begins_anew_after_a_long_one(tmp_path: Path) -> None:
    file = tmp_path / "data" / "story_clock.json"
    assert DemoClock.read(file) is None
    first = DemoClock.start(file, 1000.0)
    assert (first.zero, DemoClock.read(file)) == (1000.0, first)
    first.touch(1500.0)
    assert DemoClock.start(file, 1619.0).zero == 1000.0
    assert DemoClock.start(file, 1740.0).zero == 1740.0


def test_a_damaged_file_or_a_clock_set_back_begins_anew(tmp_path: Path) -> None:
    file = tmp_path / "story_clock.json"
    file.write_text('{"zero": 5}')
    assert DemoClock.start(file, 100.0).zero == 100.0
    assert DemoClock.start(file, 50.0).zero == 50.0
