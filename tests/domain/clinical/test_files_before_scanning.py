"""Files from before anybody asked whether they were looked at: open after the migration, and shown to the scanner."""

from importlib import import_module

import pytest
from django.conf import LazySettings
from django.db import connection

from ehospital.clinical import actions
from ehospital.clinical.models import Document
from ehospital.foundation import files, quarantine
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
    with pytest.raises(files.UnknownFile):
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
