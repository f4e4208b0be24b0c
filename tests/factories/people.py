"""Made-up people for tests, made through the same actions as everybody else."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from ehospital.people import access, actions
from ehospital.people.details import IdentifierDetails, NameDetails, PatientDetails

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def machinery(at: datetime = NOON) -> access.Actor:
    """The system as an actor."""
    return access.system("tests", at=at)


def details(
    given: str = "Amina", family: str = "Okafor", *, born: date | None = date(1957, 3, 14), number: str = ""
) -> PatientDetails:
    """A patient with one name and, when asked, one national number."""
    numbers = (IdentifierDetails("urn:test:national", number, "NI"),) if number else ()
    return PatientDetails(
        names=(NameDetails(given=given, family=family),),
        sex="female",
        birth_on=born,
        birth_precision="day" if born else "unknown",
        identifiers=numbers,
    )


def patient(given: str = "Amina", family: str = "Okafor", *, at: datetime = NOON, **more: object) -> UUID:
    """A registered patient's id."""
    return actions.register_patient(details(given, family, **more), by=machinery(at), at=at)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Staff:
    """A member of staff and the actor that acts for them."""

    id: UUID
    actor: access.Actor


def staff(
    role: str, *, unit_id: UUID | None = None, family: str = "Berg", account: bool = False, at: datetime = NOON
) -> Staff:
    """A member of staff with one role, working in the unit if one is given, and with an account if they sign in."""
    by = machinery(at)
    key = actions.employ(given="Tove", family=family, by=by, at=at)
    actions.give_role(staff_id=key, role=role, by=by, at=at)
    if unit_id:
        actions.join_unit(staff_id=key, unit_id=unit_id, by=by, at=at)
    if account:
        actions.give_account(username=f"of-{key}", staff_id=key, by=by, at=at)
    return Staff(key, access.of_staff(key, name=f"Tove {family}", at=at))
