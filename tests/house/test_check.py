"""`make check` fails when any part fails, says why, and cannot be fooled by a part that breaks off."""

import json
import sys

import pytest

from tests.house.check import Check, main, run

KEPT = json.dumps({"rule": "one", "seconds": 0.5, "findings": []})
BROKEN = json.dumps({"rule": "two", "seconds": 0.25, "findings": [{"text": "a.py:1: [two] wrong. Mend it"}]})


def script(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_the_words_of_a_broken_check_are_kept() -> None:
    (outcome,) = run(Check("talk", script("import sys; print('so'); print('it is', file=sys.stderr); sys.exit(3)")))
    assert outcome.broken == "so\nit is"


def test_a_check_that_fails_without_a_word_is_broken_too() -> None:
    (outcome,) = run(Check("mute", script("raise SystemExit(3)")))
    assert outcome.broken == "exit code 3"


def test_rules_are_told_one_by_one() -> None:
    code = f"print({KEPT!r}); print({BROKEN!r}); raise SystemExit(1)"
    told = run(Check("rules", script(code), ("one", "two")))
    assert [(outcome.name, outcome.seconds, outcome.broken) for outcome in told] == [
        ("rule: one", 0.5, ""),
        ("rule: two", 0.25, "a.py:1: [two] wrong. Mend it"),
    ]


def test_rules_that_break_off_are_not_taken_for_kept() -> None:
    code = f"import sys; print({KEPT!r}); print('EHOSPITAL_X is not set', file=sys.stderr); sys.exit(1)"
    told = run(Check("rules", script(code), ("one", "two")))
    assert [outcome.broken.strip() for outcome in told] == ["", "EHOSPITAL_X is not set"]


def test_one_broken_check_breaks_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = Check("good", script("")), Check("bad", script("print('look here'); raise SystemExit(1)"))
    assert main((good,)) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("none broken")
    assert main((good, bad)) == 1
    printed = capsys.readouterr().out
    assert "bad\n---\nlook here" in printed
    assert printed.splitlines()[-1].endswith("1 broken")
