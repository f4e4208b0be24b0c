"""The designer: a form made from nothing, one changed while its old answers stay, and two who change one at once."""

import json
import re
from datetime import datetime
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from ehospital.clinical.forms import shipped
from ehospital.clinical.models import FilledForm, FormDefinition
from ehospital.clinical.queries import newest_definitions
from ehospital.people import access
from ehospital.people.access import Role
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import forms

pytestmark = pytest.mark.django_db
DESIGN = "/staff/forms/design/"
FALLS = "urn:ehospital:form:falls-risk"


@pytest.fixture
def administrator(sign_in: SignIn) -> SignedIn:
    return sign_in(Role.ADMINISTRATOR)


def shown(page: str) -> dict[str, Any]:
    """What a page that was not touched would send."""
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (not re.search("checkbox|radio", tag) or "checked" in tag):
            fields.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, value in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', page, re.S):
        fields[name] = [unescape(value)]
    for name, inner in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        fields[name] = [unescape(chosen[1]) if chosen else ""]
    return {name: value for name, value in fields.items() if not name.startswith(("a/", "csrf", "q"))}


def press(who: SignedIn, page: str, do: str, **more: Any) -> Any:
    return who.client.post(DESIGN, shown(page) | {"do": do} | more)


def test_a_form_is_made_shown_and_published(administrator: SignedIn) -> None:
    page = administrator.client.get(DESIGN).content.decode()
    page = press(administrator, page, "add", title="Feet <b>", new_kind="choice", new_text="Feeling?",
                 new_lines="normal = 0\nnone = 2").content.decode()  # fmt: skip
    page = press(administrator, page, "add", new_kind="score", new_text="Risk", new_lines="0 = low\n2 = high = bad")
    page = page.content.decode()
    assert "How it looks" in page and "Feet &lt;b&gt;" in page and not FormDefinition.objects.exists()
    done = press(administrator, page, "publish")
    assert done["Location"] == "/staff/forms/"
    row = FormDefinition.objects.get()
    assert (row.title, row.version) == ("Feet <b>", "1") and row.url in newest_definitions()
    listed = administrator.client.get("/staff/forms/").content.decode()
    assert "Feet &lt;b&gt;, version 1, is in use" in listed


def test_a_change_is_a_new_version_and_old_answers_stay(
    administrator: SignedIn, nurse: SignedIn, patient: UUID, now: datetime
) -> None:
    by = access.of_staff(nurse.member.id, name="Tove Berg", at=now)
    key = forms.filled(patient, forms.falls("vision"), by=by, at=now)
    page = administrator.client.get(DESIGN + f"?form={FALLS}").content.decode()
    sent = shown(page)
    place = sent["key"].index("vision")
    done = press(administrator, page, "publish", **{f"text-{place}": "Sees poorly"})
    assert done.status_code == 302
    newest = newest_definitions()[FALLS].form
    assert newest.version == "1.0.1" and newest.every["vision"].text.plain == "Sees poorly"
    old, new = (json.loads(json.dumps(one)) for one in (shipped()[FALLS][1], newest_definitions()[FALLS].content))
    for content in (old, new):
        content.pop("version")
        (vision,) = (one for part in content["item"] for one in part.get("item", []) if one["linkId"] == "vision")
        vision.pop("text")
        vision.pop("_text", None)
    assert new == old, "nothing but the words was changed"
    filled = FilledForm.objects.get(pk=key)
    assert filled.definition.version == "1.0.0"
    read = nurse.client.get(f"/staff/patients/{patient}/forms/{key}/").content.decode()
    assert "Poor sight" in read and "Sees poorly" not in read


def test_of_two_who_change_one_form_the_second_is_told(administrator: SignedIn) -> None:
    page = administrator.client.get(DESIGN + f"?form={FALLS}").content.decode()
    assert press(administrator, page, "publish", title="Mine").status_code == 302
    refused = press(administrator, page, "publish", title="Theirs")
    assert refused.status_code == 422 and "has published this form meanwhile" in refused.content.decode()
    assert 'value="Theirs"' in refused.content.decode(), "what was typed is still there"
    assert newest_definitions()[FALLS].form.title.plain == "Mine"


def test_what_cannot_be_used_is_refused_with_its_reasons(administrator: SignedIn) -> None:
    page = administrator.client.get(DESIGN).content.decode()
    refused = press(administrator, page, "publish")
    assert refused.status_code == 422 and "a form without items asks nothing" in refused.content.decode()
    assert not FormDefinition.objects.exists()


def test_a_form_is_taken_out_of_use(administrator: SignedIn, nurse: SignedIn, patient: UUID) -> None:
    page = administrator.client.get(DESIGN + f"?form={FALLS}").content.decode()
    press(administrator, page, "retire")
    assert newest_definitions()[FALLS].form.status == "retired"
    assert "Falls risk" not in nurse.client.get(f"/staff/patients/{patient}/forms/").content.decode()


@pytest.mark.parametrize("content", ["", "x", "[]", '{"item":[{}]}', "[" * 5000, "x" * 400_001])
def test_odd_content_is_refused(administrator: SignedIn, content: str) -> None:
    assert administrator.client.post(DESIGN, {"content": content, "do": "show"}).status_code == 400


def test_unknown_forms_and_other_roles(administrator: SignedIn, nurse: SignedIn) -> None:
    assert administrator.client.get(DESIGN + "?form=urn:x").status_code == 404
    for address in ("/staff/forms/", DESIGN):
        assert nurse.client.get(address).status_code in (403, 404)
    assert nurse.client.post(DESIGN, {"content": "{}", "do": "publish"}).status_code in (403, 404)
