"""The guide to the FHIR door is true: its requests and resources are sent as they stand, its table is the door's."""

import json
import re
from datetime import datetime

import pytest

from ehospital.fhir.serving import asked, creating, negotiation, token
from ehospital.fhir.serving.dates import PREFIXES
from ehospital.fhir.serving.types import KINDS
from ehospital.people import smart
from tests.doors.fhir.serving.conftest import System, in_care, told
from tests.house.tree import ROOT

pytestmark = pytest.mark.django_db
GUIDE = (ROOT / "docs/guide/fhir.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def test_every_request_and_every_resource_of_the_guide_works(system: System, now: datetime) -> None:
    key = str(in_care(system.unit_id, at=now, number="12345"))
    made = []
    for block in blocks("json"):
        sent = block.replace("{patient}", key)
        kind = json.loads(sent)["resourceType"]
        answer = system.post(kind, sent)
        assert answer.status_code == 201, (kind, answer.content)
        made.append(kind)
    assert sorted(made) == sorted(creating.CREATED) == sorted(KINDS)
    posted, asked_for = blocks("http")
    form = posted.strip().split("\n")[1]
    assert system.ask_token(**dict(pair.split("=") for pair in form.split("&"))).status_code == 200
    for line in asked_for.strip().split("\n"):
        path = line.removeprefix("GET /fhir/").replace("{patient}", key)
        answer = system.get(path, Prefer="handling=strict")
        assert answer.status_code == 200, (line, answer.content)
        assert told(answer).get("total", 1) >= 1, line


def test_the_table_of_parameters_is_the_doors() -> None:
    rows = dict(re.findall(r"^\| (\w+) \| ((?:`[\w-]+` ?)+)\|$", GUIDE, re.MULTILINE))
    said = {kind: re.findall(r"`([\w-]+)`", names) for kind, names in rows.items()}
    assert said == {name: list(kind.parameters) for name, kind in KINDS.items()}


def test_its_figures_are_the_doors() -> None:
    assert f"`{' '.join(PREFIXES)}`" in GUIDE
    assert f"`_count` up to {asked.MOST}" in GUIDE.replace("\n", " ")
    assert negotiation.LARGEST_BODY == 1 << 20 and "more than 1 MB" in GUIDE
    assert (smart.LASTS.total_seconds(), token.FAILURES, token.PAUSE_S) == (300, 10, 300)
