"""Notes on the pages: begun from a template, kept, signed, added to, and read by the patient where it is theirs."""

from datetime import datetime
from uuid import UUID

import pytest
from django.test import Client
from django.utils import translation

from ehospital.clinical import actions as clinical
from ehospital.clinical.models import Note, NoteDraft
from ehospital.people import actions as people_actions
from ehospital.people.access import Role
from ehospital.web.staff.chart.notes.views import template
from tests.doors.web.conftest import PASSWORD, SignedIn, SignIn
from tests.factories import clinical as charts
from tests.factories import monitoring as wards
from tests.factories import people

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7|add:7 }} </textarea>"


@pytest.fixture
def notes(patient: UUID) -> str:
    return f"/staff/patients/{patient}/notes/"


def begin(who: SignedIn, notes: str, kind: str = "ward-round") -> str:
    answer = who.client.post(notes + "begin/", {"kind": kind})
    assert answer.status_code == 302
    return answer["Location"]


def test_every_kind_has_a_template_in_the_language_of_its_author(nurse: SignedIn, notes: str) -> None:
    for kind in Note.Kind.values:
        page = nurse.client.get(begin(nurse, notes, kind)).content.decode()
        assert NoteDraft.objects.get(kind=kind).text == template(kind)
        assert ("Assessment" in template(kind) or "Follow-up" in template(kind)) == (kind != "other")
        assert "&#x27;" not in template(kind) and "{%" not in page
    with translation.override("fr"):
        assert template("admission").endswith("\n")


def test_a_draft_is_kept_by_the_button_and_by_the_script(nurse: SignedIn, notes: str) -> None:
    draft = begin(nurse, notes)
    assert nurse.client.post(draft, {"text": "Better.", "version": "1", "do": "keep"}).status_code == 302
    answer = nurse.client.post(draft + "keep/", {"text": "Much\r\nbetter.", "version": "2", "editor": "a", "turn": "1"})
    assert answer.json()["version"] == 3 and answer.json()["said"].startswith("Kept ")
    assert "Much\nbetter.</textarea>" in nurse.client.get(draft).content.decode()  # another tab, after a restart
    assert "Ward round" in nurse.client.get(notes).content.decode()
    answer = nurse.client.post(draft + "keep/", {"text": "Worse.", "version": "2", "editor": "b", "turn": "1"})
    assert answer.status_code == 409 and "another window" in answer.json()["said"]
    answer = nurse.client.post(draft, {"text": "Worse.", "version": "2", "do": "keep"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Much\nbetter.</div>" in page and "Worse.</textarea>" in page
    assert 'name="version" value="3"' in page
    assert nurse.client.post(draft + "keep/", {"text": "x" * 50_001, "version": "3"}).status_code == 409
    assert nurse.client.post(draft, {"text": "x" * 50_001, "version": "3", "do": "keep"}).status_code == 422
    for odd in ("", "-1", "9" * 40, "x"):
        assert nurse.client.post(draft + "keep/", {"text": "y", "version": odd, "turn": odd}).status_code == 409
    assert NoteDraft.objects.get().text == "Much\nbetter."


def test_a_note_is_signed_once_and_added_to(nurse: SignedIn, notes: str) -> None:
    draft = begin(nurse, notes)
    answer = nurse.client.post(draft, {"text": template("ward-round"), "version": "1", "do": "sign"})
    assert answer.status_code == 422 and "Nothing is written here yet" in answer.content.decode()
    answer = nurse.client.post(draft, {"text": "Well.", "version": "1", "do": "sign"})
    note = Note.objects.get()
    assert answer["Location"] == f"{notes}{note.pk}/"
    page = nurse.client.post(draft, {"text": "Well.", "version": "1", "do": "sign"}, follow=True)
    assert "This note was signed before" in page.content.decode()
    assert Note.objects.count() == 1
    assert nurse.client.get(draft).status_code == 404

    addendum = nurse.client.post(f"{notes}{note.pk}/add/")["Location"]
    assert "Well." in nurse.client.get(addendum).content.decode()
    nurse.client.post(addendum, {"text": "Not so well.", "version": "1", "do": "sign"})
    page = nurse.client.get(notes).content.decode()
    assert page.index("Well.") < page.index("Not so well.")
    assert "Addendum to a note" in nurse.client.get(notes.replace("notes", "timeline")).content.decode()
    assert nurse.client.get(begin(nurse, notes)).status_code == 200


def test_a_draft_is_thrown_away(nurse: SignedIn, notes: str) -> None:
    draft = begin(nurse, notes)
    assert nurse.client.post(draft, {"text": "", "version": "7", "do": "discard"}).status_code == 422
    nurse.client.post(draft, {"text": "", "version": "1", "do": "discard"})
    assert not NoteDraft.objects.exists()
    assert nurse.client.post(draft, {"text": "x", "version": "1", "do": "keep"}).status_code == 404
    assert nurse.client.post(draft + "keep/", {"text": "x", "version": "1"}).status_code == 404


def test_a_script_in_a_note_is_words(nurse: SignedIn, notes: str, patient: UUID, now: datetime) -> None:
    draft = begin(nurse, notes, "outpatient")
    nurse.client.post(draft + "keep/", {"text": EVIL, "version": "1", "editor": EVIL, "turn": "1"})
    pages = [nurse.client.get(draft).content.decode()]
    nurse.client.post(draft, {"text": EVIL, "version": "2", "do": "sign"})
    key = Note.objects.get().pk
    portal = patients_browser(patient, now)
    pages += [nurse.client.get(path).content.decode() for path in (notes, f"{notes}{key}/")]
    pages += [portal.get(f"/portal/record/{path}").content.decode() for path in (f"notes/{key}/", "print/")]
    for page in pages:
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page and "<img src=x" not in page and "{{ 7|add:7 }}" in page


def patients_browser(patient: UUID, now: datetime) -> Client:
    people_actions.give_account(
        username="amina", password=PASSWORD, patient_id=patient, by=people.machinery(now), at=now
    )
    client = Client()
    client.post("/accounts/login/", {"login": "amina", "password": PASSWORD})
    return client


def test_a_patient_reads_the_notes_that_are_for_them(patient: UUID, now: datetime) -> None:
    doctor = charts.carer(patient, at=now).actor
    own = charts.note(patient, "You may walk again.", by=doctor, at=now)
    charts.note(patient, "Three times a day.", by=doctor, amends=own, at=now)
    other = charts.note(patient, "Among ourselves.", by=doctor, kind="ward-round", at=now)
    clinical.start_note(patient, "discharge", template="Not signed.", by=doctor, at=now)
    portal = patients_browser(patient, now)
    page = portal.get(f"/portal/record/notes/{own}/").content.decode()
    assert "You may walk again." in page and "Three times a day." in page and "Tove Berg" in page
    assert "You may walk again." in portal.get("/portal/record/print/").content.decode()
    assert portal.get(f"/portal/record/notes/{other}/").status_code == 404
    everything = [
        portal.get("/portal/" + path).content.decode() for path in ("", "record/", "record/notes/", "record/print/")
    ]
    assert not any("Among ourselves" in page or "Not signed" in page for page in everything)
    assert f"/portal/record/notes/{own}/" in everything[2] and f"/portal/record/notes/{other}/" not in everything[2]


def test_nobody_else_writes_or_reads_a_draft(
    nurse: SignedIn, notes: str, ward: wards.WardOfTests, patient: UUID, sign_in: SignIn
) -> None:
    draft = begin(nurse, notes)
    note = charts.note(patient, "words", by=charts.carer(patient, at=ward.at).actor, at=ward.at)
    colleague = sign_in(Role.DOCTOR, unit_id=ward.unit_id)
    stranger, pharmacist = sign_in(Role.NURSE, username="stranger"), sign_in(Role.PHARMACIST, unit_id=ward.unit_id)
    typed = {"text": "mine", "version": "1", "do": "sign"}
    before = list(NoteDraft.objects.values()), list(Note.objects.values())
    assert colleague.client.get(draft).status_code == colleague.client.post(draft, typed).status_code == 404
    assert colleague.client.post(draft + "keep/", typed).status_code == 404
    assert "/notes/draft/" not in colleague.client.get(notes).content.decode()
    for path in (draft, draft + "keep/", notes + "begin/", f"{notes}{note}/add/"):
        assert stranger.client.post(path, {**typed, "kind": "other"}).status_code == 404
        assert pharmacist.client.post(path, {**typed, "kind": "other"}).status_code == 403
    assert stranger.client.get(notes).status_code == stranger.client.get(f"{notes}{note}/").status_code == 404
    page = pharmacist.client.get(notes).content.decode()
    assert "words" in page and "begin/" not in page and "/add/" not in page
    assert nurse.client.post(notes + "begin/", {"kind": "nonsense"}).status_code == 400
    other = notes.replace(str(patient), str(ward.patient_ids[1]))
    assert nurse.client.get(f"{other}{note}/").status_code == 404
    assert nurse.client.post(f"{other}{note}/add/").status_code == 404
    assert nurse.client.get(draft.replace(str(patient), str(ward.patient_ids[1]))).status_code == 404
    assert (list(NoteDraft.objects.values()), list(Note.objects.values())) == before
