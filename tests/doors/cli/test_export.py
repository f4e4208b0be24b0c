"""`ehospital export fhir` as it is typed: what it refuses before it opens anything."""

import subprocess
import sys
from pathlib import Path

import pytest

KEY = "01a20948-529f-73cc-9e2a-3df999e617dc"


def typed(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ehospital", "export", "fhir", *words], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "words",
    [(), ("--all", "--patient", KEY), ("--all", "--summary"), ("--patient", "number 7")],
    ids=["nobody", "one and all", "a summary of all", "no id"],
)
def test_what_is_asked_for_must_be_clear(words: tuple[str, ...], tmp_path: Path) -> None:
    answer = typed(*words, "--out", str(tmp_path / "out"))
    assert answer.returncode == 2 and answer.stderr.count("\n") == 1, answer.stderr
    assert not (tmp_path / "out").exists()


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    answer = typed("--all", "--out", str(tmp_path / "nowhere" / "out"))
    assert answer.returncode == 1 and "There is no folder" in answer.stderr
