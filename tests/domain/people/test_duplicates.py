"""Finding records that may be of one person, and the worklist of pairs."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from ehospital.algorithms import matching
from ehospital.foundation.models import AuditEvent
from ehospital.people import access, actions, comparing, queries
from ehospital.people.access import Role
from ehospital.people.details import AddressDetails, IdentifierDetails, NameDetails, PatientDetails, TelecomDetails
from ehospital.people.models import DuplicatePair, PatientTraits
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db

KNOWN = replace(
    people.details(number="12345678"),
    telecoms=(TelecomDetails("phone", "+44 1632 960123"), TelecomDetails("email", "Amina@example.org")),
    addresses=(AddressDetails("1 Mill Lane", "Harrowmere", postal_code="HM1 2AB"),),
)


def known() -> UUID:
    return actions.register_patient(KNOWN, by=people.machinery(), at=NOON)


def named(given: str, family: str, **more: object) -> PatientDetails:
    return PatientDetails(names=(NameDetails(given, family),), **more)  # type: ignore[arg-type]


BORN = {"birth_on": date(1957, 3, 14), "birth_precision": "day"}


@pytest.mark.parametrize(
    "typed",
    [
        named("Amina", "Okafor", **BORN),
        named("Amina", "Okafro", **BORN),
        named("Okafor", "Amina", **BORN),
        named("Aminah", "Okafor", birth_on=date(1957, 3, 15), birth_precision="day"),
        named("Amina", "Okafor", birth_on=date(1957, 3, 1), birth_precision="month"),
        named("Amina", "Okafor", birth_on=date(1957, 1, 1), birth_precision="year"),
        named("Amina", "Okafor-Lind", birth_on=date(1975, 3, 14), birth_precision="day"),
        named("Àmïna", "OKAFOR"),
        named("Xiu", "Zhang", identifiers=(IdentifierDetails("urn:test:national", "12345678", "NI"),)),
        named("A", "Lind", telecoms=(TelecomDetails("phone", "01632 960123"),), **BORN),
    ],
)
def test_somebody_known_is_found(typed: PatientDetails) -> None:
    key, desk = known(), people.staff(Role.RECEPTIONIST)
    people.patient("Hamid", "Karimi")
    found = queries.likely_same(typed, viewer=desk.actor, at=NOON)
    assert [one.found.id for one in found] == [key]
    assert AuditEvent.objects.filter(action="patient.searched", patient_id=key).count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        named("Ngozi", "Eze", birth_on=date(1957, 3, 14), birth_precision="day"),
        named("Amina", "Okafor", birth_on=date(1990, 8, 2), birth_precision="day"),
        replace(KNOWN, names=(NameDetails("Ngozi", "Okafor"),), birth_on=date(1985, 8, 2), identifiers=()),
    ],
)
def test_strangers_namesakes_and_daughters_are_not_shown(typed: PatientDetails) -> None:
    known()
    assert queries.likely_same(typed, viewer=people.machinery(), at=NOON) == []


def test_a_transposed_birth_date_shares_a_key_whatever_the_names() -> None:
    one = comparing.person(named("Xiu", "Zhang", birth_on=date(1957, 3, 4), birth_precision="day"))
    other = comparing.person(named("Amina", "Okafor", birth_on=date(1957, 4, 3), birth_precision="day"))
    assert set(comparing.keys(one)) & set(comparing.keys(other)) == {"b:19570304"}


def test_the_first_of_january_is_no_key_alone() -> None:
    one = comparing.person(named("Xiu", "Zhang", birth_on=date(1957, 1, 1), birth_precision="day"))
    assert not [key for key in comparing.keys(one) if key.startswith("b:")]


def test_traits_are_kept_as_they_are_compared() -> None:
    key = known()
    traits = PatientTraits.objects.get(patient_id=key)
    assert comparing.from_json(traits.told) == comparing.person(KNOWN)
    assert traits.keys == comparing.keys(comparing.person(KNOWN))


def test_a_correction_is_found_by_its_new_words_and_compared_again() -> None:
    key, by = known(), people.machinery()
    assert actions.find_duplicates(by=by, at=NOON) == 1
    assert actions.find_duplicates(by=by, at=NOON) == 0
    actions.revise_patient(key, named("Zoë", "Müller"), seen_version=1, by=by, at=NOON)
    assert [one.found.id for one in queries.likely_same(named("Zoe", "Muller"), viewer=by, at=NOON)] == [key]
    assert queries.likely_same(KNOWN, viewer=by, at=NOON) == []
    assert actions.find_duplicates(by=by, at=NOON) == 1


def pair() -> tuple[UUID, UUID]:
    first, second = known(), people.patient("Amina", "Okafro")
    actions.find_duplicates(by=people.machinery(), at=NOON)
    return first, second


def test_the_job_puts_a_likely_pair_on_the_worklist_once() -> None:
    first, second = pair()
    people.patient("Hamid", "Karimi")
    actions.find_duplicates(by=people.machinery(), at=NOON + timedelta(hours=1))
    desk = people.staff(Role.RECEPTIONIST)
    (line,) = queries.duplicate_pairs(viewer=desk.actor, at=NOON)
    assert ({line.first.id, line.second.id}, line.state, line.found_at) == ({first, second}, "open", NOON)
    assert line.probability >= matching.LIKELY
    assert line.reasons[0] == "birth-day:same"
    assert DuplicatePair.objects.get().version == matching.VERSION
    listed = AuditEvent.objects.filter(action="duplicates.listed", actor_id=str(desk.id))
    assert set(listed.values_list("patient_id", flat=True)) == {first, second}


def test_two_people_leave_the_worklist_and_do_not_come_back() -> None:
    pair()
    desk = people.staff(Role.RECEPTIONIST)
    held = DuplicatePair.objects.get()
    actions.tell_apart(held.id, seen_version=1, by=desk.actor, at=NOON)
    PatientTraits.objects.update(compared=False)
    actions.find_duplicates(by=people.machinery(), at=NOON + timedelta(days=1))
    assert queries.duplicate_pairs(viewer=desk.actor, at=NOON) == []
    assert (DuplicatePair.objects.get().state, DuplicatePair.objects.get().decided_by_id) == ("different", desk.id)
    assert AuditEvent.objects.filter(action="duplicate.told_apart").count() == 2


def test_a_second_decision_about_a_pair_is_refused_and_nothing_changes() -> None:
    pair()
    desk = people.staff(Role.RECEPTIONIST)
    held = DuplicatePair.objects.get()
    actions.tell_apart(held.id, seen_version=1, by=desk.actor, at=NOON)
    before = AuditEvent.objects.count()
    with pytest.raises(actions.PairDecided):
        actions.tell_apart(held.id, seen_version=1, by=desk.actor, at=NOON + timedelta(hours=1))
    assert DuplicatePair.objects.get().decided_at == NOON
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("role", [Role.NURSE, Role.DOCTOR, Role.CASHIER, Role.PRIVACY_OFFICER])
def test_others_neither_see_nor_decide_pairs(role: Role) -> None:
    pair()
    actor, held = people.staff(role).actor, DuplicatePair.objects.get()
    with pytest.raises(access.NotPermitted):
        queries.duplicate_pairs(viewer=actor, at=NOON)
    with pytest.raises(access.NotPermitted):
        actions.tell_apart(held.id, seen_version=1, by=actor, at=NOON)
    assert DuplicatePair.objects.get().state == "open"


def test_a_cashier_may_search_but_an_administrator_may_not_check() -> None:
    with pytest.raises(access.NotPermitted):
        queries.likely_same(KNOWN, viewer=people.staff(Role.ADMINISTRATOR).actor, at=NOON)
