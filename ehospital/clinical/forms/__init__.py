"""The forms that come with the program: FHIR Questionnaires, one file each, in the folder of this file."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ehospital.algorithms.questionnaires import Questionnaire, read


@cache
def shipped() -> Mapping[str, tuple[Questionnaire, Mapping[str, Any]]]:
    """Return each form that comes with the program, read and as it is written, by its url."""
    found = {}
    for file in sorted(Path(__file__).parent.glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        form = read(content)
        found[form.url] = (form, content)
    return found
