"""Ids in the fields of forms and in the questions of links: another patient's tells as little as one that nobody has.

What to try is read from the pages themselves, so a field that is added tomorrow is tried tomorrow.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse

from ehospital.people import actions as people_actions
from ehospital.people.access import Role
from tests.doors.web.matrix.addresses import EVERY
from tests.doors.web.matrix.test_matrix import path, told, undone, world
from tests.doors.web.matrix.visitors import Visitor, World, portal_visitor, staff
from tests.factories import people

__all__ = ["world"]
pytestmark = pytest.mark.django_db

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Form:
    """A form of a page, filled in as it came."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, set[str]] = field(default_factory=dict)


class Found(HTMLParser):
    """The forms of a page that send something, and the links that ask something."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.address, self.forms, self.links, self.select = address, list[Form](), set[str](), ""
        self.open: Form | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told_ = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(told_.get("action") or self.address) if told_.get("method", "").lower() == "post" else None
            self.forms += [self.open] if self.open else []
        elif tag == "a" and "?" in told_.get("href", "") and told_["href"].startswith(("/", "?")):
            self.links.add(told_["href"] if told_["href"].startswith("/") else self.address + told_["href"])
        elif self.open is not None and tag in ("input", "button", "textarea") and told_.get("name"):
            self.open.fields[told_["name"]] = told_.get("value", "")
            self.open.choices.setdefault(told_["name"], set()).add(told_.get("value", ""))
        elif self.open is not None and tag == "select":
            self.select = told_.get("name", "")
        elif self.open is not None and tag == "option" and self.select:
            self.open.fields.setdefault(self.select, told_.get("value", ""))
            self.open.choices.setdefault(self.select, set()).add(told_.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        if tag == "select":
            self.select = ""


def pages(world: World, visitor: Visitor) -> Iterator[Found]:
    """Every page that the visitor may open about the patient."""
    ids = {**world.subject.ids, **visitor.ids}
    for address in EVERY:
        with undone():
            where = path(address, ids)
            answer = visitor.client.get(where, headers={"Accept": "text/html"})
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                yield Found(answer.content.decode(), where)


def theirs(world: World, value: str) -> tuple[str, str] | None:
    """Return the other patient's for an id of this patient, and one that nobody has; None for what is nobody's."""
    of = {str(one): name for name, one in world.subject.ids.items() if isinstance(one, UUID) and name != "ward_id"}
    name = of.get(value)
    other = world.other.ids.get(name) if name else None
    return (str(other), str(uuid4())) if other and str(other) != value else None


def alike(real: HttpResponse, made_up: HttpResponse, ids: tuple[str, str]) -> bool:
    """Whether two answers are the same but for the id that was asked for, which may be repeated."""
    bodies = [told(one).replace(key.encode(), b"") for one, key in zip((real, made_up), ids, strict=True)]
    bodies = [
        re.sub(rb'ticket=[\w.=-]+|datetime="[^"]+"|name="\w+_(?:at|token)" value="[^"]*"', b"", one) for one in bodies
    ]
    places = [one.headers.get("Location", "").replace(key, "") for one, key in zip((real, made_up), ids, strict=True)]
    return (real.status_code, bodies[0], places[0]) == (made_up.status_code, bodies[1], places[1])


WHO = [Role.DOCTOR, Role.NURSE, Role.PHARMACIST, "myself"]
"""Whoever sees some patients and not others; a desk that may merge any two records is told of all."""


@pytest.mark.parametrize("who", WHO)
def test_another_patients_ids_in_fields_and_questions_tell_nothing(world: World, who: str) -> None:
    people_actions.end_care(source="test:hamid", by=people.machinery(world.at), at=world.at)
    visitor = portal_visitor(world, "myself") if who == "myself" else staff(world, Role(who), "related")
    wrong, tried, seen = [], set[tuple[str, str]](), set[tuple[str, str]]()
    for page in pages(world, visitor):
        for form in page.forms:
            for name, values in form.choices.items():
                key = (re.sub(ID, "…", form.action), name)
                swapped = next((found for one in values if (found := theirs(world, one))), None)
                if swapped is None or key in tried:
                    continue
                tried.add(key)
                answers = []
                for value in swapped:
                    with undone():
                        answers.append(visitor.client.post(form.action, {**form.fields, name: value}))
                if not alike(*answers, swapped):
                    wrong.append(f"{key}: {[one.status_code for one in answers]}")
        for link in page.links:
            parts = urlsplit(link)
            asked = dict(parse_qsl(parts.query, keep_blank_values=True))
            for name, value in asked.items():
                key = (re.sub(ID, "…", parts.path), f"?{name}")
                swapped = theirs(world, value)
                if swapped is None or key in seen:
                    continue
                seen.add(key)
                answers = []
                for one in swapped:
                    with undone():
                        answers.append(visitor.client.get(parts.path, {**asked, name: one}))
                if not alike(*answers, swapped):
                    wrong.append(f"{key}: {[one.status_code for one in answers]}")
    assert wrong == []
    assert tried | seen or who in (Role.PHARMACIST, "myself")
