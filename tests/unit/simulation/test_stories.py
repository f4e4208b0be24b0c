"""Each story does what its sentence says, by the score of the product itself."""

from datetime import UTC, datetime
from itertools import pairwise
from statistics import mean

import pytest

from ehospital.algorithms import artefacts, early_warning
from ehospital.simulation.measuring import motion
from ehospital.simulation.plots import STORIES, WARD, cast
from ehospital.simulation.stories import BedStory, frame_at, from_json, playing, truth_at
from tests.unit.simulation.scoring import NOON, bed, first_at, scores

BEDS = [f"B{n}" for n in range(6)]


def test_a_frame_is_the_same_whenever_it_is_asked_for() -> None:
    one = [frame_at(bed("sepsis"), NOON + t) for t in range(0, 900, 7)]
    other = [frame_at(bed("sepsis"), NOON + t) for t in reversed(range(0, 900, 7))]
    assert one == other[::-1]
    assert frame_at(bed("sepsis"), NOON + 0.9) == frame_at(bed("sepsis"), NOON)
    assert frame_at(bed("sepsis", "A2"), NOON) != frame_at(bed("sepsis"), NOON)


@pytest.mark.parametrize("name", BEDS)
def test_sepsis_passes_five_and_then_seven(name: str) -> None:
    five, seven = first_at(bed("sepsis", name), 5), first_at(bed("sepsis", name), 7)
    assert five is not None and 150 < five < 420
    assert seven is not None and five < seven < 600


@pytest.mark.parametrize("name", BEDS)
def test_bleeding_shows_within_three_minutes_in_the_pulse_first(name: str) -> None:
    story = bed("bleeding", name)
    five = first_at(story, 5)
    assert five is not None and five < 200
    truth = [truth_at(story, NOON + t) for t in range(600)]
    pulse = next(t for t in range(570) if mean(now.hr for now in truth[t : t + 30]) > 110)
    pressure = next(t for t in range(570) if mean(now.sbp for now in truth[t : t + 30]) <= 100)
    assert pulse < pressure
    worst = max(score for _, score in scores(story, 900))
    assert worst >= 10


@pytest.mark.parametrize("name", BEDS)
def test_copd_is_calm_on_scale_two_and_would_alarm_on_scale_one(name: str) -> None:
    at_rest = bed("copd_at_rest", name)
    on_two = [score for _, score in scores(at_rest, 900)]
    on_one = [score for _, score in scores(at_rest, 900, scale=1)]
    assert sum(score <= 2 for score in on_two) / len(on_two) > 0.99
    assert sum(score >= 3 for score in on_one) / len(on_one) > 0.99


@pytest.mark.parametrize("name", BEDS)
def test_too_much_oxygen_raises_the_score_on_scale_two_and_would_lower_it_on_scale_one(name: str) -> None:
    story = bed("copd", name)
    before = [score for _, score in scores(story, 200)]
    during = [score for _, score in scores(story, 300, begin=900)]
    assert sorted(before)[len(before) // 2] <= 2
    assert sorted(during)[len(during) // 2] >= 5
    assert truth_at(story, NOON + 1000).spo2 > truth_at(story, NOON + 100).spo2 + 5


@pytest.mark.parametrize("name", BEDS)
def test_an_opioid_gives_a_single_three_and_naloxone_takes_it_away(name: str) -> None:
    story = bed("opioid", name)
    start = STORIES["opioid"].start_s
    worst = early_warning.score_json({"rr": round(truth_at(story, NOON + start + 700).rr)})
    assert worst["parts"] == {"rr": 3}
    assert round(truth_at(story, NOON + start + 1000).rr) >= 12
    assert max(score for _, score in scores(story, 200, begin=start + 500)) >= 7
    assert max(score for _, score in scores(story, 200, begin=start + 2000)) < 5


@pytest.mark.parametrize("name", BEDS)
def test_fast_atrial_fibrillation_leaps_above_130_and_scatters(name: str) -> None:
    story = bed("fast_af", name)
    start = STORIES["fast_af"].start_s
    calm = [truth_at(story, NOON + start - 300 + t).hr for t in range(200)]
    fast = [truth_at(story, NOON + start + 100 + t).hr for t in range(200)]
    assert max(calm) < 125
    assert sum(rate >= 131 for rate in fast) > 180
    jumps = [abs(b - a) for a, b in pairwise(fast)]
    assert sum(jumps) / len(jumps) > 5


def test_recovery_begins_high_and_ends_low() -> None:
    at_start = [score for _, score in scores(bed("recovery"), 20)]
    later = [score for _, score in scores(bed("recovery"), 200, begin=1900)]
    assert min(at_start) >= 7
    assert max(later) < 5
    the_day_before = truth_at(bed("recovery"), NOON - 8 * 3600)
    assert the_day_before.temp < 38 and the_day_before.oxygen == 0


@pytest.mark.parametrize("story", ["stable", "on_oxygen", "copd_at_rest", "fever"])
def test_stable_patients_stay_below_five_for_99_percent_of_a_day(story: str) -> None:
    seen = [
        score
        for n in range(10)
        for hour in range(0, 24, 3)
        for _, score in scores(bed(story, f"S{n}", age=35 + 5 * n), 240, begin=hour * 3600)
    ]
    assert len(seen) > 19_000
    assert sum(score < 5 for score in seen) / len(seen) > 0.99


def test_a_probe_that_is_off_takes_pulse_and_saturation_with_it_and_says_so() -> None:
    story = bed("lead_off")
    start = STORIES["lead_off"].start_s
    assert dict(frame_at(story, NOON + start - 1, measured=True).status)["lead"] == "on"  # type: ignore[union-attr]
    fell = frame_at(story, NOON + start)
    assert fell is not None and ("lead", "off") in fell.status
    for t in range(start, start + 420):
        frame = frame_at(story, NOON + t)
        assert frame is not None
        values = {alias: value for alias, value, _ in frame.observations}
        assert (values["pulse"], values["spo2"]) == (None, None)
        assert isinstance(values["hr"], int) and isinstance(values["rr"], int)
    back = frame_at(story, NOON + start + 420)
    assert back is not None and ("lead", "on") in back.status


def test_a_silent_monitor_sends_nothing_and_comes_back() -> None:
    story, start = bed("silent"), STORIES["silent"].start_s
    assert frame_at(story, NOON + start - 1) is not None
    assert all(frame_at(story, NOON + t, measured=True) is None for t in range(start, start + 480))
    assert frame_at(story, NOON + start + 480) is not None


def test_a_restless_patient_spoils_the_signal_and_the_quiet_one_next_door_does_not() -> None:
    spoilt = sum(motion(7, "D6", NOON + t, 26.0) > 0 for t in range(7200)) / 7200
    quiet = sum(motion(7, "D5", NOON + t, 0.8) > 0 for t in range(36_000)) / 36_000
    assert 0.03 < spoilt < 0.08
    assert 0 < quiet < 0.005


def test_motion_is_refuted_by_the_artefact_check() -> None:
    story, memory, held = bed("restless", "D6"), artefacts.EMPTY, 0
    for t in range(3600):
        frame = frame_at(story, NOON + t)
        assert frame is not None
        readings = {alias: float(value) for alias, value, _ in frame.observations if isinstance(value, int | float)}
        screened = artefacts.screen(memory, readings, at=datetime.fromtimestamp(NOON + t, UTC))
        memory = screened.memory
        held += bool(screened.held)
        truth = truth_at(story, NOON + t)
        assert abs(screened.readings.get("hr", truth.hr) - truth.hr) < 1
        assert abs(screened.readings.get("spo2", truth.spo2) - truth.spo2) < 1
        assert not screened.lead_off
    assert held > 90


@pytest.mark.parametrize("key", STORIES)
def test_a_story_comes_round_without_a_jump(key: str) -> None:
    story = STORIES[key]
    end = NOON + story.start_s + story.period_s
    before, after = truth_at(bed(key), end - 1), truth_at(bed(key), end)
    assert abs(after.hr - before.hr) < 40 if story.leaning.irregular else 4
    assert abs(after.sbp - before.sbp) < 4
    assert abs(after.temp - before.temp) < 0.2


def test_something_happens_within_two_minutes_and_most_beds_are_stable() -> None:
    stories = cast(24)
    assert sorted(stories) == sorted(key for bay in WARD for key in bay)
    assert sum(len(STORIES[key].moments) == 1 for key in stories) >= 14
    beds = [bed(key, f"{n}") for n, key in enumerate(stories)]
    assert (
        min(second for one in beds if (second := first_at(one, 5, 121)) is not None and one.story != "recovery") < 121
    )
    told = playing(beds, NOON + 125)
    assert {one.now for one in told if one.story in {"silent", "lead_off"}} == {
        "No signal at all",
        "The finger probe is off",
    }


def test_pressure_comes_by_the_cuff_and_consciousness_by_the_nurse() -> None:
    frames = [frame_at(bed("stable"), NOON + t) for t in range(1800)]
    seen = [{alias for alias, _, _ in frame.observations} for frame in frames if frame]
    assert 5 <= sum("sbp" in aliases for aliases in seen) <= 6
    assert sum("temp" in aliases for aliases in seen) == 30
    assert sum("rr" in aliases for aliases in seen) == 1800


def test_the_nurse_enters_oxygen_and_consciousness_once_a_round() -> None:
    entered = [
        t
        for t in range(8 * 3600)
        if "consciousness" in {alias for alias, _, _ in frame_at(bed("stable"), NOON + t).observations}  # type: ignore[union-attr]
    ]
    assert len(entered) == 2 and entered[1] - entered[0] == 14_400


def test_a_nurse_notices_confusion_within_half_a_minute() -> None:
    story, start = bed("sepsis"), STORIES["sepsis"].start_s
    entered = [
        value
        for t in range(start + 600, start + 630)
        for alias, value, _ in frame_at(story, NOON + t).observations  # type: ignore[union-attr]
        if alias == "consciousness"
    ]
    assert entered == ["C"]


def test_the_tour_tells_what_comes_next() -> None:
    (told,) = playing([bed("sepsis"), bed("stable", "A2")], NOON + 20)
    assert (told.now, told.next, told.until_next_s) == ("Resting", "Feels unwell", 40)
    (told,) = playing([bed("sepsis")], NOON + 60 + 300)
    assert (told.now, told.next, told.until_next_s) == ("Fever and fast breathing", "Pressure is falling", 120)


def test_a_row_of_the_devices_file_becomes_a_bed() -> None:
    row = {"id": "mon-1", "bed": "A1", "ward": "w", "story": "sepsis", "seed": 7, "start": 5, "age": 71}
    assert from_json(row, zero=NOON) == BedStory("w/A1/mon-1", "sepsis", 7, NOON, 5.0, 71)
    with pytest.raises(ValueError, match=r"^a device of devices\.json lacks story, seed$"):
        from_json({"id": "mon-1", "bed": "A1"}, zero=NOON)
    with pytest.raises(ValueError, match=r"^no story is called 'plague'; there are stable, "):
        from_json({**row, "story": "plague"}, zero=NOON)
