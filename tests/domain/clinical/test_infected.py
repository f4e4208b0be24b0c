"""Documents in whose file a virus was found: taken away in every chart, with the reason, also after a merge."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import LazySettings

from ehospital.clinical import actions, queries
from ehospital.clinical.details import Code, DocumentDetails, Record
from ehospital.clinical.models import Correction, Document
from ehospital.foundation import files, quarantine
from ehospital.foundation.models import AuditEvent
from ehospital.journeys import merging
from ehospital.messaging import actions as notice_actions
from ehospital.messaging import queries as notices
from ehospital.messaging.models import Notice
from ehospital.people import access
from ehospital.people import actions as people_actions
from tests.factories import clinical, people, servers
from tests.factories import messaging as messages
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
FOUND, BAD = "Eicar-Test-Signature", b"Dear you " + servers.EICAR
SCANNER = access.system("virus scanner", at=NOON)


@pytest.fixture(autouse=True)
def away(settings: LazySettings) -> None:
    settings.ANTIVIRUS = servers.AWAY


def letter(title: str = "Letter") -> DocumentDetails:
    return DocumentDetails(code=Code("", "", "Letter"), title=title, written_at=NOON, file_name="letter.txt")


def uploaded(patient: UUID, content: bytes = BAD, **more: str) -> Document:
    by = clinical.carer(patient).actor
    return Document.objects.get(pk=actions.upload_document(patient, letter(**more), content=content, by=by, at=NOON))


def judged(settings: LazySettings) -> None:
    with servers.clamd() as settings.ANTIVIRUS:
        while quarantine.next_turn(at=NOON):
            pass
    settings.ANTIVIRUS = servers.AWAY


def standing() -> dict[UUID, str]:
    return dict(Document.objects.values_list("pk", "status"))


def test_it_is_taken_away_in_every_chart_and_nowhere_else(settings: LazySettings) -> None:
    one, other = people.patient("One"), people.patient("Other")
    bad, worse, well = uploaded(one), uploaded(other), uploaded(one, b"Dear you")
    judged(settings)
    assert actions.take_away_infected(bad.file_key, FOUND, by=SCANNER, at=NOON) == 2
    assert actions.take_away_infected(bad.file_key, FOUND, by=SCANNER, at=NOON) == 0
    wrong = "entered-in-error"
    assert standing() == {bad.pk: wrong, worse.pk: wrong, well.pk: "current"}
    assert set(Correction.objects.values_list("reason", "by_name")) == {(f"infected: {FOUND}", "virus scanner")}
    told = AuditEvent.objects.filter(action="document.infected")
    assert set(told.values_list("patient_id", "subject")) == {
        (one, f"document:{bad.pk}"), (other, f"document:{worse.pk}"),
    }  # fmt: skip
    reader = clinical.carer(one).actor
    assert not queries.infected_documents(one, viewer=reader, at=NOON + timedelta(days=31)).exists()
    (shown,) = queries.infected_documents(one, viewer=reader, at=NOON + timedelta(days=29))
    assert (shown.pk, shown.found) == (bad.pk, FOUND)


def test_nobody_but_the_machinery_takes_away_and_nobody_takes_it_back(settings: LazySettings) -> None:
    patient = people.patient()
    bad, doctor = uploaded(patient), clinical.carer(patient).actor
    with pytest.raises(access.NotPermitted):
        actions.take_away_infected(bad.file_key, FOUND, by=doctor, at=NOON)
    assert (standing(), Correction.objects.count()) == ({bad.pk: "current"}, 0)
    judged(settings)
    actions.take_away_infected(bad.file_key, FOUND, by=SCANNER, at=NOON)
    with pytest.raises(actions.NotYourMark):
        actions.undo_error(Correction.objects.get().pk, by=doctor, at=NOON)
    assert standing() == {bad.pk: "entered-in-error"}


def test_a_reader_has_the_document_and_not_its_content(settings: LazySettings) -> None:
    patient = people.patient()
    bad, reader = uploaded(patient), clinical.carer(patient).actor
    found = queries.document_content(bad.pk, viewer=reader, at=NOON)
    assert (found.content, found.document.waits, found.document.opens) == (None, True, False)
    assert queries.waits_for_scanner(bad.pk, viewer=reader)
    assert not queries.waits_for_scanner(bad.pk, viewer=clinical.carer(people.patient("Else")).actor)
    judged(settings)
    found = queries.document_content(bad.pk, viewer=reader, at=NOON)
    assert (found.content, found.document.infected) == (None, True)


def test_a_document_that_waits_moves_with_a_merge_and_is_judged_where_it_is(settings: LazySettings) -> None:
    survivor, absorbed = people.patient("Anna"), people.patient("Anne")
    desk = people.staff("receptionist").actor
    bad, well = uploaded(absorbed), uploaded(absorbed, b"Dear you")
    merge = merging.merge(survivor_id=survivor, absorbed_id=absorbed, choices={}, by=desk, at=NOON)
    reader = clinical.carer(survivor).actor
    assert {one.pk for one in queries.documents(survivor, viewer=reader, at=NOON) if one.waits} == {bad.pk, well.pk}
    judged(settings)
    actions.take_away_infected(bad.file_key, FOUND, by=SCANNER, at=NOON)
    assert AuditEvent.objects.get(action="document.infected").patient_id == survivor
    assert [(one.pk, one.opens) for one in queries.documents(survivor, viewer=reader, at=NOON)] == [(well.pk, True)]
    merging.unmerge(merge, by=desk, at=NOON)
    assert standing() == {bad.pk: "entered-in-error", well.pk: "current"}
    assert files.load(well.file_key) == b"Dear you"


def test_an_infected_file_that_comes_again_is_a_document_that_waits(settings: LazySettings) -> None:
    patient = people.patient()
    first = uploaded(patient)
    judged(settings)
    actions.take_away_infected(first.file_key, FOUND, by=SCANNER, at=NOON)
    second = uploaded(patient)
    reader = clinical.carer(patient).actor
    assert queries.document_content(second.pk, viewer=reader, at=NOON).document.waits
    assert standing() == {first.pk: "entered-in-error", second.pk: "current"}


def test_whoever_brought_it_is_told_until_they_have_seen_it(settings: LazySettings) -> None:
    patient = people.patient()
    author, other = messages.colleague(access.Role.DOCTOR, "author"), messages.colleague(access.Role.DOCTOR, "other")
    for one in (author, other):
        people_actions.begin_care(
            patient_id=patient, staff_id=one.id, kind="ward", source="test", by=people.machinery(), at=NOON
        )
    key = actions.upload_document(patient, letter(), content=BAD, by=author.actor, at=NOON)
    judged(settings)
    for _ in range(2):
        actions.take_away_infected(Document.objects.get().file_key, FOUND, by=SCANNER, at=NOON)
    (told,) = notices.notices(viewer=author.actor, at=NOON)
    assert (told.words, told.patient_name) == ("A virus was found in a document", "OKAFOR, Amina")
    assert told.url == f"/staff/patients/{patient}/documents/"
    assert notices.notices(viewer=other.actor, at=NOON) == []
    assert AuditEvent.objects.filter(action="notice.announced", patient_id=patient).count() == 1
    with pytest.raises(access.NotPermitted):
        notice_actions.see_notice(told.id, by=other.actor, at=NOON)
    assert notices.unread_count(viewer=author.actor) == 1
    notice_actions.see_notice(told.id, by=author.actor, at=NOON)
    notice_actions.see_notice(told.id, by=author.actor, at=NOON)
    assert notices.unread_count(viewer=author.actor) == 0
    notice = Notice.objects.get()
    assert (notice.subject, notice.settled_at, notice.settled_by) == (f"document:{key}", NOON, author.actor.name)
    assert AuditEvent.objects.filter(action="notice.settled").count() == 1


def test_imports_tell_nobody(settings: LazySettings) -> None:
    patient, doctor = people.patient(), people.staff(access.Role.DOCTOR)
    key = files.store(BAD, at=NOON)
    line = DocumentDetails(code=Code("", "", "Letter"), written_at=NOON, file_key=key, recorded_by_id=doctor.id)
    actions.import_record(patient, Record(documents=(line,)), by=people.machinery(), at=NOON)
    judged(settings)
    assert actions.take_away_infected(key, FOUND, by=SCANNER, at=NOON) == 1
    assert not Notice.objects.exists()
