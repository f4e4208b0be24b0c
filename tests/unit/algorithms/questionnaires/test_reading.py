"""A definition is read whole, or refused with every reason and its linkId."""

from decimal import Decimal
from typing import Any

import pytest

from ehospital.algorithms.questionnaires import Refusal, UnusableQuestionnaire, newer, read
from tests.unit.algorithms.questionnaires.forms import (
    CORE,
    ORDINAL,
    ask,
    band,
    definition,
    form,
    group,
    score,
    weighted,
    when,
)

CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"


def refused(*items: dict[str, Any], **more: Any) -> list[str]:
    with pytest.raises(UnusableQuestionnaire) as found:
        read(definition(*items, **more))
    return [str(one) for one in found.value.refusals]


def test_texts_come_with_their_translations() -> None:
    told = {"extension": [{"url": f"{CORE}translation", "extension": [
        {"url": "lang", "valueCode": "fr"}, {"url": "content", "valueString": "Chutes"}]}]}  # fmt: skip
    found = form(ask("a", _text=told), title="Falls", _title=told)
    assert (found.title.said("fr-CA"), found.title.said("ar"), found.title.said("fr")) == ("Chutes", "Falls", "Chutes")
    assert found.every["a"].text.said("fr") == "Chutes"


def test_every_ordinary_kind_is_read() -> None:
    kinds = ("boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "url", "quantity")
    options = [{"valueString": "x"}, {"valueInteger": 3}, {"valueCoding": {"code": "c"}}]
    items = [ask(kind, kind) for kind in kinds]
    found = form(
        group("g", *items, {"linkId": "d", "type": "display", "text": "Words"}),
        ask("c", "choice", answerOption=options), ask("o", "open-choice", answerOption=options, repeats=True),
    )  # fmt: skip
    assert [one.value for one in found.every["c"].options] == ["x", 3, {"code": "c"}]
    assert set(found.every) == {"g", *kinds, "d", "c", "o"}


def test_limits_first_answers_and_units_are_read() -> None:
    unit = {"url": f"{CORE}questionnaire-unit", "valueCoding": {"code": "kg", "display": "kg"}}
    found = form(
        ask("n", "decimal", extension=[
            {"url": f"{CORE}minValue", "valueDecimal": 0.5}, {"url": f"{CORE}maxValue", "valueInteger": 300},
            {"url": f"{CORE}maxDecimalPlaces", "valueInteger": 1}, unit,
        ], initial=[{"valueDecimal": 70}]),
        ask("t", maxLength=10),
    )  # fmt: skip
    item = found.every["n"]
    assert (item.lowest, item.highest, item.max_decimals, item.initial) == ("0.5", "300", 1, ("70",))
    assert item.unit is not None and item.unit.code == "kg"
    assert found.every["t"].max_length == 10


def test_a_value_set_within_the_form_is_its_options() -> None:
    concepts = [{"code": "y", "display": "Yes"}, {"code": "n", "display": "No"}]
    compose = {"include": [{"system": "urn:yn", "concept": concepts}]}
    held = {"resourceType": "ValueSet", "id": "yn", "compose": compose}
    found = form(ask("a", "choice", answerValueSet="#yn"), contained=[held])
    assert [one.label.plain for one in found.every["a"].options] == ["Yes", "No"]
    assert refused(ask("a", "choice", answerValueSet="http://x/vs")) == [
        "a: the value set http://x/vs is not within the form: list the answers as answerOption"
    ]


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (ask("a", "attachment"), "a: the type attachment is not supported"),
        (ask("a", "reference"), "a: the type reference is not supported"),
        (ask("a", "choice"), "a: a choice needs answerOption"),
        ({"linkId": "a", "type": "string"}, "a: a question needs its text"),
        (ask("a", extension=[{"url": "urn:x", "valueString": "y"}]), "a: the extension urn:x is not supported"),
        (
            ask("a", extension=[{"url": CALCULATED}]),
            f"a: the extension {CALCULATED} is not supported",
        ),
        (ask("a", modifierExtension=[]), "a: modifierExtension is not supported"),
        (ask("a", "boolean", repeats=True), "a: a yes or no does not repeat"),
        (
            ask("a", repeats=True, item=[ask("b")]),
            "a: a question that repeats has no items below it here: put them into a group that repeats",
        ),
        (ask("a", maxLength=0), "a: maxLength is to be a whole number above 0"),
        (ask("a", "integer", initial=[{"valueInteger": 1.5}]), "a: its first answer is no integer"),
        (
            ask("a", enableWhen=[when("z", "=", answerString="x")]),
            "a: enableWhen asks for z, and no question has that linkId",
        ),
        (
            ask("a", enableWhen=[when("z", "~", answerString="x")]),
            "a: enableWhen needs a question, an operator of FHIR and one answer",
        ),
        (
            ask("a", enableWhen=[when("z", "exists", answerString="x")]),
            "a: enableWhen: exists is compared with true or false",
        ),
        (
            ask(
                "a",
                "integer",
                extension=[
                    {"url": f"{CORE}minValue", "valueInteger": 3},
                    {"url": f"{CORE}maxValue", "valueInteger": 2},
                ],
            ),
            "a: its least value is above its greatest",
        ),
    ],
)
def test_what_is_not_carried_is_refused_by_name(item: dict[str, Any], why: str) -> None:
    assert refused(item) == [why]


def test_conditions_must_fit_their_question() -> None:
    answers = {"enableWhen": [when("a", "=", answerString="x")]}
    assert refused(ask("a", "integer"), ask("b", **answers)) == [
        "b: enableWhen: a is a integer, and is compared with something else"
    ]
    assert refused(ask("a"), ask("b", enableWhen=[when("a", ">", answerString="x")])) == [
        "b: enableWhen: > cannot be asked of a, a string"
    ]
    two = [when("a", "=", answerString="x"), when("a", "=", answerString="y")]
    assert refused(ask("a"), ask("b", enableWhen=two)) == [
        "b: enableBehavior is needed where there are several conditions: all or any"
    ]
    assert refused(group("g", ask("a"), repeats=True), ask("b", **answers)) == [
        "b: enableWhen asks for a, which may have several answers: another repeating group"
    ]


def test_circles_and_double_ids_are_refused() -> None:
    opens = [ask(key, enableWhen=[when(other, "exists", answerBoolean=True)]) for key, other in ("ab", "bc", "ca")]
    assert refused(*opens) == ["a: these open each other in a circle: a, b, c"]
    own = group("g", ask("a"), enableWhen=[when("a", "exists", answerBoolean=True)])
    assert refused(own) == ["a: these open each other in a circle: a, g"]
    assert refused(ask("a"), group("g", ask("a"))) == ["a: the linkId stands twice"]


def test_the_whole_is_refused_with_every_reason() -> None:
    with pytest.raises(UnusableQuestionnaire) as found:
        read({"resourceType": "Questionnaire", "status": "new", "item": [ask("a", "file"), {"type": "string"}]})
    assert [str(one) for one in found.value.refusals] == [
        "a url is needed", "a version is needed", "a title is needed", "status is to be one of draft, active, retired",
        "a: the type file is not supported", "an item has no linkId: {'type': 'string'}",
    ]  # fmt: skip
    assert found.value.refusals[4] == Refusal("a", "the type file is not supported")


def test_a_score_is_checked_against_what_it_adds_up() -> None:
    found = form(group("g", weighted("a", 0, 25), weighted("b", 0, 15)), score("s", ["g"], band("low", 0, "Low")))
    assert found.every["s"].score is not None
    assert found.every["s"].score.parts == ("a", "b")
    assert refused(ask("a"), score("s", ["a"])) == [
        "s: the score adds up a: every answer of it needs a weight (ordinalValue or itemWeight)"
    ]
    assert refused(weighted("a", 0, 1), score("s", ["a", "z"])) == [
        "s: the score adds up z, and no item has that linkId"
    ]
    assert refused(weighted("a", 0, 1), score("s", ["a"], band("x", 1, "X"))) == [
        "s: the score may come to 0, which lies below its first band"
    ]
    assert refused(weighted("a", 0, 1), score("s", ["a"], band("x", 1, "X"), band("y", 0, "Y"))) == [
        "s: the bands of a score go upwards, each from another value"
    ]
    assert refused(weighted("a", 0), score("s", ["a"], band("x", 0, "X"), flag="falls")) == [
        "s: no band raises the flag of the score"
    ]
    assert refused(group("g", weighted("a", 0), repeats=True), score("s", ["a"])) == [
        "s: the score adds up a, which stands in another repeating group"
    ]
    weights = [one.weight for one in found.every["a"].options]
    assert (weights, ORDINAL[:7]) == ([Decimal(0), Decimal(25)], "http://")


def test_versions_count_as_numbers() -> None:
    assert newer("1.10", "1.9") and newer("2026-02-01", "2026-01-31") and not newer("1.0", "1.0")


def test_a_band_has_a_tone_that_is_known() -> None:
    said = band("low", 0, "low")
    said["extension"].append({"url": "tone", "valueCode": "warn"})
    item = form(weighted("a", 0, 1), score("total", ["a"], said)).every["total"]
    assert item.score and item.score.bands[0].tone == "warn"
    said["extension"][-1]["valueCode"] = "red"
    with pytest.raises(UnusableQuestionnaire, match="total: the tone of a band is ok, warn or bad"):
        form(weighted("a", 0, 1), score("total", ["a"], said))


def test_lines_to_be_signed_are_read_and_say_who() -> None:
    sign = "urn:ehospital:questionnaire:sign"
    lines = [{"url": sign, "valueString": "Patient"}, {"url": sign, "valueString": "Witness"}]
    assert [one.plain for one in form(ask("a"), extension=lines).signs] == ["Patient", "Witness"]
    with pytest.raises(UnusableQuestionnaire, match="a line to be signed says who"):
        form(ask("a"), extension=[{"url": sign, "valueString": " "}])


def test_a_certificate_of_death_names_when_it_was() -> None:
    death = [{"url": "urn:ehospital:questionnaire:death", "valueString": "died"}]
    assert form(ask("died", "dateTime", required=True), extension=death).death == "died"
    for wrong in (ask("died", "date", required=True), ask("died", "dateTime"), ask("other")):
        with pytest.raises(UnusableQuestionnaire, match="when the patient died is a dateTime"):
            form(wrong, extension=death)


@pytest.mark.parametrize(("told", "fits"), [
    ([("from", 5)], [False, True, True]), ([("below", 5)], [True, False, False]),
    ([("from", 4), ("below", 6)], [True, True, False]), ([], [True, True, True]),
])  # fmt: skip
def test_for_which_ages_a_form_is_meant(told: list[tuple[str, int]], fits: list[bool]) -> None:
    parts = [{"url": name, "valueInteger": years} for name, years in told]
    more = {"extension": [{"url": "urn:ehospital:questionnaire:ages", "extension": parts}]} if told else {}
    found = form(ask("a"), **more)
    assert [found.fits(age) for age in (4, 5, 6)] == fits and found.fits(None)


@pytest.mark.parametrize("part", [{"url": "from", "valueInteger": -1}, {"url": "until", "valueInteger": 3},
                                  {"url": "below", "valueString": "5"}])  # fmt: skip
def test_ages_that_cannot_be_read_are_refused(part: dict[str, Any]) -> None:
    ages = [{"url": "urn:ehospital:questionnaire:ages", "extension": [part]}]
    with pytest.raises(UnusableQuestionnaire, match="the extension for ages has from and below"):
        form(ask("a"), extension=ages)
