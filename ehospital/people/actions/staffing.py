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


@transaction.atomic
def end_employment(*, staff_id: UUID, by: access.Actor, at: datetime) -> None:
    """Let a member of staff leave the hospital: roles and work in units end now, the account is shut.

    What waits for them goes to others (`algorithms.result_readers`). Repeating changes nothing.
    """
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    (member,) = locks.rows(StaffMember.objects.all(), [staff_id])
    if not member.active:
        return
    member.active = False
    member.save(update_fields=["active"])
    running = {"staff_id": staff_id, "during__contains": at}
    held: list[StaffRole | UnitMembership] = [
        *locks.rows(StaffRole.objects.all(), StaffRole.objects.filter(**running).values_list("pk", flat=True)),
        *locks.rows(
            UnitMembership.objects.all(), UnitMembership.objects.filter(**running).values_list("pk", flat=True)
        ),
    ]
    for one in held:
        one.during = DateTimeTZRange(one.during.lower, at)
        one.save(update_fields=["during"])
    Account.objects.filter(staff_id=staff_id).update(is_active=False)
    audit.record("staff.left", by=by, at=at, subject=f"staff:{staff_id}")


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
    password: str,
    email: str = "",
    staff_id: UUID | None = None,
    patient_id: UUID | None = None,
    by: access.Actor,
    at: datetime,
) -> UUID:
    """Give a member of staff or a patient a way to sign in, and return the account's id."""
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    account = Account(username=username, email=email, staff_id=staff_id, patient_id=patient_id)
    account.set_password(password)
    account.save(force_insert=True)
    audit.record("account.created", by=by, at=at, patient_id=patient_id, subject=f"account:{account.id}")
    return account.id
