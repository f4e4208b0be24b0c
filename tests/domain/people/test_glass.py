"""Broken glass: one clinician, one patient, one hour, one reason, one review."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.people import access, actions, queries
from ehospital.people.access import Permission, Role
from ehospital.people.models import BrokenGlass, CareRelationship
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db

REASON = "Found unconscious at the lift."
MINUTE = timedelta(minutes=1)


def broken(by: access.Actor, patient: UUID, **more: str) -> UUID:
    return actions.break_glass(patient, **({"kind": "emergency", "reason": REASON} | more), by=by, at=NOON)


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.NURSE, Role.PHARMACIST])
def test_a_clinician_opens_one_chart_for_an_hour(role: Role) -> None:
    patient, other, member = people.patient(), people.patient("Hamid", "Karimi"), people.staff(role)
    assert not access.may(member.actor, Permission.CHART_READ, patient_id=patient)
    key = broken(member.actor, patient)
    found = BrokenGlass.objects.get()
    assert (found.id, found.opened_at, found.ends_at) == (key, NOON, NOON + 60 * MINUTE)
    for minutes, open_ in ((0, True), (59, True), (60, False)):
        actor = access.later(member.actor, NOON + minutes * MINUTE)
        assert access.may(actor, Permission.CHART_READ, patient_id=patient) is open_
        assert (
            list(access.visible_patients(actor, Permission.CHART_READ).values_list("pk", flat=True))
            == [patient] * open_
        )
    assert not access.may(member.actor, Permission.CHART_READ, patient_id=other)
    event = AuditEvent.objects.get(action="glass.broken")
    assert (event.patient_id, event.actor_id, event.subject) == (patient, str(member.id), f"glass:{key}")
    assert OutboxMessage.objects.filter(subject="event.people.GlassWasBroken").count() == 1


def test_it_lets_nobody_place_or_rename_the_patient() -> None:
    patient, doctor = people.patient(), people.staff(Role.DOCTOR)
    broken(doctor.actor, patient)
    may = {one for one in Permission if access.may(access.later(doctor.actor, NOON), one, patient_id=patient)}
    assert {Permission.CHART_READ, Permission.CHART_WRITE, Permission.OBSERVATION_RECORD} <= may
    assert not may & {Permission.PATIENT_PLACE, Permission.PATIENT_EDIT, Permission.WARD_READ}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.DOCTOR, Role.NURSE, Role.PHARMACIST}))
def test_nobody_but_clinicians_breaks_glass(role: Role) -> None:
    patient, member = people.patient(), people.staff(role)
    before = AuditEvent.objects.count()
    with pytest.raises(access.NotPermitted):
        broken(member.actor, patient)
    assert (BrokenGlass.objects.count(), AuditEvent.objects.count()) == (0, before)


def test_a_patient_who_does_not_exist_answers_like_any_refusal() -> None:
    doctor, cashier, patient = people.staff(Role.DOCTOR), people.staff(Role.CASHIER), people.patient()
    with pytest.raises(access.NotPermitted) as unknown:
        broken(doctor.actor, uuid4())
    with pytest.raises(access.NotPermitted) as refused:
        broken(cashier.actor, patient)
    assert str(unknown.value) == str(refused.value)


@pytest.mark.parametrize(
    ("kind", "reason"), [("emergency", "too short"), ("emergency", "   a    b   "), ("", REASON), ("curious", REASON)]
)
def test_a_reason_says_something(kind: str, reason: str) -> None:
    patient, doctor = people.patient(), people.staff(Role.DOCTOR)
    with pytest.raises(actions.UnusableReason):
        broken(doctor.actor, patient, kind=kind, reason=reason)
    assert not BrokenGlass.objects.exists()


def test_ten_characters_are_enough() -> None:
    broken(people.staff(Role.DOCTOR).actor, people.patient(), reason=" 0123456789 ")
    assert BrokenGlass.objects.get().reason == "0123456789"


def test_opening_twice_is_opening_once_and_care_needs_no_reason() -> None:
    patient, doctor = people.patient(), people.staff(Role.DOCTOR)
    assert broken(doctor.actor, patient) == broken(doctor.actor, patient)
    assert BrokenGlass.objects.count() == 1
    nurse = people.staff(Role.NURSE)
    actions.begin_care(
        patient_id=patient, staff_id=nurse.id, kind=CareRelationship.Kind.NAMED, source="test:1",
        by=people.machinery(), at=NOON,
    )  # fmt: skip
    with pytest.raises(actions.GlassNotNeeded):
        broken(nurse.actor, patient)
    assert BrokenGlass.objects.count() == 1


def test_closing_early_closes_at_once_and_only_ones_own() -> None:
    patient, doctor, other = people.patient(), people.staff(Role.DOCTOR), people.staff(Role.DOCTOR)
    key = broken(doctor.actor, patient)
    with pytest.raises(access.NotPermitted):
        actions.close_glass(key, by=other.actor, at=NOON + MINUTE)
    assert access.may(access.later(doctor.actor, NOON + MINUTE), Permission.CHART_READ, patient_id=patient)
    assert actions.close_glass(key, by=doctor.actor, at=NOON + MINUTE)
    assert not access.may(access.later(doctor.actor, NOON + MINUTE), Permission.CHART_READ, patient_id=patient)
    assert not actions.close_glass(key, by=doctor.actor, at=NOON + 2 * MINUTE)
    assert BrokenGlass.objects.get().ends_at == NOON + MINUTE


def test_closed_in_the_moment_of_opening() -> None:
    patient, doctor = people.patient(), people.staff(Role.DOCTOR)
    assert actions.close_glass(broken(doctor.actor, patient), by=doctor.actor, at=NOON)
    assert BrokenGlass.objects.get().ends_at == NOON
    assert not access.may(access.later(doctor.actor, NOON), Permission.CHART_READ, patient_id=patient)


def test_every_audit_row_under_it_carries_it() -> None:
    patient, doctor = people.patient(), people.staff(Role.DOCTOR)
    key = broken(doctor.actor, patient)
    actor = access.later(doctor.actor, NOON + MINUTE)
    from ehospital.clinical import queries as clinical

    clinical.open_chart(patient, viewer=actor, at=actor.at)
    event = AuditEvent.objects.get(action="chart.read")
    assert (event.purpose, event.details["glass"]) == ("glass-emergency", str(key))
    opened = queries.glass_opened(key, viewer=people.staff(Role.PRIVACY_OFFICER).actor, at=NOON)
    assert [one.action for one in opened.looks] == ["glass.broken", "chart.read"]


def review(key: UUID, by: access.Actor, verdict: str = "justified", note: str = "Seen with the ward.") -> None:
    actions.review_glass(key, verdict=verdict, note=note, by=by, at=NOON + MINUTE)


def test_a_privacy_officer_judges_it_once() -> None:
    patient, doctor = people.patient(), people.staff(Role.DOCTOR)
    officer, second = people.staff(Role.PRIVACY_OFFICER, family="Lind"), people.staff(Role.PRIVACY_OFFICER)
    key = broken(doctor.actor, patient)
    with pytest.raises(actions.NoteNeeded):
        review(key, officer.actor, note="  ")
    with pytest.raises(actions.NoteNeeded):
        review(key, officer.actor, verdict="perhaps")
    with pytest.raises(access.NotPermitted):
        review(key, doctor.actor)
    assert BrokenGlass.objects.get().verdict == ""
    review(key, officer.actor)
    with pytest.raises(actions.AlreadyReviewed, match=r"^Tove Lind has reviewed it$"):
        review(key, second.actor, verdict="not-justified")
    found = BrokenGlass.objects.get()
    assert (found.verdict, found.reviewed_by_id, found.review_note) == ("justified", officer.id, "Seen with the ward.")
    assert access.may(access.later(doctor.actor, NOON + 2 * MINUTE), Permission.CHART_READ, patient_id=patient)


def test_what_is_not_justified_ends_at_once() -> None:
    patient, doctor = people.patient(), people.staff(Role.DOCTOR)
    review(broken(doctor.actor, patient), people.staff(Role.PRIVACY_OFFICER).actor, verdict="not-justified")
    assert not access.may(access.later(doctor.actor, NOON + MINUTE), Permission.CHART_READ, patient_id=patient)


def test_nobody_reviews_their_own() -> None:
    patient, both = people.patient(), people.staff(Role.DOCTOR)
    actions.give_role(staff_id=both.id, role=Role.PRIVACY_OFFICER, by=people.machinery(), at=NOON)
    actor = access.of_staff(both.id, name="Tove Berg", at=NOON)
    key = broken(actor, patient)
    with pytest.raises(actions.OwnGlass):
        review(key, actor)
    with pytest.raises(IntegrityError, match="glass_not_reviewed_by_oneself"), transaction.atomic():
        BrokenGlass.objects.filter(pk=key).update(
            verdict="justified", review_note="x", reviewed_by=both.id, reviewed_at=NOON
        )


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"reason": "short"}, "glass_reason_says_something"),
        ({"during": DateTimeTZRange(NOON, NOON + 61 * MINUTE)}, "glass_open_for_an_hour_at_most"),
        ({"during": DateTimeTZRange(NOON, None)}, "glass_open_for_an_hour_at_most"),
        ({"verdict": "justified"}, "glass_review_whole"),
    ],
)
def test_the_database_holds_the_rules(change: dict[str, object], constraint: str) -> None:
    key = broken(people.staff(Role.DOCTOR).actor, people.patient())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        BrokenGlass.objects.filter(pk=key).update(**change)


def test_whoever_hears_of_it_has_a_job_in_the_same_transaction() -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    key = broken(people.staff(Role.DOCTOR).actor, people.patient())
    job = ProcrastinateJob.objects.get(task_name="ehospital.messaging.tasks.glass_was_broken")
    assert job.args["glass_id"] == str(key)
