"""Changing forms by hand: what is not touched stays to the letter, and what comes out can be read."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.questionnaires import UnusableQuestionnaire, designing, read, settle
from ehospital.algorithms.questionnaires.designing import Edit
from ehospital.clinical.forms import shipped
from tests.unit.algorithms.questionnaires.forms import ask, definition, group, weighted, when

SHIPPED = {url: dict(content) for url, (_form, content) in shipped().items()}
FORMS = st.sampled_from(sorted(SHIPPED))


def untouched(content: dict[str, Any]) -> dict[str, Edit]:
    """Every item as the page sends it back when nobody typed."""
    return {one.link_id: Edit(one.text, one.required, one.options, one.when) for one in designing.rows(content)}


@given(FORMS)
def test_what_nobody_touched_is_the_same(url: str) -> None:
    content = SHIPPED[url]
    before = json.dumps(content)
    assert designing.changed(content, untouched(content)) == content
    words = [str(content.get(name, "")) for name in ("title", "description", "copyright")]
    assert designing.titled(content, *words) == content
    assert designing.sound(content) and json.dumps(content) == before


@given(FORMS, st.data())
def test_every_press_leaves_a_form_that_can_be_read_or_is_refused_by_name(url: str, data: st.DataObject) -> None:
    content = SHIPPED[url]
    for _ in range(data.draw(st.integers(1, 4))):
        rows = designing.rows(content)
        if not rows:
            break
        key = data.draw(st.sampled_from([one.link_id for one in rows]))
        press = data.draw(st.sampled_from(["up", "down", "drop"]))
        if press == "drop":
            content = designing.removed(content, key)
            assert key not in {one.link_id for one in designing.rows(content)}
        else:
            content = designing.moved(content, key, -1 if press == "up" else 1)
    assert designing.sound(content)
    try:
        read(content)
    except UnusableQuestionnaire as error:
        assert error.refusals


def test_words_that_are_changed_lose_their_translation_and_others_keep_it() -> None:
    content = SHIPPED["urn:ehospital:form:falls-risk"]
    made = designing.changed(content, {"age": Edit(text="How old?")})
    found = read(made).every
    assert (found["age"].text.plain, dict(found["age"].text.others)) == ("How old?", {})
    assert found["judged"].text.others.keys() == {"fr", "ar"}


def test_answers_are_reworded_added_and_taken_away() -> None:
    content = definition(weighted("a", 0, 1, 2))
    assert designing.rows(content)[0].options == ("Answer 0 = 0", "Answer 1 = 1", "Answer 2 = 2")
    made = designing.changed(content, {"a": Edit(options=("Answer 0 = 0", "Somewhat = 1", "Answer 2 = 2"))})
    assert [(one.value["code"], one.label.plain) for one in read(made).every["a"].options] == [
        ("a", "Answer 0"), ("b", "Somewhat"), ("c", "Answer 2"),
    ]  # fmt: skip
    made = designing.changed(made, {"a": Edit(options=("Answer 2 = 2", "Worst = 4.5"))})
    assert [(one.value["code"], float(one.weight or 0)) for one in read(made).every["a"].options] == [
        ("c", 2), ("worst", 4.5),
    ]  # fmt: skip


def test_what_opens_an_item_is_set_changed_and_lifted() -> None:
    content = definition(ask("a", "boolean"), weighted("b", 0, 1), ask("c"))
    assert [key for key, _words in designing.answers(content)] == ["a|true", "a|false", "b|a", "b|b"]
    made = designing.changed(content, {"c": Edit(when="a|false")})
    assert ("c",) in settle(read(made), {"a": [False]}).open and ("c",) not in settle(read(made), {"a": [True]}).open
    made = designing.changed(made, {"c": Edit(when="b|b")})
    assert designing.rows(made)[2].when == "b|b" and read(made)
    assert designing.changed(made, {"c": Edit(when="")}) == content
    two = ask("d", enableWhen=[when("a", "=", answerBoolean=True), when("a", "exists", answerBoolean=True)],
              enableBehavior="all")  # fmt: skip
    ruled = definition(ask("a", "boolean"), two)
    assert designing.rows(ruled)[1].when is None
    assert designing.changed(ruled, {"d": Edit(when="")}) == ruled, "a rule of its own stays"


def test_what_goes_takes_along_what_hung_on_it() -> None:
    score = designing.added(definition(weighted("a", 0, 1), weighted("b", 0, 1)), "score", "Sum", ["0 = low = ok"])
    content = designing.added(score, "string", "Why?")
    content = designing.changed(content, {"why": Edit(when="a|b")})
    assert read(content).every["sum"].score.parts == ("a", "b")  # type: ignore[union-attr]
    made = designing.removed(content, "a")
    found = read(made).every
    assert found["sum"].score.parts == ("b",) and found["why"].when == ()  # type: ignore[union-attr]


def test_a_form_is_made_from_nothing() -> None:
    content = designing.blank("urn:test:new", "Feet")
    assert designing.sound(content)
    with pytest.raises(UnusableQuestionnaire):
        read(content)
    content = designing.added(content, "choice", "Feeling in the feet", ["normal = 0", "less = 1", "none = 2"])
    content = designing.added(content, "choice", "Feeling in the feet", ["yes = 0", "no = 1"])
    content = designing.added(content, "score", "Risk", ["0 = low = ok", "2 = high = bad", "nonsense"])
    form = read(content | {"version": designing.next_version("0")})
    assert list(form.every) == ["feeling-in-the-feet", "feeling-in-the-feet-1", "risk"] and form.version == "1"
    bands = form.every["risk"].score.bands  # type: ignore[union-attr]
    assert [(float(one.at_least), one.text.plain, one.tone) for one in bands] == [(0, "low", "ok"), (2, "high", "bad")]


@pytest.mark.parametrize(("version", "following"), [
    ("1.0.0", "1.0.1"), ("2", "3"), ("1.9", "1.10"), ("2026-a", "2027-a"), ("draft", "draft.1"), ("", ".1"),
])  # fmt: skip
def test_the_version_that_follows(version: str, following: str) -> None:
    assert designing.next_version(version) == following


@pytest.mark.parametrize("content", [
    None, [], "x", {"item": {}}, {"item": [1]}, {"item": [{}]}, {"item": [{"linkId": 1}]},
    {"item": [{"linkId": "a", "answerOption": [1]}]}, {"item": [{"linkId": "a", "enableWhen": [{}]}]},
    {"item": [{"linkId": "a", "answerOption": [{"valueCoding": 1}]}]}, {"item": [{"linkId": "a", "item": [1]}]},
])  # fmt: skip
def test_what_has_another_shape_is_no_form(content: Any) -> None:
    assert not designing.sound(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["item", "linkId", "type", "text", "answerOption", "valueCoding", "code",
                                       "enableWhen", "question", "extension", "url", "required"]), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_whatever_is_sound_is_walked_without_an_error(content: Any) -> None:
    if designing.sound(content):
        kept = deepcopy(content)
        for one in designing.rows(content):
            designing.moved(designing.removed(content, one.link_id), one.link_id, 1)
        designing.answers(content)
        designing.changed(content, {one.link_id: Edit("x", True, ("a = 1",), "a|b") for one in designing.rows(content)})
        designing.added(content, "score", "x", ["0 = low"])
        assert content == kept


def test_groups_are_told_by_their_depth() -> None:
    content = definition(group("g", ask("a"), ask("b")), ask("c"))
    told = [(one.link_id, one.depth, one.first, one.last) for one in designing.rows(content)]
    assert told == [("g", 0, True, False), ("a", 1, True, False), ("b", 1, False, True), ("c", 0, False, True)]
    moved = designing.rows(designing.moved(content, "b", -1))
    assert [one.link_id for one in moved] == ["g", "b", "a", "c"]
