"""Who acts for whom in the portal, how far, and until when."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings

from ehospital.foundation.models import AuditEvent
from ehospital.people import access, actions, proxies
from ehospital.people.access import Permission, Role
from ehospital.people.models import Proxy
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def child(born: date | None = date(2016, 3, 14)) -> UUID:
    return people.patient("Ada", born=born)


@pytest.fixture
def mother() -> UUID:
    key = people.patient("Ngozi", "Okafor")
    actions.give_account(username="ngozi", password="x", patient_id=key, by=people.machinery(), at=NOON)
    return key


@pytest.fixture
def desk() -> access.Actor:
    return people.staff(Role.RECEPTIONIST).actor


def given(patient: UUID, by: access.Actor, **more: object) -> UUID:
    said = {"username": "ngozi", "relation": "mother", "extent": "act", "evidence": "birth certificate"} | more
    return actions.give_proxy(patient, **said, by=by, at=NOON)  # type: ignore[arg-type]


def actor(proxy_id: UUID, at: datetime = NOON) -> access.Actor:
    proxy = Proxy.objects.select_related("holder", "patient").get(pk=proxy_id)
    return access.of_proxy(proxy, name="Ngozi", at=at)


@pytest.mark.parametrize(
    ("born", "age", "day"),
    [
        (date(2010, 3, 14), 16, date(2026, 3, 14)),
        (date(2008, 2, 29), 16, date(2024, 2, 29)),
        (date(2008, 2, 29), 18, date(2026, 3, 1)),
    ],
)
def test_a_birthday_comes_also_in_years_without_the_day(born: date, age: int, day: date) -> None:
    assert proxies.birthday(born, age) == day


@pytest.mark.parametrize(("extent", "acts"), [("read", False), ("act", True)])
def test_a_mother_sees_the_one_child_and_nobody_else(mother: UUID, desk: access.Actor, extent: str, acts: bool) -> None:
    ada, other = child(), child()
    who = actor(given(ada, desk, extent=extent))
    assert access.may(who, Permission.OWN_RECORD_READ, patient_id=ada)
    assert access.may(who, Permission.OWN_RECORD_ACT, patient_id=ada) is acts
    assert not access.may(who, Permission.OWN_PROXY_END, patient_id=ada)
    for key in (other, mother):
        assert not access.may(who, Permission.OWN_RECORD_READ, patient_id=key)
    assert list(access.visible_patients(who, Permission.OWN_RECORD_READ).values_list("pk", flat=True)) == [ada]
    assert who.grounds(ada)[0] == "proxy-mother"


def test_it_ends_on_the_birthday_that_the_hospital_chose(
    mother: UUID, desk: access.Actor, settings: LazySettings
) -> None:
    settings.PROXY_CHILD_AGE = 14
    key = given(child(date(2016, 3, 14)), desk)
    held = Proxy.objects.get()
    ends = held.during.upper
    assert ends.astimezone(proxies.timezone.get_default_timezone()).date() == date(2030, 3, 14)
    for moment, open_ in ((ends - timedelta(seconds=1), True), (ends, False)):
        assert access.may(actor(key, moment), Permission.OWN_RECORD_READ, patient_id=held.patient_id) is open_


def test_an_earlier_end_stands_and_a_later_one_does_not(mother: UUID, desk: access.Actor) -> None:
    soon = datetime(2026, 6, 1, tzinfo=UTC)
    given(child(), desk, until=soon)
    assert Proxy.objects.get().during.upper == soon
    late = child()
    given(late, desk, until=datetime(2060, 1, 1, tzinfo=UTC))
    assert Proxy.objects.get(patient=late).during.upper.year == 2032


@pytest.mark.parametrize(
    ("born", "more", "words"),
    [
        (date(2016, 3, 14), {"username": "nobody"}, "no portal account"),
        (date(2016, 3, 14), {"evidence": " "}, "what they have shown"),
        (date(2016, 3, 14), {"relation": "friend"}, "what they are to the patient"),
        (date(2016, 3, 14), {"extent": "all"}, "how far it goes"),
        (date(2016, 3, 14), {"until": NOON}, "the end is past"),
        (date(1957, 3, 14), {}, "16 or older"),
        (None, {}, "birth date is not known"),
    ],
)
def test_what_makes_no_proxy_says_so(mother: UUID, desk: access.Actor, born, more, words) -> None:
    with pytest.raises(actions.UnusableProxy, match=words):
        given(child(born), desk, **more)
    assert not Proxy.objects.exists()


def test_not_for_staff_not_for_oneself_not_twice(mother: UUID, desk: access.Actor) -> None:
    nurse = people.staff(Role.NURSE)
    actions.give_account(username="nurse", password="x", staff_id=nurse.id, by=people.machinery(), at=NOON)
    ada = child()
    with pytest.raises(actions.UnusableProxy, match="no portal account"):
        given(ada, desk, username="nurse")
    with pytest.raises(actions.UnusableProxy, match="own account"):
        given(mother, desk, relation="carer")
    given(ada, desk)
    with pytest.raises(actions.UnusableProxy, match="already"):
        given(ada, desk, relation="carer")
    assert Proxy.objects.count() == 1


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.RECEPTIONIST, Role.PRIVACY_OFFICER}))
def test_only_the_desk_and_the_privacy_officer_make_proxies(mother: UUID, role: Role) -> None:
    with pytest.raises(access.NotPermitted):
        given(child(), people.staff(role).actor)
    with pytest.raises(access.NotPermitted):
        given(uuid4(), people.staff(Role.RECEPTIONIST).actor)
    assert not Proxy.objects.exists()


def test_an_adult_ends_it_a_child_does_not(mother: UUID, desk: access.Actor) -> None:
    ada, grown = child(), people.patient("Emeka")
    of_child, of_adult = given(ada, desk), given(grown, desk, relation="carer")
    stranger = access.of_patient(mother, name="Ngozi", at=NOON)
    for key in (of_child, of_adult, uuid4()):
        with pytest.raises(access.NotPermitted):
            actions.end_proxy(key, by=stranger, at=NOON + DAY)
    with pytest.raises(actions.TooYoung):
        actions.end_proxy(of_child, by=access.of_patient(ada, name="Ada", at=NOON), at=NOON + DAY)
    me = access.of_patient(grown, name="Emeka", at=NOON)
    assert actions.end_proxy(of_adult, by=me, at=NOON + DAY)
    assert not actions.end_proxy(of_adult, by=me, at=NOON + DAY)
    assert not access.may(actor(of_adult, NOON + DAY), Permission.OWN_RECORD_READ, patient_id=grown)
    assert actions.end_proxy(of_child, by=desk, at=NOON + DAY)
    assert AuditEvent.objects.filter(action="proxy.ended").count() == 2
