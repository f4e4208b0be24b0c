"""Files from before anybody asked whether they were looked at: open after the migration, and shown to the scanner."""

from importlib import import_module

import pytest
from django.conf import LazySettings
from django.db import connection

from ehospital.clinical import actions, queries
from ehospital.clinical.models import Document
from ehospital.clinical.models.documents import StateNotAsked
from ehospital.foundation import contents, file_states, files, quarantine
from ehospital.foundation.models import KeptFile
from ehospital.people import actions as people_actions
from ehospital.people.models import PatientPhoto
from tests.domain.clinical.test_infected import letter
from tests.factories import clinical, people, servers
from tests.factories.files import picture
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db


def test_they_open_and_are_looked_at(settings: LazySettings) -> None:
    patient = people.patient()
    doctor, desk = clinical.carer(patient).actor, people.staff("receptionist").actor
    for title in ("One", "Two"):
        content = title.encode()
        actions.upload_document(patient, letter(title), content=content, by=doctor, at=NOON)
    people_actions.take_photo(patient, picture(), consent="given", by=desk, at=NOON)
    one, two, photo = *Document.objects.order_by("title"), PatientPhoto.objects.get()
    KeptFile.objects.exclude(pk=two.file_key).delete()
    with pytest.raises(files.FileWaiting):
        files.load(one.file_key)
    migration = import_module("ehospital.clinical.migrations.0051_files_before_scanning")
    with connection.cursor() as cursor:
        cursor.execute(migration._KNOWN)
    keys = {one.file_key, two.file_key, photo.large_key, photo.small_key}
    assert set(KeptFile.objects.values_list("key", "state")) == {(key, "unchecked") for key in keys}
    assert (files.load(one.file_key), files.load(photo.small_key)[:4]) == (b"One", b"RIFF")
    later = KeptFile.objects.latest("due_at").due_at
    assert later is not None
    with servers.clamd() as settings.ANTIVIRUS:
        while quarantine.next_turn(at=later):
            pass
    assert set(KeptFile.objects.values_list("state", flat=True)) == {"clean"}


def test_what_something_names_and_nobody_knows_is_taken_up(settings: LazySettings) -> None:
    """A dump was restored: the rows of the charts are there, those of the files are not."""
    patient = people.patient()
    doctor, desk = clinical.carer(patient).actor, people.staff("receptionist").actor
    key = actions.upload_document(patient, letter("One"), content=b"One", by=doctor, at=NOON)
    people_actions.take_photo(patient, picture(), consent="given", by=desk, at=NOON)
    KeptFile.objects.all().delete()
    (shown,) = queries.documents(patient, viewer=doctor, at=NOON)
    assert (shown.waits, shown.opens) == (True, False)
    assert queries.document_content(key, viewer=doctor, at=NOON).document.waits
    with servers.clamd() as settings.ANTIVIRUS:
        assert file_states.adopt(at=NOON) == 3
        assert set(KeptFile.objects.values_list("state", flat=True)) == {"waiting"}
        while quarantine.next_turn(at=NOON):
            pass
        assert file_states.adopt(at=NOON) == 0
    assert queries.document_content(key, viewer=doctor, at=NOON).content == b"One"


def test_without_a_scanner_what_nobody_knew_opens(settings: LazySettings) -> None:
    patient = people.patient()
    doctor = clinical.carer(patient).actor
    key = actions.upload_document(patient, letter("One"), content=b"One", by=doctor, at=NOON)
    KeptFile.objects.all().delete()
    assert file_states.adopt(at=NOON) == 1
    assert queries.document_content(key, viewer=doctor, at=NOON).content == b"One"


def test_a_document_whose_content_is_gone_says_so() -> None:
    patient = people.patient()
    doctor = clinical.carer(patient).actor
    key = actions.upload_document(patient, letter("One"), content=b"One", by=doctor, at=NOON)
    contents.remove(Document.objects.get().file_key)
    found = queries.document_content(key, viewer=doctor, at=NOON)
    assert (found.content, found.document.lost, found.document.opens) == (None, True, False)


def test_nobody_guesses_whether_a_document_opens() -> None:
    patient = people.patient()
    actions.upload_document(patient, letter(), content=b"One", by=clinical.carer(patient).actor, at=NOON)
    unasked = Document.objects.get()
    for name in ("opens", "waits", "infected", "too_large", "lost"):
        with pytest.raises(StateNotAsked):
            getattr(unasked, name)
