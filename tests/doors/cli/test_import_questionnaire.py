"""`ehospital import questionnaire`: what cannot be used is refused by name, before anything is started."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.unit.algorithms.questionnaires.forms import ask, definition


def load(file: Path, content: object) -> "subprocess.CompletedProcess[str]":
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    words = [sys.executable, "-m", "ehospital", "import", "questionnaire", str(file)]
    return subprocess.run(words, capture_output=True, text=True, timeout=90, check=False, env=os.environ)


def test_faults_are_named_with_their_link_id(clean_environment: None, tmp_path: Path) -> None:
    done = load(tmp_path / "form.json", definition(ask("a", "attachment"), ask("b", "choice")))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[0] == "a: the type attachment is not supported"
    assert "The form cannot be used: 1 faults" in done.stderr.splitlines()[-1]
    for wrong in ("{", "[]"):
        done = load(tmp_path / "form.json", wrong)
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
