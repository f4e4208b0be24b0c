"""The pages through Django's own client: real middleware, real templates, a real database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client

from ehospital.people import actions
from ehospital.people.access import Role
from tests.factories import monitoring as wards
from tests.factories import people

PASSWORD = "a long and odd password 7"


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Collect the static files once: pages name them by their hash."""
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def under_the_web_role(as_web: None) -> None:
    """Answer every page under the web process's own database role."""


@pytest.fixture(autouse=True)
def demo(settings: LazySettings) -> None:
    """Let staff in without a second factor, as a demo does; tests of the second factor switch this off."""
    settings.DEMO = True
    # The product's own hash takes a quarter of a second by design; hundreds of sign-ins here need not.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def now() -> datetime:
    """The moment at which the test began: what was measured when the tests were collected may be old by then."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class SignedIn:
    """A browser in which somebody has signed in."""

    client: Client
    member: people.Staff


SignIn = Callable[..., SignedIn]


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """A function that signs a member of staff with a role in, through the real form."""

    def enter(role: Role, *, username: str = "", **more: object) -> SignedIn:
        member = people.staff(role, family=f"Berg-{role}", **more)  # type: ignore[arg-type]
        name = username or str(role)
        actions.give_account(
            username=name, password=PASSWORD, staff_id=member.id, by=people.machinery(), at=people.NOON
        )
        client = Client()
        answer = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()[:2000]
        return SignedIn(client, member)

    return enter


@pytest.fixture
def ward(now: datetime) -> wards.WardOfTests:
    """A ward with patients in its beds."""
    return wards.ward(now)


@pytest.fixture
def nurse(ward: wards.WardOfTests, sign_in: SignIn) -> SignedIn:
    """A nurse of that ward."""
    return sign_in(Role.NURSE, unit_id=ward.unit_id)


@pytest.fixture
def doctor(ward: wards.WardOfTests, sign_in: SignIn) -> SignedIn:
    """A doctor of that ward."""
    return sign_in(Role.DOCTOR, unit_id=ward.unit_id)


@pytest.fixture
def patient(ward: wards.WardOfTests) -> UUID:
    """Its first patient."""
    return ward.patient_ids[0]


@pytest.fixture
def chart(patient: UUID) -> str:
    """The address of that patient's chart."""
    return f"/staff/patients/{patient}/"
