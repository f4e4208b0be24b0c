"""Forms on the pages: what is due, filled with and without a script, finished, amended, marked."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import QueryDict
from django.utils import translation

from ehospital.algorithms.questionnaires import settle
from ehospital.clinical import actions as clinical
from ehospital.clinical.details import Code, EncounterDetails
from ehospital.clinical.forms import shipped
from ehospital.clinical.models import FilledForm, FormDraft, SafetyFlag
from ehospital.people import access
from ehospital.people.access import Role
from ehospital.people.models import Patient
from ehospital.web.staff.chart.forms.names import answers_of
from ehospital.web.staff.chart.forms.showing import Drawing, flat
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import forms as filled
from tests.factories import monitoring as wards
from tests.factories.forms import ADMISSION, FALLS
from tests.unit.algorithms.questionnaires.forms import ask, form, group, weighted, when

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script> {{ 7|add:7 }} </textarea>"


@pytest.fixture
def pages(patient: UUID) -> str:
    return f"/staff/patients/{patient}/forms/"


def begin(who: SignedIn, pages: str, url: str = FALLS) -> str:
    answer = who.client.post(pages + "begin/", {"form": url})
    assert answer.status_code == 302
    return answer["Location"]


def falls_sent(**more: Any) -> dict[str, Any]:
    """What a page sends for a patient of 70 with poor sight: 0 is yes, 1 is no."""
    factors = ("history", "cognition", "continence", "footwear", "health", "medicines", "balance", "syncope")
    sent = {"a/age": "0", "a/vision": "0", "a/told": "true"}
    sent |= {"a/actions": ["1", "2"], "a/actions/other": "Near the desk"}
    return {**sent, **{f"a/{one}": "1" for one in factors}, **more}


def test_the_list_says_what_is_due_and_begins(nurse: SignedIn, pages: str, patient: UUID, now: datetime) -> None:
    by = access.system("test", at=now)
    clinical.open_encounter(patient, EncounterDetails(code=Code("", "", "Stay"), setting="IMP"), by=by, at=now)
    page = nurse.client.get(pages).content.decode()
    assert page.count("due by") == 3 and "Falls risk" in page and "Pressure areas" in page and "Social history" in page
    assert "Go on" not in page
    begin(nurse, pages)
    assert "Go on" in nurse.client.get(pages).content.decode()
    assert nurse.client.post(pages + "begin/", {"form": "urn:x"})["Location"] == pages
    assert nurse.client.post(pages + "begin/").status_code == 400


def test_a_form_is_kept_by_the_button_finished_read_and_amended(nurse: SignedIn, pages: str) -> None:
    draft = begin(nurse, pages)
    page = nurse.client.get(draft).content.decode()
    assert re.search(r'data-item="a/judged" hidden', page) and 'data-item="a/age">' in page
    kept = nurse.client.post(draft, {"version": "1", "a/age": "1", "a/note": EVIL, "do": "keep"})
    assert kept["Location"] == draft
    page = nurse.client.get(draft).content.decode()
    assert 'data-item="a/judged">' in page, "the server opens the question without any script"
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7|add:7 }}" in page
    refused = nurse.client.post(draft, {"version": "2", "a/age": "0", "do": "finish"})
    assert refused.status_code == 422 and refused.content.decode().count("Answer this.") >= 18
    done = nurse.client.post(draft, {"version": "2", **falls_sent(), "do": "finish"})
    made = FilledForm.objects.get()
    assert done["Location"] == f"{pages}{made.pk}/"
    assert made.answers["actions"][-1] == "Near the desk" and len(made.answers["actions"]) == 3
    assert SafetyFlag.objects.get().words == "Falls risk: At risk of falling"
    page = nurse.client.get(done["Location"]).content.decode()
    assert "At risk of falling" in page and "Near the desk" in page and "higher risk because" not in page
    assert nurse.client.post(draft, {"version": "2", "do": "finish"})["Location"] == f"{pages}{made.pk}/"
    amend = nurse.client.post(f"{pages}{made.pk}/amend/")["Location"]
    sent = {"version": "1", **falls_sent(**{"a/balance": "0"}), "do": "finish", "reason": "Unsteady since noon."}
    assert nurse.client.post(amend, sent)["Location"] == f"{pages}{made.pk}/"
    page = nurse.client.get(f"{pages}{made.pk}/").content.decode()
    assert "Unsteady since noon." in page and "2 · plan an action for each" in page
    assert "1 · plan an action for each" in nurse.client.get(f"{pages}{made.pk}/?edition=1").content.decode()
    error = f"/staff/patients/{made.patient_id}/error/forms/{made.pk}/"
    assert nurse.client.post(error, {"reason": "Another patient's."}).status_code == 302
    assert nurse.client.get(f"{pages}{made.pk}/").status_code == 404


def test_the_script_is_told_what_is_open(nurse: SignedIn, pages: str) -> None:
    draft = begin(nurse, pages)
    told = nurse.client.post(draft + "keep/", {"version": "1", "editor": "a", "turn": "1", **falls_sent()}).json()
    assert "a/actions" in told["open"] and "a/judged" not in told["open"]
    assert told["totals"]["a/risk"] == "At risk of falling" and told["version"] == 2
    told = nurse.client.post(draft + "keep/", {"version": "1", "editor": "b", "turn": "1"})
    assert told.status_code == 409 and "elsewhere" in told.json()["said"]
    assert FormDraft.objects.get().answers["vision"]


def test_two_at_one_form_see_each_other(nurse: SignedIn, pages: str, ward: wards.WardOfTests, sign_in: SignIn) -> None:
    draft = begin(nurse, pages)
    colleague = sign_in(Role.DOCTOR, unit_id=ward.unit_id)
    assert begin(colleague, pages) == draft
    colleague.client.post(draft, {"version": "1", "a/note": "Mine first", "do": "keep"})
    before = FormDraft.objects.values().get()
    late = nurse.client.post(draft, {"version": "1", "a/note": "Hers", "do": "keep"})
    page = late.content.decode()
    assert late.status_code == 422 and "Mine first" in page and "Hers" in page
    assert FormDraft.objects.values().get() == before
    assert 'name="version" value="2"' in page
    nurse.client.post(draft, {"version": "2", "a/note": "Both", "do": "keep"})
    assert FormDraft.objects.get().answers == {"note": ["Both"]}
    nurse.client.post(draft, {"version": "3", "do": "discard"})
    assert not FormDraft.objects.exists()


def test_times_of_a_group_are_added_and_dropped(nurse: SignedIn, pages: str) -> None:
    draft = begin(nurse, pages, ADMISSION)
    sent = {"version": "1", "a/skin-state": "1", "a/wound/times": "2", "a/wound/0/wound-where": "Heel",
            "a/wound/1/wound-where": "Hip", "do": "add:a/wound"}  # fmt: skip
    nurse.client.post(draft, sent)
    assert FormDraft.objects.get().answers["wound"] == [{"wound-where": ["Heel"]}, {"wound-where": ["Hip"]}, {}]
    sent |= {"version": "2", "a/wound/times": "3", "do": "drop:a/wound/0"}
    nurse.client.post(draft, sent)
    assert FormDraft.objects.get().answers["wound"] == [{"wound-where": ["Hip"]}, {}]
    assert 'name="a/wound/1/wound-where"' in nurse.client.get(draft).content.decode()


def test_odd_input_is_no_error(nurse: SignedIn, pages: str) -> None:
    draft = begin(nurse, pages, ADMISSION)
    sent = {
        "version": "x",
        "turn": "-1",
        "a/wound/times": "99999",
        "a/weight": "heavy",
        "a/walking": "77",
        "do": "add:zzz",
    }
    assert nurse.client.post(draft, sent).status_code == 422
    assert nurse.client.post(draft, {**sent, "version": "1"}).status_code == 302
    assert FormDraft.objects.get().answers == {"weight": ["heavy"]}
    assert "heavy" in nurse.client.get(draft).content.decode()


def test_forms_speak_the_language_of_the_page() -> None:
    falls = shipped()[FALLS][0]
    for language, words in (("fr", "Âge"), ("ar", "العمر"), ("en", "Age"), ("de", "Age")):
        with translation.override(language):
            nodes = flat(Drawing(falls, settle(falls, filled.falls("vision"))).nodes())
            assert next(one.label for one in nodes if one.name == "a/age") == words


def test_every_kind_of_answer_comes_back_as_it_was_typed() -> None:
    asked = form(
        ask("b", "boolean"), ask("d", "decimal"), ask("i", "integer"), ask("day", "date"), ask("t", "time"),
        ask("at", "dateTime"), ask("s", repeats=True), ask("u", "url"), ask("q/1", "quantity"),
        weighted("c", 0, 1), {**weighted("o", 0, 1), "type": "open-choice", "repeats": True},
        group("g", ask("x", enableWhen=[when("b", "=", answerBoolean=True)]), repeats=True),
    )  # fmt: skip
    sent = QueryDict(mutable=True)
    for name, values in {
        "b": ["true"], "d": ["3,10"], "i": ["4"], "day": ["2026-03-01"], "t": ["07:30"], "at": ["2026-03-01T10:00"],
        "s": ["one", "", "two"], "u": ["https://x.example"], "q%2F1": ["7"], "c": ["1"], "o": ["0"],
        "o/other": ["else"],
        "g/times": ["1"], "g/0/x": ["deep"],
    }.items():  # fmt: skip
        sent.setlist(f"a/{name}", values)
    told = answers_of(asked, sent)
    assert told["s"] == ["one", "two"] and told["q/1"] == [{"value": "7"}] and told["g"] == [{"x": ["deep"]}]
    nodes = {one.name: one for one in flat(Drawing(asked, settle(asked, told)).nodes())}
    assert (nodes["a/d"].values, nodes["a/at"].values[0]) == (["3.10"], "2026-03-01T10:00")
    assert (list(nodes["a/s"].values), nodes["a/o"].other) == (["one", "two", ""], "else")
    assert nodes["a/g/0/x"].said == ["deep"] and [one.chosen for one in nodes["a/c"].choices] == [False, True]


def test_a_result_is_seen_at_a_glance(nurse: SignedIn, pages: str) -> None:
    draft = begin(nurse, pages, "urn:ehospital:form:glasgow-coma-scale")
    sent = {"version": "1", "a/eye": "2", "a/verbal": "3", "a/motor": "2"}
    told = nurse.client.post(draft + "keep/", sent).json()
    assert told["totals"]["a/total"] == "8 · severe: look after the airway" and told["tones"]["a/total"] == "bad"
    assert 'class="note score bad"' in nurse.client.get(draft).content.decode()
    done = nurse.client.post(draft, sent | {"version": "2", "do": "finish"})
    page = nurse.client.get(done["Location"]).content.decode()
    assert "needs action" in page and "Teasdale and Jennett" in page
    assert "needs action" in nurse.client.get(pages).content.decode()


def test_a_nurse_is_told_that_a_doctor_finishes_a_certificate_of_death(nurse: SignedIn, pages: str) -> None:
    draft = begin(nurse, pages, "urn:ehospital:form:death")
    sent = {"version": "1", "a/died": "2026-03-02T10:00", "a/known-by": "0", "a/causes": "", "a/cause-a-what": "Stroke",
            "a/manner": "0", "a/authority": "1", "a/autopsy": "0", "a/surgery": "0", "a/pregnant": "0", "a/kin": "Son",
            "a/infectious": "0", "do": "finish"}  # fmt: skip
    refused = nurse.client.post(draft, sent)
    assert refused.status_code == 422 and "A doctor finishes this certificate" in refused.content.decode()
    assert not FilledForm.objects.exists()


def test_forms_for_other_ages_stand_apart(nurse: SignedIn, pages: str, patient: UUID, now: datetime) -> None:
    Patient.objects.filter(pk=patient).update(birth_on=now.date() - timedelta(days=400), birth_precision="day")
    listed, apart = nurse.client.get(pages).content.decode().split("Forms for other ages")
    assert "Growth of a child" in listed and "young child" in listed
    assert "NRS-2002" in apart and "NRS-2002" not in listed and "Pressure areas" not in apart
    begin(nurse, pages, "urn:ehospital:form:nutrition-nrs-2002")
    assert "NRS-2002" in nurse.client.get(pages).content.decode().split("Forms for other ages")[0]
