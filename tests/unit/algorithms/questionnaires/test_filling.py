"""What is open and what counts: tables, and a slow oracle that reads the rule as FHIR states it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.questionnaires import Questionnaire, UnusableQuestionnaire, answer, begun, read, settle
from ehospital.algorithms.questionnaires.answers import meets
from tests.unit.algorithms.questionnaires.forms import ask, band, coded, definition, form, group, score, weighted, when


@pytest.mark.parametrize(
    ("kind", "operator", "answer", "value", "holds"),
    [
        ("boolean", "exists", {"answerBoolean": True}, None, False),
        ("boolean", "exists", {"answerBoolean": True}, False, True),
        ("boolean", "exists", {"answerBoolean": False}, None, True),
        ("boolean", "=", {"answerBoolean": False}, False, True),
        ("boolean", "!=", {"answerBoolean": True}, None, True),
        ("boolean", "!=", {"answerBoolean": True}, True, False),
        ("integer", ">", {"answerInteger": 3}, 3, False),
        ("integer", ">=", {"answerInteger": 3}, 3, True),
        ("integer", "<", {"answerInteger": 3}, 2, True),
        ("integer", "<=", {"answerInteger": 3}, 4, False),
        ("integer", ">", {"answerInteger": 3}, None, False),
        ("decimal", "=", {"answerDecimal": 1.5}, "1.50", True),
        ("decimal", "<", {"answerDecimal": 1.5}, "1.49", True),
        ("date", ">=", {"answerDate": "2026-03-01"}, "2026-03-01", True),
        ("date", "<", {"answerDate": "2026-03-01"}, "2026-02-28", True),
        ("time", ">", {"answerTime": "07:30:00"}, "07:30:01", True),
        ("dateTime", "=", {"answerDateTime": "2026-03-01T10:00:00Z"}, "2026-03-01T11:00:00+01:00", True),
        ("quantity", ">", {"answerQuantity": {"value": 70}}, {"value": "70.1"}, True),
        ("string", "=", {"answerString": "x"}, "x", True),
        ("string", "=", {"answerString": "x"}, "X", False),
        ("choice", "=", {"answerCoding": {"code": "a"}}, {"code": "a", "display": "Answer 0"}, True),
        ("choice", "=", {"answerCoding": {"code": "b"}}, {"code": "a", "display": "Answer 0"}, False),
        ("choice", "!=", {"answerCoding": {"code": "b"}}, {"code": "a", "display": "Answer 0"}, True),
    ],
)
def test_every_operator(kind: str, operator: str, answer: dict[str, Any], value: Any, holds: bool) -> None:
    question = weighted("q", 0, 1) if kind == "choice" else ask("q", kind)
    found = form(question, ask("b", enableWhen=[when("q", operator, **answer)]))
    settled = settle(found, {"q": [value], "b": ["kept"]})
    assert (("b",) in settled.open, settled.answers.get("b")) == (holds, ["kept"] if holds else None)


def test_all_and_any() -> None:
    two = [when("a", "=", answerBoolean=True), when("b", "=", answerBoolean=True)]
    found = form(
        ask("a", "boolean"), ask("b", "boolean"), ask("all", enableWhen=two, enableBehavior="all"),
        ask("any", enableWhen=two, enableBehavior="any"),
    )  # fmt: skip
    told = {"all": ["x"], "any": ["x"]}
    assert settle(found, {**told, "a": [True], "b": [False]}).answers == {"a": [True], "b": [False], "any": ["x"]}
    assert settle(found, {**told, "a": [True], "b": [True]}).answers.keys() == {"a", "b", "all", "any"}
    assert settle(found, told).answers == {}


def test_a_closed_answer_opens_nothing() -> None:
    found = form(
        ask("a", "boolean"), ask("b", enableWhen=[when("a", "=", answerBoolean=True)]),
        ask("c", enableWhen=[when("b", "exists", answerBoolean=True)]),
    )  # fmt: skip
    assert settle(found, {"a": [False], "b": ["x"], "c": ["y"]}).answers == {"a": [False]}
    assert settle(found, {"a": [True], "b": ["x"], "c": ["y"], "z": [1]}).answers == {
        "a": [True],
        "b": ["x"],
        "c": ["y"],
    }


def test_what_stands_below_is_closed_with_what_is_above() -> None:
    found = form(
        ask("a", "boolean", item=[ask("below")]),
        group("g", ask("in"), group("gg", ask("inner")), enableWhen=[when("a", "=", answerBoolean=True)]),
    )
    told = {"below": ["x"], "in": ["y"], "inner": ["z"]}
    assert settle(found, told).answers == {}
    assert settle(found, {**told, "a": [False]}).answers == {"a": [False], "below": ["x"]}
    assert settle(found, {**told, "a": [True]}).answers == {**told, "a": [True]}


def test_a_repeating_group_is_settled_time_by_time() -> None:
    inner = ask("why", enableWhen=[when("ill", "=", answerBoolean=True)])
    outer = ask("far", enableWhen=[when("top", "=", answerBoolean=True)])
    found = form(ask("top", "boolean"), group("g", ask("ill", "boolean"), inner, outer, repeats=True))
    one, other = {"ill": [True], "why": ["x"], "far": ["f"]}, {"ill": [False], "why": ["y"]}
    settled = settle(found, {"top": [False], "g": [one, other, {}]})
    assert settled.answers == {"top": [False], "g": [{"ill": [True], "why": ["x"]}, {"ill": [False]}, {}]}
    assert {("g", 0, "why"), ("g", 2, "ill")} <= settled.open and ("g", 1, "why") not in settled.open
    assert settle(found, settled.answers, whole=True).answers["g"] == settled.answers["g"][:2]
    assert settle(found, {"top": [True], "g": [one]}).answers["g"] == [one]


def test_read_only_holds_what_the_form_says() -> None:
    found = form(ask("a", readOnly=True, initial=[{"valueString": "fixed"}]))
    assert settle(found, {"a": ["forged"]}).answers == {"a": ["fixed"]}


def test_a_score_comes_only_from_a_complete_form() -> None:
    found = form(
        weighted("a", 0, 25, required=True), weighted("b", 0, 15, required=True),
        weighted("c", 10, 20, required=True, enableWhen=[when("b", "=", answerCoding={"code": "b"})]),
        weighted("d", 1, 2, repeats=True),
        score("s", ["a", "b", "c", "d"], band("low", 0, "Low"), band("high", 45, "High", raises=True), flag="falls"),
        ask("plan", enableWhen=[when("s", ">=", answerInteger=45)]),
    )  # fmt: skip
    part = settle(found, {"a": [coded("b")], "s": [99], "plan": ["x"]})
    assert (part.totals["s",].value, part.totals["s",].missing, part.answers) == (None, ("b",), {"a": [coded("b")]})
    low = settle(found, {"a": [coded("b")], "b": [coded("a")], "c": [coded("b")]})
    assert (low.totals["s",].value, low.answers["s"]) == (Decimal(25), [25])
    assert low.totals["s",].band is not None and low.totals["s",].band.code == "low"
    told = {"a": [coded("b")], "b": [coded("b")], "c": [coded("a")], "d": [coded("a"), coded("b")], "plan": ["Rails"]}
    high = settle(found, told)
    assert (high.answers["s"], high.answers["plan"]) == ([53], ["Rails"])
    assert high.totals["s",].band is not None and high.totals["s",].band.raises


def test_band_boundaries() -> None:
    found = form(weighted("a", 44, 45, required=True), score("s", ["a"], band("l", 0, "L"), band("h", 45, "H")))
    codes = [settle(found, {"a": [coded(one)]}).totals["s",].band for one in "ab"]
    assert [one.code for one in codes if one] == ["l", "h"]


def test_what_was_said_at_first_comes_once() -> None:
    found = form(
        ask("a", initial=[{"valueString": "first"}]), ask("b", "boolean"),
        ask("c", "integer", initial=[{"valueInteger": 2}], enableWhen=[when("b", "=", answerBoolean=True)]),
        group("g", ask("d", initial=[{"valueString": "d"}]), repeats=True),
    )  # fmt: skip
    first = begun(found, {})
    assert first.answers == {"a": ["first"], "g": [{"d": ["d"]}]}
    emptied = begun(found, {"g": [{}]}, first.open)
    assert emptied.answers == {"g": [{}]}
    opened = begun(found, {"b": [True], "g": [{}, {}]}, first.open)
    assert opened.answers == {"b": [True], "c": [2], "g": [{}, {"d": ["d"]}]}
    assert begun(found, {"b": [True], "g": [{}]}, opened.open).answers == {"b": [True], "g": [{}]}


# The oracle: everything is asked anew of the definition, by recursion, with no order and no memory.

KEYS = "abcdefgh"


def oracle_open(found: Questionnaire, told: Mapping[str, Any], key: str) -> bool:
    above = found.parents.get(key)
    if above is not None:
        if not oracle_open(found, told, above):
            return False
        if found.every[above].asks and not oracle_kept(found, told, above):
            return False
    item = found.every[key]
    held = [meets(found.every[one.question], oracle_kept(found, told, one.question), one) for one in item.when]
    return not held or (any(held) if item.when_any else all(held))


def oracle_kept(found: Questionnaire, told: Mapping[str, Any], key: str) -> list[Any]:
    return [answer(found.every[key], one) for one in told.get(key, [])] if oracle_open(found, told, key) else []


@st.composite
def definitions(draw: st.DrawFn, *, circles: bool) -> dict[str, Any]:
    """Eight booleans and numbers, some within others, opened by others: by earlier ones in a drawn order, or by any."""
    order = draw(st.permutations(KEYS))
    rank = {key: place for place, key in enumerate(order)}
    items = {key: ask(key, draw(st.sampled_from(["boolean", "integer"]))) for key in KEYS}
    for key in KEYS:
        near = [one for one in KEYS if one != key and (circles or rank[one] < rank[key])]
        asked = draw(st.lists(st.sampled_from(near), max_size=2, unique=True)) if near else []
        items[key]["enableWhen"] = [draw(condition(items[one])) for one in asked]
        items[key]["enableBehavior"] = draw(st.sampled_from(["all", "any"]))
    top = []
    for key in order:
        around = list(order[: rank[key]])
        chosen = draw(st.sampled_from([None, *around])) if around else None
        (items[chosen].setdefault("item", []) if chosen else top).append(items[key])
    return definition(*draw(st.permutations(top)))


def condition(question: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    exists = st.booleans().map(lambda value: when(question["linkId"], "exists", answerBoolean=value))
    if question["type"] == "boolean":
        told = st.tuples(st.sampled_from(["=", "!="]), st.booleans())
        return exists | told.map(lambda pair: when(question["linkId"], pair[0], answerBoolean=pair[1]))
    several = st.tuples(st.sampled_from(["=", "!=", ">", "<", ">=", "<="]), st.integers(0, 3))
    return exists | several.map(lambda pair: when(question["linkId"], pair[0], answerInteger=pair[1]))


ANSWERS = st.dictionaries(st.sampled_from(KEYS), st.sampled_from([[True], [False], [0], [1], [2], []]))


@given(definitions(circles=False), ANSWERS)
def test_one_ordered_pass_is_what_the_rule_says(told: dict[str, Any], answers: dict[str, Any]) -> None:
    found = read(told)
    settled = settle(found, answers)
    assert {path[0] for path in settled.open} == {key for key in KEYS if oracle_open(found, answers, key)}
    assert settled.answers == {key: kept for key in KEYS if (kept := oracle_kept(found, answers, key))}
    again = settle(found, settled.answers)
    assert (again.open, again.answers) == (settled.open, settled.answers), "a second pass finds nothing to change"


@given(definitions(circles=True))
def test_circles_are_refused_and_nothing_else_is(told: dict[str, Any]) -> None:
    needs = {key: set() for key in KEYS}

    def look(items: list[dict[str, Any]], above: str | None) -> None:
        for one in items:
            needs[one["linkId"]] |= {each["question"] for each in one["enableWhen"]} | ({above} if above else set())
            look(one.get("item", []), one["linkId"])

    look(told["item"], None)
    reach = {key: set(value) for key, value in needs.items()}
    for _ in KEYS:
        for key in KEYS:
            reach[key] |= {far for near in reach[key] for far in reach[near]}
    circle = any(key in reach[key] for key in KEYS)
    try:
        read(told)
    except UnusableQuestionnaire as refused:
        assert circle and all("in a circle" in one.why for one in refused.refusals)
    else:
        assert not circle


@given(
    st.lists(st.sampled_from([None, "a", "b", "c"]), min_size=4, max_size=4),
    st.lists(st.integers(-5, 30), min_size=12, max_size=12),
)
def test_a_total_is_the_sum_of_the_weights(chosen: list[str | None], weights: list[int]) -> None:
    parts = [weighted(f"q{place}", *weights[3 * place : 3 * place + 3], required=True) for place in range(4)]
    found = form(*parts, score("s", [f"q{place}" for place in range(4)]))
    told = {f"q{place}": [coded(one)] for place, one in enumerate(chosen) if one}
    total = settle(found, told).totals["s",]
    if None in chosen:
        assert (total.value, total.missing) == (None, tuple(f"q{place}" for place, one in enumerate(chosen) if not one))
    else:
        assert total.value == sum(weights[3 * place + "abc".index(one)] for place, one in enumerate(chosen) if one)
