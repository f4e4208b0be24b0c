"""Shared computers and short codes."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings

from ehospital.foundation.models import AuditEvent
from ehospital.people import access, actions
from ehospital.people.access import Role
from ehospital.people.actions.switching import trouble
from ehospital.people.models import Account, QuickPin, SharedComputer
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db

PIN = "481526"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def fast(settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def computer() -> UUID:
    by = people.staff(Role.ADMINISTRATOR).actor
    return actions.add_shared_computer(name="Ward 4, desk", idle_minutes=5, by=by, at=NOON)


@pytest.fixture
def nurse() -> tuple[Account, access.Actor]:
    member = people.staff(Role.NURSE)
    actions.give_account(username="nurse", password="x", staff_id=member.id, by=people.machinery(), at=NOON)
    account = Account.objects.get(username="nurse")
    actions.set_pin(account, PIN, by=member.actor, at=NOON)
    return account, member.actor


@pytest.mark.parametrize(
    ("pin", "bad"),
    [("481526", False), ("111111", True), ("123456", True), ("654321", True), ("12345", True), ("1234567", True),
     ("48152a", True), ("", True), ("٤٨١٥٢٦", True), ("112233", False)],
)  # fmt: skip
def test_a_short_code_is_six_digits_that_nobody_tries_first(pin: str, bad: bool) -> None:
    assert trouble(pin) is bad


def test_the_right_code_takes_the_place(nurse, computer) -> None:
    assert actions.use_pin("NURSE", PIN, computer_id=computer, at=NOON + HOUR) == nurse[0]
    assert AuditEvent.objects.get(action="account.signed_in").details["by"] == "short code"


def test_it_works_on_shared_computers_and_within_the_shift_only(nurse, computer) -> None:
    assert actions.use_pin("nurse", PIN, computer_id=uuid4(), at=NOON) is None
    assert actions.use_pin("nurse", PIN, computer_id=computer, at=NOON + 12 * HOUR) is None
    actions.wake_pin(nurse[0], at=NOON + 13 * HOUR)
    assert actions.use_pin("nurse", PIN, computer_id=computer, at=NOON + 14 * HOUR) == nurse[0]
    actions.retire_shared_computer(computer, by=people.staff(Role.ADMINISTRATOR).actor, at=NOON)
    assert actions.use_pin("nurse", PIN, computer_id=computer, at=NOON + 14 * HOUR) is None


def test_after_five_wrong_tries_it_sleeps_until_a_whole_sign_in(nurse, computer) -> None:
    for _ in range(5):
        assert actions.use_pin("nurse", "000001", computer_id=computer, at=NOON) is None
    assert actions.use_pin("nurse", PIN, computer_id=computer, at=NOON) is None
    assert QuickPin.objects.get().failed == 5
    assert AuditEvent.objects.filter(action="account.pin.failed").count() == 6
    actions.wake_pin(nurse[0], at=NOON)
    assert actions.use_pin("nurse", PIN, computer_id=computer, at=NOON) == nurse[0]


def test_who_left_takes_no_place(nurse, computer) -> None:
    Account.objects.update(is_active=False)
    assert actions.use_pin("nurse", PIN, computer_id=computer, at=NOON) is None
    assert actions.use_pin("nobody", PIN, computer_id=computer, at=NOON) is None


def test_nobody_sets_anothers_code_and_only_administrators_share_computers(nurse) -> None:
    other = people.staff(Role.DOCTOR).actor
    with pytest.raises(access.NotPermitted):
        actions.set_pin(nurse[0], "905173", by=other, at=NOON)
    with pytest.raises(actions.UnusablePin):
        actions.set_pin(nurse[0], "123456", by=nurse[1], at=NOON)
    with pytest.raises(access.NotPermitted):
        actions.add_shared_computer(name="Mine", idle_minutes=5, by=other, at=NOON)
    with pytest.raises(actions.UnusableComputer):
        actions.add_shared_computer(name=" ", idle_minutes=5, by=people.staff(Role.ADMINISTRATOR).actor, at=NOON)
    assert not SharedComputer.objects.exists()
    assert AuditEvent.objects.filter(action="account.pin_set").count() == 1
