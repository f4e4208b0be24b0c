"""The photo of a patient: one stands, those before are kept, a merge keeps the survivor's unless there is none."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from ehospital.foundation import file_states, files
from ehospital.foundation.models import AuditEvent
from ehospital.foundation.portraits import UnusablePicture
from ehospital.journeys import merging
from ehospital.people import access, actions, queries
from ehospital.people.models import PatientPhoto
from tests.factories import people
from tests.factories.files import PDF, picture
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def desk() -> access.Actor:
    return people.staff("receptionist").actor


def take(patient: UUID, by: access.Actor, colour: str = "teal", **more: object) -> UUID:
    content = picture(colour=colour)
    return actions.take_photo(patient, content, **{"consent": "given", "by": by, "at": NOON, **more})  # type: ignore[arg-type]


def test_a_photo_is_taken_shown_replaced_and_removed(patient: UUID, desk: access.Actor) -> None:
    first = take(patient, desk)
    assert queries.standing_photos([patient], viewer=desk) == {patient: first}
    second = take(patient, desk, "maroon", seen=first, at=LATER)
    assert queries.standing_photos([patient], viewer=desk) == {patient: second}
    actions.remove_photo(patient, seen=second, reason="wish", by=desk, at=LATER)
    assert queries.standing_photos([patient], viewer=desk) == {}
    kept = [(one.pk, one.ended_at, one.ended_reason) for one in queries.photos_of(patient, viewer=desk)]
    assert kept == [(second, LATER, "wish"), (first, LATER, "")]
    assert files.load(PatientPhoto.objects.get(pk=first).small_key)[:4] == b"RIFF"
    acts = AuditEvent.objects.filter(patient_id=patient, action__startswith="photo.").order_by("id")
    assert [one.action for one in acts] == ["photo.taken", "photo.taken", "photo.removed"]


def test_whoever_did_not_see_what_stands_changes_nothing(patient: UUID, desk: access.Actor) -> None:
    first = take(patient, desk)
    for seen in (None, uuid4()):
        with pytest.raises(actions.PhotoChanged):
            take(patient, desk, "maroon", seen=seen)
        with pytest.raises(actions.PhotoChanged):
            actions.remove_photo(patient, seen=seen or uuid4(), reason="x", by=desk, at=LATER)
    with pytest.raises(actions.ReasonMissing):
        actions.remove_photo(patient, seen=first, reason=" ", by=desk, at=LATER)
    with pytest.raises(UnusablePicture):
        actions.take_photo(patient, PDF, consent="given", seen=first, by=desk, at=LATER)
    assert [one.pk for one in PatientPhoto.objects.filter(ended_at=None)] == [first]
    assert PatientPhoto.objects.count() == 1


def test_only_who_corrects_details_takes_and_only_who_may_see_sees(patient: UUID, desk: access.Actor) -> None:
    key = take(patient, desk)
    for role in ("nurse", "cashier", "pharmacist", "privacy_officer"):
        stranger = people.staff(role).actor
        with pytest.raises(access.NotPermitted):
            take(patient, stranger, seen=key)
        with pytest.raises(access.NotPermitted):
            queries.photo_file(patient, key, "small", viewer=stranger)
        assert queries.standing_photos([patient], viewer=stranger) == {}
    other = people.patient("Else")
    for of, one, size in ((other, key, "small"), (patient, uuid4(), "small"), (patient, key, "huge")):
        with pytest.raises(access.NotPermitted):
            queries.photo_file(of, one, size, viewer=desk)
    assert queries.photo_file(patient, key, "large", viewer=desk)[8:12] == b"WEBP"
    assert AuditEvent.objects.filter(action="photo.read", patient_id=patient).count() == 1


def test_a_photo_in_whose_file_a_virus_is_found_stands_no_more(patient: UUID, desk: access.Actor) -> None:
    other = people.patient("Else")
    taken, well = take(patient, desk), take(other, desk, "maroon")
    key, scanner = PatientPhoto.objects.get(pk=taken).small_key, access.system("virus scanner", at=LATER)
    assert actions.end_infected(key, "Something", by=scanner, at=LATER) == 0, "no verdict stands"
    file_states.settle(key, "Something", at=LATER)
    with pytest.raises(access.NotPermitted):
        actions.end_infected(key, "Something", by=desk, at=LATER)
    assert queries.standing_photos([patient, other], viewer=desk) == {patient: taken, other: well}
    assert actions.end_infected(key, "Something", by=scanner, at=LATER) == 1
    assert actions.end_infected(key, "Something", by=scanner, at=LATER) == 0
    assert queries.standing_photos([patient, other], viewer=desk) == {other: well}
    assert PatientPhoto.objects.get(pk=taken).ended_reason == "infected: Something"
    assert AuditEvent.objects.get(action="photo.infected").patient_id == patient
    with pytest.raises(files.InfectedFile):
        queries.photo_file(patient, taken, "small", viewer=desk)


@pytest.mark.parametrize("has", [(True, True), (True, False), (False, True), (False, False)])
def test_a_merge_keeps_the_survivors_unless_there_is_none(desk: access.Actor, has: tuple[bool, bool]) -> None:
    survivor, absorbed = people.patient("Anna"), people.patient("Anne")
    before = {
        key: take(key, desk, colour)
        for key, colour, own in zip((survivor, absorbed), ("teal", "maroon"), has, strict=True)
        if own
    }
    made = merging.merge(survivor_id=survivor, absorbed_id=absorbed, choices={}, by=desk, at=LATER)
    stands = before.get(survivor) or before.get(absorbed)
    assert queries.standing_photos([survivor, absorbed], viewer=desk) == ({survivor: stands} if stands else {})
    merging.unmerge(made, by=desk, at=LATER)
    assert queries.standing_photos([survivor, absorbed], viewer=desk) == before
