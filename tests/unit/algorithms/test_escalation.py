"""Alerts: few, edge-triggered, never closed by missing data; stories first, then laws that hold for any history."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehospital.algorithms.early_warning import Observations, Score, score
from ehospital.algorithms.escalation import (
    DEFAULT,
    AlertState,
    Cause,
    Change,
    Policy,
    Priority,
    Technical,
    evaluate,
    from_json,
    to_json,
)

IMMEDIATE = Policy(delay_s={})  # no condition waits out a delay
EIGHT = datetime(2026, 3, 1, 8, tzinfo=UTC)
WELL = {"rr": 18, "spo2": 97, "oxygen": 0, "sbp": 120, "hr": 80, "consciousness": "A", "temp": 37.0}


def news(**changed) -> Score:
    return score(Observations(**{**WELL, **changed}))


SCORES = {
    "0": news(),
    "2": news(oxygen=2),
    "2 by pulse": news(hr=115),
    "3": news(oxygen=2, hr=95),
    "3!": news(hr=140),
    "4": news(oxygen=2, hr=115),
    "4!": news(hr=140, temp=38.5),
    "5": news(oxygen=2, hr=115, temp=38.5),
    "6": news(oxygen=2, hr=115, temp=38.5, sbp=105),
    "7": news(oxygen=2, hr=115, temp=38.5, sbp=95),
    "9": news(oxygen=2, hr=115, temp=38.5, sbp=95, rr=22),
    "none": score(Observations()),
    "2?": score(Observations(oxygen=2)),
    "3!?": score(Observations(hr=140)),
    "5?": score(Observations(hr=140, oxygen=2)),
    "7?": score(Observations(hr=140, oxygen=2, rr=22)),
}


def test_the_scores_of_these_stories_are_what_their_names_say():
    for name, made in SCORES.items():
        if name != "none":
            assert made.score == int(name[0])
            assert made.single_three == ("!" in name or name in ("5?", "7?"))
            assert made.partial == ("?" in name)


TEN_SECONDS = replace(DEFAULT, delay_s={Cause.NEWS2: 10})


class Bed:
    """One patient, fed one event after the other; remembers the states and every transition."""

    def __init__(self, policy: Policy = IMMEDIATE) -> None:
        self.policy = policy
        self.states: dict = {}
        self.log: list[tuple[int, str, str, str]] = []

    def at(self, second: int, name: str | None = None, **technical) -> "Bed":
        verdict = evaluate(
            self.states,
            score=SCORES[name] if name is not None else None,
            technical=Technical(**technical),
            now=EIGHT + timedelta(seconds=second),
            policy=self.policy,
        )
        self.states = dict(verdict.states)
        self.log += [(second, step.cause, step.change, step.priority) for step in verdict.transitions]
        return self

    @property
    def steps(self) -> list[tuple[int, str, str]]:
        assert {cause for _, cause, _, _ in self.log} <= {"news2"}
        return [(second, change, priority) for second, _, change, priority in self.log]


def story(*events: str, policy: Policy = IMMEDIATE) -> list[tuple[int, str, str]]:
    bed = Bed(policy)
    for second, name in enumerate(events):
        bed.at(second, None if name == "tick" else name)
    return bed.steps


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (["0", "2", "4", "0"], []),
        (["4", "5"], [(1, "opened", "medium")]),
        (["3!"], [(0, "opened", "medium")]),
        (["7"], [(0, "opened", "high")]),
        (["5", "6", "5", "6"], [(0, "opened", "medium")]),
        (["5", "7"], [(0, "opened", "medium"), (1, "updated", "high")]),
        # two points below the threshold that opened it, not one
        (["5", "4", "5", "4"], [(0, "opened", "medium")]),
        (["5", "4", "3"], [(0, "opened", "medium"), (2, "closed", "medium")]),
        (["7", "6", "6"], [(0, "opened", "high")]),
        (["7", "6", "5"], [(0, "opened", "high"), (2, "updated", "medium")]),
        (["7", "5", "6"], [(0, "opened", "high"), (1, "updated", "medium")]),
        (["9", "4"], [(0, "opened", "high"), (1, "updated", "medium")]),
        (["9", "0"], [(0, "opened", "high"), (1, "closed", "high")]),
        (["7", "5", "9"], [(0, "opened", "high"), (1, "updated", "medium"), (2, "updated", "high")]),
        # a single parameter at 3 holds until that parameter itself is two points better
        (["3!", "2 by pulse"], [(0, "opened", "medium")]),
        (["3!", "2"], [(0, "opened", "medium"), (1, "closed", "medium")]),
        (["3!", "0"], [(0, "opened", "medium"), (1, "closed", "medium")]),
        (["3!", "3"], [(0, "opened", "medium"), (1, "closed", "medium")]),
        (["3!", "4"], [(0, "opened", "medium")]),
        (["5", "3!", "0"], [(0, "opened", "medium"), (2, "closed", "medium")]),
        # after closing it may open again
        (["5", "0", "5"], [(0, "opened", "medium"), (1, "closed", "medium"), (2, "opened", "medium")]),
        # partial scores: open and raise when they prove it, never lower, never close
        (["2?"], []),
        (["none", "none"], []),
        (["3!?"], [(0, "opened", "medium")]),
        (["5?", "none", "2?", "tick"], [(0, "opened", "medium")]),
        (["5?", "7?"], [(0, "opened", "medium"), (1, "updated", "high")]),
        (["7?", "5?", "none"], [(0, "opened", "high")]),
        (["7", "none", "3"], [(0, "opened", "high"), (2, "closed", "high")]),
        (["5", "none", "4"], [(0, "opened", "medium")]),
    ],
)  # fmt: skip
def test_stories_of_a_score(events, expected):
    assert story(*events) == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([(0, "7"), (9, "7"), (10, "7")], [(10, "opened", "high")]),
        ([(0, "7"), (9.999, "7")], []),
        ([(0, "7"), (5, "0"), (10, "7"), (15, "7")], []),
        ([(0, "7"), (10, None)], [(10, "opened", "high")]),
        ([(0, "7"), (5, "none"), (10, None)], [(10, "opened", "high")]),
        ([(0, "7?"), (5, "2?"), (10, "2?")], [(10, "opened", "high")]),
        # what was seen while waiting binds after opening: five closes at three, not at four
        ([(0, "5"), (5, "none"), (10, None), (11, "4")], [(10, "opened", "medium")]),
        # medium has lasted since 0, high since 5 only
        ([(0, "5"), (5, "7"), (10, "7"), (15, "7")], [(10, "opened", "medium"), (15, "updated", "high")]),
        ([(0, "7"), (5, "5"), (10, "5")], [(10, "opened", "medium")]),
        ([(0, "5"), (10, "5"), (20, "9"), (25, "5"), (40, "5")], [(10, "opened", "medium")]),
        # closing does not wait
        ([(0, "5"), (10, "5"), (11, "0")], [(10, "opened", "medium"), (11, "closed", "medium")]),
        # a clock that goes back neither opens nor closes
        ([(0, "7"), (-100, "7"), (10, "7")], [(10, "opened", "high")]),
        ([(0, "7"), (10, "7"), (-100, "7"), (-100, None)], [(10, "opened", "high")]),
    ],
)
def test_a_condition_must_last_before_its_alert_opens_or_rises(events, expected):
    bed = Bed(TEN_SECONDS)
    for second, name in events:
        bed.at(second, name)
    assert bed.steps == expected


def test_a_hospital_sets_its_own_delay_and_hysteresis():
    slow = replace(DEFAULT, delay_s={Cause.NEWS2: 60})
    bed = Bed(slow).at(0, "7").at(59, "7")
    assert bed.steps == []
    assert bed.at(60, "7").steps == [(60, "opened", "high")]
    assert story("5", "3", "2", policy=replace(IMMEDIATE, rearm=3)) == [
        (0, "opened", "medium"),
        (2, "closed", "medium"),
    ]


def test_the_default_delay_is_five_seconds():
    assert DEFAULT.delay(Cause.NEWS2) == timedelta(seconds=5)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([(0, {"lead_off": True}), (9, {"lead_off": True})], []),
        ([(0, {"lead_off": True}), (10, {})], [(10, "lead_off", "opened", "medium")]),
        ([(0, {"lead_off": True}), (10, {}), (11, {"lead_off": False})],
         [(10, "lead_off", "opened", "medium"), (11, "lead_off", "closed", "medium")]),
        ([(0, {"lead_off": True}), (5, {"lead_off": False}), (12, {"lead_off": True})], []),
        ([(0, {"silent": True})], [(0, "device_silent", "opened", "medium")]),
        ([(0, {"silent": True}), (1, {}), (2, {"silent": False})],
         [(0, "device_silent", "opened", "medium"), (2, "device_silent", "closed", "medium")]),
        ([(0, {"battery_percent": 20})], []),
        ([(0, {"battery_percent": 19.9}), (1, {"battery_percent": 24}), (2, {"battery_percent": 25})],
         [(0, "battery_low", "opened", "low"), (2, "battery_low", "closed", "low")]),
        ([(0, {"battery_percent": 15}), (1, {"battery_percent": 5}), (2, {"battery_percent": 9}),
          (3, {"battery_percent": 11}), (4, {})],
         [(0, "battery_low", "opened", "low"), (1, "battery_low", "updated", "medium"),
          (3, "battery_low", "updated", "low")]),
        ([(0, {"clock_skew_s": 30}), (20, {"clock_skew_s": -30})], []),
        ([(0, {"clock_skew_s": -31}), (10, {"clock_skew_s": 25}), (11, {"clock_skew_s": 31})], []),
        ([(0, {"clock_skew_s": -31}), (10, {"clock_skew_s": 31}), (11, {"clock_skew_s": 21}),
          (12, {"clock_skew_s": 20})],
         [(10, "clock_skew", "opened", "low"), (12, "clock_skew", "closed", "low")]),
        # a clock so far off that nothing of the patient can call anybody
        ([(0, {"clock_skew_s": -60}), (10, {"clock_skew_s": 120})], [(10, "clock_skew", "opened", "low")]),
        ([(0, {"clock_skew_s": -61}), (10, {"clock_skew_s": -61}), (11, {"clock_skew_s": -51}),
          (12, {"clock_skew_s": -50})],
         [(10, "clock_skew", "opened", "medium"), (12, "clock_skew", "updated", "low")]),
        ([(0, {"clock_skew_s": 121}), (10, {"clock_skew_s": 121})], [(10, "clock_skew", "opened", "medium")]),
    ],
)  # fmt: skip
def test_stories_of_a_device(events, expected):
    bed = Bed(DEFAULT)
    for second, technical in events:
        bed.at(second, None, **technical)
    assert bed.log == expected


def test_a_silent_device_without_its_lead_leaves_the_clinical_alert_open():
    bed = Bed().at(0, "7").at(1, None, lead_off=True, silent=True, battery_percent=1, clock_skew_s=400)
    assert [(cause, change) for _, cause, change, _ in bed.log] == [
        ("news2", "opened"),
        ("lead_off", "opened"),
        ("device_silent", "opened"),
        ("battery_low", "opened"),
        ("clock_skew", "opened"),
    ]
    bed.at(2, "none")
    assert bed.states[Cause.NEWS2].priority is Priority.HIGH


def test_a_transition_says_what_it_replaces():
    states = evaluate({}, score=SCORES["5"], now=EIGHT, policy=IMMEDIATE).states
    [step] = evaluate(states, score=SCORES["9"], now=EIGHT, policy=IMMEDIATE).transitions
    assert (step.change, step.before, step.priority, step.at) == (
        Change.UPDATED,
        Priority.MEDIUM,
        Priority.HIGH,
        EIGHT,
    )


def test_a_patient_with_nothing_wrong_is_remembered_as_nothing():
    assert evaluate({}, score=SCORES["0"], now=EIGHT).states == {}
    assert AlertState().is_open is False


# --- laws ---------------------------------------------------------------------------------------------------------

VALUES = {
    "rr": st.sampled_from([8, 10, 18, 22, 30]),
    "spo2": st.sampled_from([85, 92, 94, 98]),
    "oxygen": st.sampled_from([0, 2]),
    "sbp": st.sampled_from([80, 95, 105, 120, 230]),
    "hr": st.sampled_from([35, 45, 80, 100, 120, 140]),
    "consciousness": st.sampled_from("ACU"),
    "temp": st.sampled_from([34, 35.5, 37, 38.5, 40]),
}
COMPLETE = st.fixed_dictionaries(VALUES)
MAYBE_PARTIAL = COMPLETE | st.fixed_dictionaries({}, optional=VALUES)
TECHNICAL = st.builds(
    Technical,
    lead_off=st.none() | st.booleans(),
    silent=st.none() | st.booleans(),
    battery_percent=st.none() | st.integers(0, 40),
    clock_skew_s=st.none() | st.integers(-60, 60),
)
EVENT = st.tuples(
    st.integers(0, 15), st.none() | MAYBE_PARTIAL.map(lambda given_: score(Observations(**given_))), TECHNICAL
)
HISTORY = st.lists(EVENT, max_size=25)
POLICY = st.sampled_from([DEFAULT, IMMEDIATE])


def play(history, policy):
    """Yield (time, score, technical, states before, verdict) of every event."""
    now, states = EIGHT, {}
    for wait, result, technical in history:
        now += timedelta(seconds=wait)
        verdict = evaluate(states, score=result, technical=technical, now=now, policy=policy)
        yield now, result, technical, states, verdict
        states = verdict.states


@settings(max_examples=400, deadline=None)
@given(HISTORY, POLICY)
def test_one_open_alert_per_cause_and_every_step_follows_from_the_last(history, policy):
    standing: dict[Cause, Priority] = {}
    for _, _, _, _, verdict in play(history, policy):
        assert len({step.cause for step in verdict.transitions}) == len(verdict.transitions)
        for step in verdict.transitions:
            assert step.before is standing.get(step.cause)
            if step.change is Change.OPENED:
                assert step.cause not in standing
                standing[step.cause] = step.priority
            elif step.change is Change.UPDATED:
                assert standing[step.cause] is not step.priority
                standing[step.cause] = step.priority
            else:
                assert standing.pop(step.cause) is step.priority
        assert standing == {cause: state.priority for cause, state in verdict.states.items() if state.is_open}


@settings(max_examples=400, deadline=None)
@given(HISTORY, POLICY)
def test_a_clinical_alert_closes_or_falls_only_on_a_complete_score_far_enough_below(history, policy):
    worst, threes = 0, set()
    for _, result, _, _, verdict in play(history, policy):
        if result is not None:
            worst = max(worst, result.score)
            threes |= {name for name, points in result.parts.items() if points == 3}
        for step in verdict.transitions:
            if step.cause is not Cause.NEWS2 or step.change is Change.OPENED:
                continue
            fell = step.change is Change.CLOSED or step.priority is Priority.MEDIUM
            if fell:
                assert result is not None and not result.partial
                assert result.score <= 7 - 2 if step.before is Priority.HIGH else result.score < 5
                assert step.change is Change.UPDATED or not result.single_three
            if step.change is Change.CLOSED:
                assert result.score <= 5 - 2 or worst < 5
                assert all(result.parts[name] <= 3 - 2 for name in threes) or worst >= 5
        if result is not None and not result.partial and Cause.NEWS2 not in verdict.states:
            worst, threes = 0, set()


@settings(max_examples=300, deadline=None)
@given(HISTORY, POLICY)
def test_an_alert_opens_only_after_its_delay_and_never_below_its_threshold(history, policy):
    seen: list[tuple[datetime, Score]] = []
    for now, result, _, before, verdict in play(history, policy):
        if result is not None:
            seen.append((now, result))
        for step in verdict.transitions:
            if step.cause is Cause.NEWS2 and step.change is Change.OPENED:
                proving = [at for at, earlier in seen if earlier.score >= 5 or earlier.single_three]
                assert proving and now - proving[0] >= policy.delay(Cause.NEWS2)
                assert not before.get(Cause.NEWS2, AlertState()).is_open
                if step.priority is Priority.HIGH:
                    assert max(earlier.score for _, earlier in seen) >= 7


@settings(max_examples=300, deadline=None)
@given(HISTORY, POLICY)
def test_the_same_input_again_changes_nothing(history, policy):
    for now, result, technical, _, verdict in play(history, policy):
        again = evaluate(verdict.states, score=result, technical=technical, now=now, policy=policy)
        assert again.transitions == ()
        assert again.states == verdict.states


@settings(max_examples=200, deadline=None)
@given(HISTORY, POLICY, st.randoms(use_true_random=False))
def test_the_order_in_which_states_are_stored_does_not_matter(history, policy, random):
    for now, result, technical, before, verdict in play(history, policy):
        shuffled = list(before.items())
        random.shuffle(shuffled)
        assert evaluate(dict(shuffled), score=result, technical=technical, now=now, policy=policy) == verdict


@settings(max_examples=200, deadline=None)
@given(HISTORY, POLICY)
def test_technical_causes_never_touch_the_clinical_one(history, policy):
    quiet = [(wait, result, Technical()) for wait, result, _ in history]
    for loud, silent in zip(play(history, policy), play(quiet, policy), strict=True):
        assert loud[4].states.get(Cause.NEWS2) == silent[4].states.get(Cause.NEWS2)


@settings(max_examples=300, deadline=None)
@given(COMPLETE, st.sets(st.sampled_from(sorted(VALUES)), min_size=1))
def test_what_a_partial_score_opens_the_complete_score_would_have_opened(observed, lost):
    partial = score(Observations(**{**observed, **dict.fromkeys(lost)}))
    opened = evaluate({}, score=partial, now=EIGHT, policy=IMMEDIATE).states
    would = evaluate({}, score=score(Observations(**observed)), now=EIGHT, policy=IMMEDIATE).states
    rank = {None: 0, Priority.MEDIUM: 1, Priority.HIGH: 2}
    assert (
        rank[getattr(opened.get(Cause.NEWS2), "priority", None)]
        <= rank[getattr(would.get(Cause.NEWS2), "priority", None)]
    )


@settings(max_examples=200, deadline=None)
@given(HISTORY, POLICY)
def test_the_states_survive_being_stored(history, policy):
    for *_, verdict in play(history, policy):
        assert from_json(json.loads(json.dumps(to_json(verdict.states)))) == verdict.states
