"""Registering, finding and correcting patients."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import LazySettings

from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.kernel.identifiers import luhn_valid
from ehospital.people import access, actions, births, naming, queries
from ehospital.people.access import Role
from ehospital.people.details import NameDetails
from ehospital.people.models import Patient, PatientIdentifier, PatientName
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db


def test_a_registered_patient_has_a_number_with_a_check_digit() -> None:
    key = people.patient()
    number = PatientIdentifier.objects.get(patient_id=key, system=naming.HOSPITAL_NUMBER).value
    assert luhn_valid(number)
    patient = Patient.objects.get(pk=key)
    assert (patient.name_text, patient.version, patient.age_on(date(2026, 3, 13))) == ("OKAFOR, Amina", 1, 68)
    assert AuditEvent.objects.get(action="patient.registered").patient_id == key
    assert OutboxMessage.objects.get().subject == "event.people.PatientWasRegistered"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"names": ()}, "needs at least one name"),
        ({"birth_on": date(2026, 3, 3)}, "lies in the future"),
        ({"birth_on": date(1876, 3, 1)}, "^the birth date 1876-03-01 lies more than 150 years back$"),
        ({"birth_on": date(1, 1, 1)}, "lies more than 150 years back"),
    ],
)
def test_unusable_details_are_refused_and_nothing_is_written(changes, words) -> None:
    with pytest.raises(actions.UnusableDetails, match=words):
        actions.register_patient(replace(people.details(), **changes), by=people.machinery(), at=NOON)
    assert Patient.objects.count() == AuditEvent.objects.count() == OutboxMessage.objects.count() == 0


def test_the_oldest_who_may_be_registered_was_born_150_years_ago_today() -> None:
    people.patient(born=date(1876, 3, 2))
    assert Patient.objects.get().age_at(NOON) == 150
    assert births.earliest(today=date(2024, 2, 29)) == date(1874, 2, 28)


def test_a_birth_too_long_ago_is_refused_in_a_correction_too_and_nothing_changes() -> None:
    key = people.patient()
    with pytest.raises(actions.UnusableDetails, match="lies more than 150 years back"):
        actions.revise_patient(
            key, people.details(born=date(1870, 1, 1)), seen_version=1, by=people.machinery(), at=NOON
        )
    assert (Patient.objects.get().birth_on, Patient.objects.get().version) == (date(1957, 3, 14), 1)


def test_a_newborn_of_the_night_is_registered_east_of_greenwich(settings: LazySettings) -> None:
    """At half past one in Oslo it is still yesterday in Greenwich."""
    settings.TIME_ZONE = "Europe/Oslo"
    night = datetime(2026, 6, 2, 23, 30, tzinfo=UTC)
    key = people.patient(born=date(2026, 6, 3), at=night)
    assert Patient.objects.get(pk=key).age_at(night) == 0
    with pytest.raises(actions.UnusableDetails, match="lies in the future"):
        people.patient(born=date(2026, 6, 4), at=night)


def test_who_died_in_the_night_of_a_birthday_was_a_year_older(settings: LazySettings) -> None:
    settings.TIME_ZONE = "Europe/Oslo"
    patient = Patient(birth_on=date(1950, 6, 3), deceased=True, deceased_at=datetime(2026, 6, 2, 23, 30, tzinfo=UTC))
    assert patient.age_on(date(2026, 7, 1)) == 76


def test_a_number_of_somebody_else_is_refused_and_nothing_is_written() -> None:
    people.patient(number="12345")
    before = AuditEvent.objects.count()
    with pytest.raises(actions.IdentifierTaken, match="look for a duplicate"):
        people.patient("Other", "Person", number="12345")
    assert Patient.objects.count() == 1
    assert AuditEvent.objects.count() == before


def test_a_cashier_registers_nobody() -> None:
    cashier = people.staff(Role.CASHIER)
    with pytest.raises(access.NotPermitted):
        actions.register_patient(people.details(), by=cashier.actor, at=NOON)
    assert Patient.objects.count() == 0


def test_a_correction_replaces_keeps_the_number_and_names_the_fields() -> None:
    key = people.patient()
    number = queries.hospital_number(_loaded(key))
    changed = replace(people.details(), names=(NameDetails(given="Amina", family="Okafor-Lind"),), sex="other")
    version = actions.revise_patient(key, changed, seen_version=1, by=people.machinery(), at=NOON + timedelta(hours=1))
    assert version == 2
    assert PatientName.objects.get(patient_id=key).family == "Okafor-Lind"
    assert queries.hospital_number(_loaded(key)) == number
    assert AuditEvent.objects.get(action="patient.updated").details == {"fields": ["name_text", "sex"]}


def test_an_edit_of_an_old_version_is_refused_and_nothing_changes() -> None:
    key = people.patient()
    actions.revise_patient(key, people.details("Amina B"), seen_version=1, by=people.machinery(), at=NOON)
    with pytest.raises(actions.PatientChanged, match="version 1 was edited, but the record is at 2"):
        actions.revise_patient(key, people.details("Lost"), seen_version=1, by=people.machinery(), at=NOON)
    assert PatientName.objects.get(patient_id=key).given == "Amina B"


def _loaded(key):
    return queries.patient(key, viewer=people.machinery(), permission=access.Permission.CHART_READ)


@pytest.fixture
def searcher():
    for given, family in [("Amina", "Okafor"), ("Zoë", "Müller"), ("Søren", "Ødegård"), ("Mohammed", "Al-Hassan")]:
        people.patient(given, family)
    people.patient("Rosa", "Alvarez", born=date(2001, 5, 17))
    return people.staff(Role.RECEPTIONIST)


@pytest.mark.parametrize(
    ("typed", "family"),
    [
        ("okafor", "OKAFOR"), ("OKAFOR amina", "OKAFOR"), ("amina oka", "OKAFOR"), ("muller", "MÜLLER"),
        ("odegard soren", "ØDEGÅRD"), ("mohamed alhassan", "AL-HASSAN"), ("okafro", "OKAFOR"),
        ("2001-05-17", "ALVAREZ"), ("17.05.2001", "ALVAREZ"), ("17-May-2001", "ALVAREZ"), ("17/5/2001", "ALVAREZ"),
    ],
)  # fmt: skip
def test_search_finds_by_name_folded_or_misspelt_and_by_birth_date(searcher, typed, family) -> None:
    found = queries.find_patients(typed, viewer=searcher.actor, at=NOON)
    assert found[0].name_text.startswith(family)


def test_search_finds_by_number_and_audits_every_patient_shown(searcher) -> None:
    number = PatientIdentifier.objects.filter(patient__name_text="OKAFOR, Amina").get().value
    (found,) = queries.find_patients(f"{number[:3]} {number[3:]}", viewer=searcher.actor, at=NOON)
    assert (found.name_text, found.number, found.openable) == ("OKAFOR, Amina", number, False)
    assert AuditEvent.objects.filter(action="patient.searched", patient_id=found.id).count() == 1


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "%%%", "\x00", "'; DROP TABLE x", "x" * 5000, "31.02.2001"])
def test_strange_searches_are_harmless(searcher, typed) -> None:
    assert queries.find_patients(typed, viewer=searcher.actor, at=datetime(2026, 3, 2, tzinfo=UTC)) == []


def test_whoever_may_not_search_is_refused(searcher) -> None:
    administrator = people.staff(Role.ADMINISTRATOR, family="Lind")
    with pytest.raises(access.NotPermitted):
        queries.find_patients("okafor", viewer=administrator.actor, at=NOON)


def test_a_like_person_is_shown_before_registering_twice(searcher) -> None:
    found = queries.likely_same(people.details("Amina", "Okafro"), viewer=searcher.actor, at=NOON)
    assert [(one.found.name_text, str(one.match.verdict)) for one in found] == [("OKAFOR, Amina", "likely")]
    born_otherwise = people.details("Amina", "Okafor", born=date(1990, 1, 1))
    assert queries.likely_same(born_otherwise, viewer=searcher.actor, at=NOON) == []


def test_a_patient_sees_who_looked_and_nobody_elses_trail() -> None:
    me, other = people.patient(), people.patient("Hamid", "Karimi")
    actor = access.of_patient(me, name="Amina", at=NOON)
    lines = queries.who_looked(me, viewer=actor, at=NOON)
    assert [(line.action, line.name, line.myself) for line in lines] == [("patient.registered", "tests", False)]
    with pytest.raises(access.NotPermitted):
        queries.who_looked(other, viewer=actor, at=NOON)
    assert queries.who_looked(me, viewer=actor, at=NOON)[0].action == "trail.read"


def test_only_the_privacy_officer_reads_the_trail() -> None:
    key = people.patient()
    officer, doctor = people.staff(Role.PRIVACY_OFFICER), people.staff(Role.DOCTOR)
    assert [one.action for one in queries.audit_trail(viewer=officer.actor, patient_id=key)] == ["patient.registered"]
    with pytest.raises(access.NotPermitted):
        queries.audit_trail(viewer=doctor.actor, patient_id=key)
