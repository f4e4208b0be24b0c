"""What was typed becomes what is stored, or is told; when a form is due; which answers are observations."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.questionnaires import Due, State, answer, extracts, findings, settle, task, typed
from ehospital.kernel.codes import LOINC, Code
from tests.unit.algorithms.questionnaires.forms import CORE, ask, band, coded, form, group, score, weighted, when

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


@pytest.mark.parametrize(
    ("kind", "raw", "stored"),
    [
        ("boolean", "true", True), ("boolean", "false", False), ("boolean", "yes", None), ("boolean", 1, None),
        ("decimal", "3,10", "3.10"), ("decimal", " 7 ", "7"), ("decimal", "1e9", None), ("decimal", "NaN", None),
        ("decimal", 0.1, "0.1"), ("decimal", "1.2.3", None), ("decimal", True, None),
        ("integer", "12", 12), ("integer", "12.0", 12), ("integer", "12.5", None), ("integer", "", None),
        ("date", "2026-02-28", "2026-02-28"), ("date", "2026-02-30", None), ("date", "28.02.2026", None),
        ("time", "07:30", "07:30:00"), ("time", "25:00", None), ("time", "7", None),
        ("dateTime", "2026-02-28T10:00:00+01:00", "2026-02-28T10:00:00+01:00"), ("dateTime", "2026-02-28T10:00", None),
        ("string", "  a b ", "a b"), ("string", "   ", None), ("text", "a\r\nb", "a\nb"), ("string", 4, None),
        ("url", "https://x.example/a", "https://x.example/a"), ("url", "javascript:alert(1)", None),
        ("url", "https://[", None), ("quantity", "72.50", {"value": "72.50"}), ("quantity", "heavy", None),
    ],
)  # fmt: skip
def test_typed(kind: str, raw: object, stored: Any) -> None:
    item = form(ask("q", kind)).every["q"]
    assert typed(item, raw) == stored
    if isinstance(raw, str) and raw.strip():
        assert answer(item, raw) == (raw.strip() if stored is None else stored), "what cannot be read is kept as it is"


def test_a_choice_takes_what_is_offered_and_an_open_one_takes_words() -> None:
    closed = form(weighted("q", 0, 1)).every["q"]
    assert (typed(closed, {"code": "a"}), typed(closed, "a"), typed(closed, {"code": "z"})) == (coded("a"), None, None)
    told = {**weighted("q", 0, 1), "type": "open-choice"}
    assert typed(form(told).every["q"], "something else") == "something else"


def why(*items: dict[str, Any], **answers: list[Any]) -> list[tuple[Any, ...]]:
    return [(*one.path, one.why, one.bound) for one in findings(form(*items), answers)]


def test_findings() -> None:
    limits = [{"url": f"{CORE}minValue", "valueDecimal": 1.5}, {"url": f"{CORE}maxValue", "valueDecimal": 9}]
    number = ask("n", "decimal", extension=limits)
    assert why(number, n=["1.5"]) == why(number, n=["9"]) == why(number) == []
    assert why(number, n=["1.49"]) == [("n", "too_low", "1.5")]
    assert why(number, n=["9.01"]) == [("n", "too_high", "9")]
    assert why(number, n=["lots"]) == [("n", "unusable", None)]
    assert why(ask("t", maxLength=3), t=["abc"]) == []
    assert why(ask("t", maxLength=3), t=["abcd"]) == [("t", "too_long", 3)]
    assert why(ask("t", required=True)) == [("t", "required", None)]
    assert why(ask("t"), t=["a", "b"]) == [("t", "too_many", None)]
    assert why(ask("t", repeats=True), t=["a", "b"]) == []
    assert why(weighted("c", 0, 1), c=[{"code": "z"}]) == [("c", "not_offered", None)]
    assert why(ask("n", "decimal", extension=[{"url": f"{CORE}maxDecimalPlaces", "valueInteger": 1}]), n=["1.25"]) == [
        ("n", "too_precise", 1)
    ]
    day = ask("d", "date", extension=[{"url": f"{CORE}minValue", "valueDate": "2026-01-01"}])
    assert (why(day, d=["2026-01-01"]), why(day, d=["2025-12-31"])) == ([], [("d", "too_low", "2026-01-01")])


def test_findings_of_what_is_closed_are_not_told_and_come_in_the_order_of_the_form() -> None:
    items = (
        ask("b", "boolean"), group("g", ask("x", required=True), repeats=True, required=True),
        ask("c", required=True, enableWhen=[when("b", "=", answerBoolean=True)]), group("e", ask("y"), required=True),
    )  # fmt: skip
    assert why(*items, b=[False], g=[{"x": ["1"]}], y=["1"]) == []
    assert why(*items, b=[True], g=[{"x": ["1"]}, {}]) == [
        ("g", 1, "x", "required", None), ("c", "required", None), ("e", "required", None)
    ]  # fmt: skip
    assert why(*items, y=["1"]) == [("g", "required", None)]


WORDS = st.text("ab1.-:T \x00é", max_size=6)
SENT = (
    st.none() | st.booleans() | st.integers() | WORDS | st.dictionaries(st.sampled_from(["code", "value", "d"]), WORDS)
)


@given(st.dictionaries(st.sampled_from("abcg"), st.lists(SENT, max_size=3)))
def test_whatever_is_sent_is_told_or_stored_and_never_an_error(sent: dict[str, Any]) -> None:
    found = form(ask("a", "decimal"), weighted("b", 0, 1), ask("c", "dateTime"), group("g", ask("d"), repeats=True))
    for one in findings(found, sent):
        assert one.why in ("unusable", "too_many", "not_offered")


BEGAN = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("last_h", "now_h", "state", "by_h"),
    [
        (None, 0, State.DUE, 6), (None, 6, State.DUE, 6), (None, 6.01, State.OVERDUE, 6), (-1, 1, State.DUE, 6),
        (2, 3, State.DONE, 26), (2, 26, State.DONE, 26), (2, 26.01, State.OVERDUE, 26), (0, 1, State.DONE, 24),
    ],
)  # fmt: skip
def test_due(last_h: float | None, now_h: float, state: State, by_h: float) -> None:
    last = None if last_h is None else BEGAN + last_h * HOUR
    found = task(Due("IMP", 6, 24), began_at=BEGAN, last_at=last, now=BEGAN + now_h * HOUR)
    assert (found.state, found.by) == (state, BEGAN + by_h * HOUR)


def test_nothing_is_due_without_a_stay_or_a_rule() -> None:
    assert task(Due("IMP", 6), began_at=None, last_at=None, now=BEGAN).state == State.NONE
    assert task(None, began_at=BEGAN, last_at=None, now=BEGAN).state == State.NONE
    assert task(Due("IMP", 6), began_at=BEGAN, last_at=BEGAN, now=BEGAN + 999 * HOUR).state == State.DONE


def observed(code: str) -> dict[str, Any]:
    category = {"coding": [{"code": "vital-signs"}]}
    return {
        "code": [{"system": LOINC, "code": code, "display": f"Test {code}"}],
        "extension": [
            {"url": f"{SDC}observationExtract", "valueBoolean": True},
            {"url": f"{SDC}observation-extract-category", "valueCodeableConcept": category},
        ],
    }


def test_coded_answers_are_observations() -> None:
    weight = ask("w", "decimal", **observed("29463-7"))
    weight["extension"].append({"url": f"{CORE}questionnaire-unit", "valueCoding": {"code": "kg", "display": "kg"}})
    total = score("s", ["c"], band("low", 0, "Low"))
    total["extension"] += observed("59460-6")["extension"]
    total["code"] = observed("59460-6")["code"]
    found = form(
        weight, {**weighted("c", 7, 8), **observed("72166-2")}, total, ask("p", code=[{"code": "1"}]),
        group("g", ask("n", "integer", **observed("11977-6")), repeats=True),
    )  # fmt: skip
    told = {"w": ["72.50"], "c": [coded("a")], "p": ["x"], "g": [{"n": [1]}, {}, {"n": [3]}]}
    made = extracts(found, settle(found, told))
    assert [(one.key, one.number, one.unit, one.ucum, one.words, one.note) for one in made] == [
        ("c/0", None, "", "", "", ""), ("g/0/n/0", Decimal(1), "", "", "", ""), ("g/2/n/0", Decimal(3), "", "", "", ""),
        ("s/0", Decimal(7), "", "", "", "Low"),
        ("w/0", Decimal("72.50"), "kg", "kg", "", ""),
    ]  # fmt: skip
    assert made[0].coded == Code("", "a", "Answer 0")
    assert {one.category for one in made} == {"vital-signs"}
