"""Who leaves the hospital: nothing of theirs opens any more, and it is on record."""

from datetime import timedelta

import pytest

from ehospital.foundation.models import AuditEvent
from ehospital.people import access, actions
from ehospital.people.models import Account, StaffMember, StaffRole, UnitMembership
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = NOON + 3 * DAY


@pytest.fixture
def member() -> people.Staff:
    unit = actions.add_unit(name="Ward", by=people.machinery(), at=NOON)
    return people.staff("doctor", unit_id=unit, account=True)


def left(who: people.Staff) -> tuple[object, ...]:
    member, account = StaffMember.objects.get(pk=who.id), Account.objects.get(staff_id=who.id)
    ends = [model.objects.get(staff_id=who.id).during.upper for model in (StaffRole, UnitMembership)]
    return member.active, account.is_active, *ends


@pytest.mark.parametrize("ended_at", [None, NOON + DAY])
def test_roles_units_account_and_sessions_end(member: people.Staff, ended_at) -> None:
    account = Account.objects.get(staff_id=member.id)
    account.set_password("a long and odd password 7")
    account.save()
    session = account.get_session_auth_hash()
    by = people.machinery(LATER)
    assert actions.end_employment(staff_id=member.id, ended_at=ended_at, by=by, at=LATER)
    assert left(member) == (False, False, ended_at or LATER, ended_at or LATER)
    account.refresh_from_db()
    assert account.get_session_auth_hash() != session, "whatever session there was fits no more"
    assert not account.has_usable_password()
    event = AuditEvent.objects.get(action="staff.left")
    assert event.details == {"ended_at": (ended_at or LATER).isoformat()}
    assert not actions.end_employment(staff_id=member.id, by=by, at=LATER), "repeating changes nothing"
    assert AuditEvent.objects.filter(action="staff.left").count() == 1


@pytest.mark.parametrize("ended_at", [LATER + timedelta(seconds=1), NOON - timedelta(seconds=1)])
def test_nobody_leaves_ahead_of_time_or_before_they_came(member: people.Staff, ended_at) -> None:
    before = AuditEvent.objects.count()
    with pytest.raises(actions.UnusableEnd):
        actions.end_employment(staff_id=member.id, ended_at=ended_at, by=people.machinery(LATER), at=LATER)
    assert left(member) == (True, True, None, None)
    assert AuditEvent.objects.count() == before


def test_who_may_not_manage_accounts_lets_nobody_leave(member: people.Staff) -> None:
    with pytest.raises(access.NotPermitted):
        actions.end_employment(staff_id=member.id, by=member.actor, at=NOON)
    assert left(member) == (True, True, None, None)
