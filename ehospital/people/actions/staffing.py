"""Employing staff, giving roles and accounts."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from ehospital.foundation import audit, locks
from ehospital.people import access
from ehospital.people.models import Account, Organisation, StaffMember, StaffRole, Unit, UnitMembership


@transaction.atomic
def add_organisation(*, name: str, kind: str = "", by: access.Actor, at: datetime) -> UUID:
    """Add an organisation and return its id."""
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    made = Organisation.objects.create(name=name, kind=kind)
    audit.record("organisation.created", by=by, at=at, subject=f"organisation:{made.id}")
    return made.id


@transaction.atomic
def add_unit(
    *,
    name: str,
    organisation_id: UUID | None = None,
    receives_imports: bool = False,
    by: access.Actor,
    at: datetime,
) -> UUID:
    """Add a unit whose staff share their patients, and return its id.

    Args:
        receives_imports: whether it takes over the patients whose records are imported; one unit at most does.
    """
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    made = Unit.objects.create(name=name, organisation_id=organisation_id, receives_imports=receives_imports)
    audit.record("unit.created", by=by, at=at, subject=f"unit:{made.id}")
    return made.id


@transaction.atomic
def employ(
    *,
    given: str,
    family: str,
    prefix: str = "",
    title: str = "",
    identifier: str = "",
    email: str = "",
    organisation_id: UUID | None = None,
    by: access.Actor,
    at: datetime,
) -> UUID:
    """Add a member of staff, still without role or account, and return the id."""
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    made = StaffMember.objects.create(
        name_text=" ".join(part for part in (prefix, given, family) if part),
        prefix=prefix,
        given=given,
        family=family,
        title=title,
        identifier=identifier,
        email=email,
        organisation_id=organisation_id,
    )
    audit.record("staff.created", by=by, at=at, subject=f"staff:{made.id}")
    return made.id


class UnusableEnd(ValueError):
    """Nobody can have left then: it lies ahead, or before a role or work that runs began; nothing was written."""


@transaction.atomic
def end_employment(*, staff_id: UUID, ended_at: datetime | None = None, by: access.Actor, at: datetime) -> bool:
    """Let a member of staff leave the hospital, and return whether they worked here until now.

    Roles and work in units end, the account is shut, and with it every session: its password opens nothing any more.
    What waits for them goes to others (`algorithms.result_readers`). Repeating changes nothing.

    Args:
        ended_at: when they left, if that is past.
    Raises:
        UnusableEnd: nothing is written.
    """
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    (member,) = locks.rows(StaffMember.objects.all(), [staff_id])
    if not member.active:
        return False
    ended_at = ended_at or at
    running = {"staff_id": staff_id, "during__contains": at}
    held: list[StaffRole | UnitMembership] = [
        *locks.rows(StaffRole.objects.all(), StaffRole.objects.filter(**running).values_list("pk", flat=True)),
        *locks.rows(
            UnitMembership.objects.all(), UnitMembership.objects.filter(**running).values_list("pk", flat=True)
        ),
    ]
    if ended_at > at or any(one.during.lower > ended_at for one in held):
        raise UnusableEnd("nobody leaves ahead of time, nor before they came")
    member.active = False
    member.save(update_fields=["active"])
    for one in held:
        one.during = DateTimeTZRange(one.during.lower, ended_at)
        one.save(update_fields=["during"])
    _shut(staff_id)
    audit.record("staff.left", by=by, at=at, subject=f"staff:{staff_id}", details={"ended_at": ended_at.isoformat()})
    return True


def _shut(staff_id: UUID) -> None:
    """Shut the account of somebody; without a password that fits no session of theirs is one any more."""
    for account in locks.rows(
        Account.objects.all(), Account.objects.filter(staff_id=staff_id).values_list("pk", flat=True)
    ):
        account.is_active = False
        account.set_unusable_password()
        account.save(update_fields=["is_active", "password"])


@transaction.atomic
def give_role(*, staff_id: UUID, role: str, by: access.Actor, at: datetime) -> None:
    """Give a role from now on, until further notice.

    Raises:
        IntegrityError: the role is held already (constraint role_held_once).
    """
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    StaffRole.objects.create(staff_id=staff_id, role=access.Role(role), during=DateTimeTZRange(at, None))
    audit.record("role.created", by=by, at=at, subject=f"staff:{staff_id}", details={"role": role})


@transaction.atomic
def give_account(
    *,
    username: str,
    password: str | None = None,
    email: str = "",
    staff_id: UUID | None = None,
    patient_id: UUID | None = None,
    by: access.Actor,
    at: datetime,
) -> UUID:
    """Give a member of staff or a patient a way to sign in, and return the account's id.

    Args:
        password: none is usable without it, until they have set one by e-mail.
    """
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    account = Account(username=username, email=email, staff_id=staff_id, patient_id=patient_id)
    account.set_password(password)
    account.save(force_insert=True)
    audit.record("account.created", by=by, at=at, patient_id=patient_id, subject=f"account:{account.id}")
    return account.id
