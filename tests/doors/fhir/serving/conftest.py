"""The FHIR door through Django's own client: real middleware, a real database, a registered system."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from ehospital.people import actions
from ehospital.people.models import CareRelationship
from tests.factories import fhir as make
from tests.factories import people

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def under_the_web_role(as_web: None) -> None:
    """Answer every interaction under the web process's own database role."""


EVERYTHING = ("system/*.read", "system/*.write")


@dataclass
class System:
    """A registered system with a token in its hand."""

    id: UUID
    name: str
    secret: str
    unit_id: UUID
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    token: str = ""

    def ask_token(self, **form: str) -> HttpResponse:
        """Ask for a token with these fields of the form."""
        told = {"grant_type": "client_credentials", "client_id": str(self.id), "client_secret": self.secret, **form}
        body = "&".join(f"{name}={value}" for name, value in told.items())
        return self.client.post("/fhir/token", body, content_type="application/x-www-form-urlencoded")  # type: ignore[return-value]

    def sign_in(self, **form: str) -> "System":
        """Get a token."""
        answer = self.ask_token(**form)
        assert answer.status_code == 200, answer.content
        self.token = json.loads(answer.content)["access_token"]
        return self

    def get(self, path: str, **headers: str) -> HttpResponse:
        """GET below /fhir/."""
        return self.send("get", path, **headers)

    def post(self, kind: str, resource: Any, **headers: str) -> HttpResponse:
        """POST a resource."""
        body = resource if isinstance(resource, str | bytes) else make.text(resource)
        kinds = {"content_type": "application/fhir+json"} | (
            {"content_type": headers.pop("type")} if "type" in headers else {}
        )
        return self.send("post", kind, data=body, **kinds, **headers)

    def send(self, method: str, path: str, **more: Any) -> HttpResponse:
        """Send with the token."""
        known = {"data", "content_type"}
        headers = {name.replace("_", "-"): value for name, value in more.items() if name not in known}
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        rest = {name: value for name, value in more.items() if name in known}
        answer: HttpResponse = getattr(self.client, method)(f"/fhir/{path}", headers=headers, **rest)
        return answer


Register = Callable[..., System]


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def register(db: None, now: datetime) -> Register:
    """A function that registers a system with a unit of its own."""

    def enter(
        name: str = "Harbour Laboratory", *, scopes: tuple[str, ...] = EVERYTHING, unit_id: UUID | None = None
    ) -> System:
        by = people.machinery(now)
        unit_id = unit_id or actions.add_unit(name=f"Unit of {name}", by=by, at=now)
        key, secret = actions.add_client(name, scopes=scopes, unit_ids=[unit_id], by=by, at=now)
        return System(key, name, secret, unit_id)

    return enter


@pytest.fixture
def system(register: Register) -> System:
    """A system that may everything with the patients of its unit, with a token."""
    return register().sign_in()


def in_care(unit_id: UUID, patient_id: UUID | None = None, *, at: datetime, **more: Any) -> UUID:
    """Put a patient, or a new one, into the care of a unit."""
    key = patient_id or people.patient(at=at, **more)
    actions.begin_care(
        patient_id=key,
        unit_id=unit_id,
        kind=CareRelationship.Kind.CLINIC,
        source=f"test:{key}",
        by=people.machinery(at),
        at=at,
    )
    return key


def told(answer: HttpResponse) -> Json:
    """The JSON of an answer."""
    found: Json = json.loads(answer.content)
    return found


def words(answer: HttpResponse) -> str:
    """What an OperationOutcome says."""
    body = told(answer)
    assert body["resourceType"] == "OperationOutcome", body
    return str(body["issue"][0]["diagnostics"])
