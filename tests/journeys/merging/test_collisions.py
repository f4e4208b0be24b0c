"""Where both records have what a person has once."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from ehospital.clinical import actions as clinical_actions
from ehospital.clinical.models import SafetyFlag
from ehospital.journeys import merging
from ehospital.people import actions
from ehospital.people.access import Role
from ehospital.people.models import (
    Account,
    LookMessage,
    LookNotice,
    Proxy,
    Restriction,
)
from tests.factories import people, snapshots
from tests.journeys.merging.records import everything, merge, refused

pytestmark = pytest.mark.django_db


def test_what_both_have_once_stands_once_and_nothing_opens_that_was_kept(both, desk, now) -> None:
    officer, doctor = people.staff(Role.PRIVACY_OFFICER, at=now), people.staff(Role.DOCTOR, at=now, family="Away")
    holder = Account.objects.create(username="chidi").pk
    for key, level, extent in zip(both, ("restricted", "sealed"), ("read", "act"), strict=True):
        clinical_actions.raise_flag(key, SafetyFlag.Kind.FALLS, by=people.machinery(now), at=now)
        actions.break_glass(key, kind="emergency", reason="Found without anybody", by=doctor.actor, at=now)
        actions.restrict_record(key, level=level, kind="hiv", by=officer.actor, at=now)
        Proxy.objects.create(
            patient_id=key, holder_id=holder, relation="relative", extent=extent, evidence="Shown at the desk",
            during=DateTimeTZRange(now, None),
        )  # fmt: skip
        LookNotice.objects.create(patient_id=key, email="amina@example.org", since=now, scanned_to=0)
        LookMessage.objects.create(patient_id=key, looker_id="1", on=now.date())
    before = everything()
    merge_id = merge(both, desk, now)
    assert [one.level for one in Restriction.objects.filter(patient=both[0])] == ["sealed"]
    assert [one.ended_at for one in SafetyFlag.objects.filter(patient=both[0]).order_by("id")] == [None, now]
    assert {one.extent for one in Proxy.objects.filter(patient=both[0])} == {"read"}
    merging.unmerge(merge_id, by=desk.actor, at=now)
    assert snapshots.differences(before, everything()) == {}


def test_a_restriction_of_the_absorbed_record_reaches_as_far_as_before(both, desk, now) -> None:
    officer = people.staff(Role.PRIVACY_OFFICER, at=now - timedelta(days=9))
    begun, ended = now - timedelta(days=3), now + timedelta(days=1)
    first = actions.restrict_record(both[0], level="restricted", kind="wish", by=officer.actor, at=begun)
    Restriction.objects.filter(pk=first).update(level="sealed", during=DateTimeTZRange(begun, ended))
    actions.restrict_record(both[1], level="restricted", kind="wish", by=officer.actor, at=now - timedelta(days=2))
    merge(both, desk, now)
    kept = Restriction.objects.get(patient=both[0])
    assert (kept.level, kept.during.lower, kept.during.upper) == ("sealed", begun, None)


def test_records_of_two_members_of_staff_are_two_people(both, desk, now) -> None:
    officer = people.staff(Role.PRIVACY_OFFICER, at=now)
    for key in both:
        actions.link_staff(staff_id=people.staff(Role.NURSE, at=now).id, patient_id=key, by=officer.actor, at=now)
    refused("staff", both, desk, now)


def test_two_unfinished_notes_of_one_author_are_refused_in_words(both, desk, now) -> None:
    doctor = people.staff(Role.DOCTOR, at=now)
    for key in both:
        machinery = people.machinery(now)
        actions.begin_care(patient_id=key, kind="named", source="test", staff_id=doctor.id, by=machinery, at=now)
        clinical_actions.start_note(key, "admission", by=doctor.actor, at=now)
    refused("drafts", both, desk, now)
