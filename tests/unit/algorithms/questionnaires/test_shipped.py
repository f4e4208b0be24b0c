"""The instruments that come with the program: every total that can come about, against the bands as published."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from ehospital.algorithms.questionnaires import Questionnaire, Total, extracts, findings, settle
from ehospital.clinical.forms import shipped

OWN = "urn:ehospital:answers"


def form(name: str) -> Questionnaire:
    return shipped()[f"urn:ehospital:form:{name}"][0]


def own(code: str) -> list[Any]:
    return [{"system": OWN, "code": code}]


def total(asked: Questionnaire, answers: dict[str, Any], score: str) -> Total | None:
    return settle(asked, answers).totals.get((score,))


def points(asked: Questionnaire, *questions: str) -> Iterator[tuple[dict[str, Any], int]]:
    """Every way to answer some questions, with the points that the weights give."""
    ways = [[(one.value["code"], one.weight) for one in asked.every[key].options] for key in questions]
    for way in product(*ways):
        answers = {key: own(code) for key, (code, _weight) in zip(questions, way, strict=True)}
        yield answers, int(sum(weight or 0 for _code, weight in way))


def checked(asked: Questionnaire, answers: dict[str, Any], score: str, points: int, code: str, tone: str) -> None:
    found = total(asked, answers, score)
    assert found is not None and found.value == points and found.band is not None
    assert (found.band.code, found.band.tone) == (code, tone), (answers, points)


def test_every_shipped_form_names_its_source_and_speaks_three_languages() -> None:
    assert len(shipped()) >= 9
    for asked, _content in shipped().values():
        assert asked.copyright, asked.url
        texts = [asked.title, asked.description]
        for one in asked.every.values():
            bands = one.score.bands if one.score else ()
            texts += [one.text, *(option.label for option in one.options), *(band.text for band in bands)]
        assert all(text.others.keys() >= {"fr", "ar"} for text in texts), asked.url


@pytest.mark.parametrize("number", range(11))
def test_pain_by_the_severities_of_icd_11(number: int) -> None:
    code, tone = next(
        said
        for least, said in ((7, ("severe", "bad")), (4, ("moderate", "warn")), (1, ("mild", "")), (0, ("none", "ok")))
        if number >= least
    )
    answers = {"can-say": own("yes"), "rest": own(str(number))}
    checked(form("pain"), answers, "severity", number, code, tone)
    seen = extracts(form("pain"), settle(form("pain"), answers))
    assert [(one.code.code, one.number, one.ucum) for one in seen] == [("72514-3", number, "{score}")]


def test_who_cannot_say_a_number_gets_none() -> None:
    answers = {"can-say": own("no"), "rest": own("7"), "seen": ["Groans when turned."]}
    settled = settle(form("pain"), answers)
    assert not settled.totals and "rest" not in settled.answers and not extracts(form("pain"), settled)
    assert not findings(form("pain"), answers)


@pytest.mark.parametrize("name", ["glasgow-coma-scale", "glasgow-coma-scale-child"])
def test_glasgow_coma_scale_in_each_of_its_120_ways(name: str) -> None:
    asked, seen = form(name), set()
    for answers, sum_ in points(asked, "eye", "verbal", "motor"):
        seen.add(sum_)
        code, tone = ("severe", "bad") if sum_ <= 8 else ("moderate", "warn") if sum_ <= 12 else ("mild", "")
        checked(asked, answers, "total", sum_, code, tone)
    assert seen == set(range(3, 16))
    assert [len(asked.every[one].options) for one in ("eye", "verbal", "motor")] == [4, 5, 6]


@pytest.mark.parametrize("name", ["glasgow-coma-scale", "glasgow-coma-scale-child"])
def test_what_cannot_be_tested_makes_no_total(name: str) -> None:
    answers = {"cannot": own("verbal"), "eye": own("4"), "verbal": own("1"), "motor": own("6")}
    settled = settle(form(name), answers)
    assert not settled.totals and "verbal" not in settled.answers and not extracts(form(name), settled)
    assert not findings(form(name), answers), "a form without a total can be finished"


def test_4at_in_each_of_its_ways() -> None:
    asked, seen = form("4at"), set()
    for answers, sum_ in points(asked, "alertness", "amt4", "attention", "change"):
        seen.add(sum_)
        code, tone = ("delirium", "bad") if sum_ >= 4 else ("cognitive", "warn") if sum_ else ("unlikely", "ok")
        checked(asked, answers, "total", sum_, code, tone)
    assert seen == {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
    weights = [[int(one.weight or 0) for one in asked.every[key].options] for key in ("alertness", "amt4", "attention")]
    assert weights == [[0, 0, 4], [0, 1, 2], [0, 1, 2]]


def test_pressure_areas_one_factor_is_a_risk_and_several_a_high_one() -> None:
    asked = form("pressure-areas")
    names = ("mobility", "reposition", "sensation", "ulcer", "nutrition", "cognition")
    for answers, sum_ in points(asked, *names):
        code, tone = ("high-risk", "bad") if sum_ > 1 else ("at-risk", "warn") if sum_ else ("not-found", "ok")
        checked(asked, answers, "risk", sum_, code, tone)
        found = total(asked, answers, "risk")
        assert found and found.band and found.band.raises == (sum_ > 0)
        assert (("plan",) in settle(asked, answers).open) == (sum_ > 0)
    assert total(asked, {"mobility": own("yes")}, "risk") == Total(None, names[1:])


def test_nrs_2002_in_each_of_its_ways() -> None:
    asked, first = form("nutrition-nrs-2002"), ("bmi", "lost", "ate-less", "severe")
    for way in product((True, False), repeat=4):
        opened = {key: [told] for key, told in zip(first, way, strict=True)}
        for answers, sum_ in points(asked, "status", "disease", "age"):
            sum_ = sum_ if any(way) else 0
            code, tone = ("at-risk", "warn") if sum_ >= 3 else ("not-now", "ok")
            checked(asked, opened | answers, "total", sum_, code, tone)
    assert [int(one.weight or 0) for one in asked.every["status"].options] == [0, 1, 2, 3]
