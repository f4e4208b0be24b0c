"""People who can be told, and notices."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from ehospital.messaging import actions
from ehospital.messaging.details import Step
from ehospital.messaging.models import Notice
from ehospital.people import actions as staffing
from tests.factories import people
from tests.factories.people import NOON

MINUTE = timedelta(minutes=1)


def colleague(
    role: str = "doctor", username: str = "", *, email: str = "", unit_id: UUID | None = None, at: datetime = NOON
) -> people.Staff:
    """A member of staff with an account; without a name of the account, with none."""
    made = people.staff(role, unit_id=unit_id, at=at)
    if username:
        staffing.give_account(
            username=username, password="x", email=email, staff_id=made.id, by=people.machinery(at), at=at
        )
    return made


def announced(
    *steps: Step,
    subject: str = "result:1",
    kind: Notice.Kind = Notice.Kind.CRITICAL_RESULT,
    at: datetime = NOON,
    patient_id: UUID | None = None,
) -> Notice:
    """A notice that was announced by the machinery."""
    return actions.announce(
        kind=kind, subject=subject, patient_id=patient_id, url="/staff/results/1/", steps=steps,
        by=people.machinery(at), at=at,
    )  # fmt: skip


def ladder(*people_of_steps: Sequence[UUID], every: timedelta = 10 * MINUTE) -> list[Step]:
    """Steps of named people, evenly spaced."""
    return [Step(number * every, staff_ids=tuple(one)) for number, one in enumerate(people_of_steps)]


def browser(who: people.Staff, endpoint: str, *, at: datetime = NOON) -> UUID:
    """A browser that somebody has chosen for push messages."""
    return actions.choose_browser(
        endpoint=endpoint, p256dh="A" * 87, auth="A" * 22, name="Firefox · Linux", by=who.actor, at=at
    ).id


def now() -> datetime:
    """The moment of the wall clock, for pages that show what was lately."""
    return datetime.now(UTC)
