"""Restricted and sealed records, and staff as patients."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from ehospital.foundation.models import AuditEvent
from ehospital.people import access, actions
from ehospital.people.access import Permission, Role
from ehospital.people.models import BrokenGlass, CareRelationship, Restriction, StaffAsPatient
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def officer() -> access.Actor:
    return people.staff(Role.PRIVACY_OFFICER, family="Lind").actor


@pytest.fixture
def clinic() -> UUID:
    return actions.add_unit(name="Clinic 1", by=people.machinery(), at=NOON)


@pytest.fixture
def patient(clinic: UUID) -> UUID:
    key = people.patient()
    actions.begin_care(
        patient_id=key, unit_id=clinic, kind=CareRelationship.Kind.CLINIC, source="test:clinic",
        by=people.machinery(), at=NOON,
    )  # fmt: skip
    return key


def may(who: people.Staff, patient: UUID, minutes: int = 1) -> bool:
    return access.may(access.later(who.actor, NOON + minutes * MINUTE), Permission.CHART_READ, patient_id=patient)


def test_a_restriction_keeps_the_clinic_out_and_leaves_those_it_names(officer, clinic, patient) -> None:
    doctor, named = people.staff(Role.DOCTOR, unit_id=clinic), people.staff(Role.DOCTOR)
    assert (may(doctor, patient), may(named, patient)) == (True, False)
    key = actions.restrict_record(
        patient, level="restricted", kind="mental-health", named=[named.id], by=officer, at=NOON
    )
    assert (may(doctor, patient), may(named, patient)) == (False, True)
    actions.lift_restriction(key, by=officer, at=NOON + 5 * MINUTE)
    actions.lift_restriction(key, by=officer, at=NOON + 6 * MINUTE)
    assert (may(doctor, patient, 7), may(named, patient, 7)) == (True, False)
    assert AuditEvent.objects.filter(action="record.restriction_ended").count() == 1


def test_the_ward_where_the_patient_lies_answers_the_alarms_also_of_what_is_sealed(officer, patient) -> None:
    ward = actions.add_unit(name="Ward 4", by=people.machinery(), at=NOON)
    nurse, named = people.staff(Role.NURSE, unit_id=ward), people.staff(Role.DOCTOR)
    actions.begin_care(
        patient_id=patient, unit_id=ward, kind=CareRelationship.Kind.WARD, source="test:ward", by=people.machinery(),
        at=NOON,
    )  # fmt: skip
    actions.restrict_record(patient, level="restricted", kind="public", by=officer, at=NOON)
    assert may(nurse, patient)
    actions.restrict_record(patient, level="sealed", kind="violence", named=[named.id], by=officer, at=NOON)
    assert (may(nurse, patient), may(named, patient)) == (True, True)
    actions.end_care(source="test:ward", by=people.machinery(), at=NOON + MINUTE)
    assert not may(nurse, patient, 2)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"level": "secret"}, "choose how far"),
        ({"kind": "curious"}, "choose how far"),
        ({"level": "sealed"}, "name a clinician first"),
    ],
)
def test_what_cannot_be_done_says_so_and_changes_nothing(officer, patient, more, words) -> None:
    with pytest.raises(actions.UnusableRestriction, match=words):
        actions.restrict_record(patient, **({"level": "restricted", "kind": "wish"} | more), by=officer, at=NOON)
    assert not Restriction.objects.exists()


def test_nobody_names_themselves_and_nobody_but_the_officer_restricts(patient) -> None:
    both = people.staff(Role.PRIVACY_OFFICER)
    actions.give_role(staff_id=both.id, role=Role.DOCTOR, by=people.machinery(), at=NOON)
    actor = access.of_staff(both.id, name="Tove", at=NOON)
    with pytest.raises(actions.UnusableRestriction, match="nobody lets themselves"):
        actions.restrict_record(patient, level="sealed", kind="wish", named=[both.id], by=actor, at=NOON)
    for role in set(Role) - {Role.PRIVACY_OFFICER}:
        with pytest.raises(access.NotPermitted):
            actions.restrict_record(patient, level="restricted", kind="wish", by=people.staff(role).actor, at=NOON)
    with pytest.raises(access.NotPermitted):
        actions.restrict_record(uuid4(), level="restricted", kind="wish", by=actor, at=NOON)
    assert not Restriction.objects.exists()


def test_a_reason_twice_is_refused(officer, patient) -> None:
    actions.restrict_record(patient, level="restricted", kind="wish", by=officer, at=NOON)
    with pytest.raises(actions.UnusableRestriction, match="for that reason already"):
        actions.restrict_record(patient, level="restricted", kind="wish", by=officer, at=NOON)
    assert Restriction.objects.count() == 1


def test_a_member_of_staff_is_a_patient_whom_colleagues_do_not_see(officer, clinic, patient) -> None:
    colleague, self = people.staff(Role.DOCTOR, unit_id=clinic), people.staff(Role.NURSE, unit_id=clinic)
    actions.link_staff(staff_id=self.id, patient_id=patient, by=officer, at=NOON)
    assert (may(colleague, patient), may(self, patient)) == (False, False)
    with pytest.raises(actions.OwnRecord):
        actions.break_glass(patient, kind="other", reason="I want to see my results.", by=self.actor, at=NOON)
    assert not BrokenGlass.objects.exists()
    with pytest.raises(actions.UnusableRestriction, match="linked already"):
        actions.link_staff(staff_id=self.id, patient_id=people.patient("Hamid"), by=officer, at=NOON)
    assert actions.unlink_staff(patient, by=officer, at=NOON)
    assert not actions.unlink_staff(patient, by=officer, at=NOON)
    assert may(colleague, patient)
    assert not StaffAsPatient.objects.exists()


def test_a_sealed_record_takes_two(officer, patient) -> None:
    named, doctor, second = (people.staff(Role.DOCTOR) for _ in range(3))
    actions.restrict_record(patient, level="sealed", kind="violence", named=[named.id], by=officer, at=NOON)
    key = actions.break_glass(patient, kind="emergency", reason="Found unconscious.", by=doctor.actor, at=NOON)
    assert not may(doctor, patient)
    glass = BrokenGlass.objects.get()
    wrong = "000000" if glass.code != "000000" else "000001"
    for code, who in ((glass.code, doctor), (wrong, second), ("", second)):
        with pytest.raises(actions.NoSuchCode):
            actions.agree_glass(code, by=who.actor, at=NOON)
    with pytest.raises(access.NotPermitted):
        actions.agree_glass(glass.code, by=officer, at=NOON)
    assert not may(doctor, patient)
    assert actions.agree_glass(glass.code, by=second.actor, at=NOON + 10 * MINUTE) == key
    assert (may(doctor, patient, 11), may(doctor, patient, 69), may(doctor, patient, 70)) == (True, True, False)
    assert not may(second, patient, 11)
    with pytest.raises(actions.NoSuchCode):
        actions.agree_glass(glass.code, by=people.staff(Role.NURSE).actor, at=NOON + 11 * MINUTE)


def test_nobody_agrees_after_the_hour(officer, patient) -> None:
    named, doctor = people.staff(Role.DOCTOR), people.staff(Role.DOCTOR)
    actions.restrict_record(patient, level="sealed", kind="wish", named=[named.id], by=officer, at=NOON)
    actions.break_glass(patient, kind="emergency", reason="Found unconscious.", by=doctor.actor, at=NOON)
    with pytest.raises(actions.NoSuchCode):
        actions.agree_glass(BrokenGlass.objects.get().code, by=named.actor, at=NOON + 60 * MINUTE)
