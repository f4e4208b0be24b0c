"""The frame around every page: theme and density, the bars, error pages, and a person's own choices."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.test import Client

from ehospital.people.access import Actor, Role
from ehospital.web.errors import views as errors
from ehospital.web.kit import navigation
from ehospital.web.kit.context import Shell


def actor(*roles: Role) -> Actor:
    return Actor(kind="staff", id="1", name="Berg", roles=frozenset(roles), at=datetime.now(UTC), staff_id=uuid4())


def test_a_bar_shows_only_what_may_be_opened() -> None:
    nurse = navigation.links(navigation.STAFF[Role.NURSE], actor=actor(Role.NURSE), path="/")
    assert [link.url for link in nurse] == [
        "/staff/wards/", "/staff/patients/", "/staff/alerts/", "/staff/orders/", "/staff/plans/", "/staff/recalls/",
        "/staff/devices/",
    ]  # fmt: skip
    cashier = navigation.links(navigation.STAFF[Role.NURSE], actor=actor(Role.CASHIER), path="/")
    assert [link.url for link in cashier] == ["/staff/patients/"]
    assert navigation.links(navigation.STAFF[Role.NURSE], actor=None, path="/") == ()


@pytest.mark.parametrize("role", Role)
def test_every_place_of_a_bar_is_a_page_that_the_role_opens(role: Role) -> None:
    bar = navigation.links(navigation.STAFF[role], actor=actor(role), path="/")
    assert [link.label for link in bar] == [place.label for place in navigation.STAFF[role]]
    assert len({link.url for link in bar}) == len(bar) > 0


def test_every_place_of_the_portal_is_a_page_that_patients_open() -> None:
    patient = Actor(kind="patient", id="1", name="P", roles=frozenset({"patient"}), at=datetime.now(UTC))
    bar = navigation.links(navigation.PORTAL, actor=patient, path="/")
    assert [link.label for link in bar] == [place.label for place in navigation.PORTAL]


def test_the_nearest_page_is_the_current_one() -> None:
    def current(at: str) -> list[str]:
        found = navigation.links(navigation.STAFF[Role.RECEPTIONIST], actor=actor(Role.RECEPTIONIST), path=at)
        return [link.url for link in found if link.current]

    assert current("/staff/patients/7/") == ["/staff/patients/"]
    assert current("/staff/patients/register/") == ["/staff/patients/register/"]
    assert current("/elsewhere/") == []


def test_every_role_has_a_bar_and_two_roles_share_one_without_repeats() -> None:
    assert set(navigation.STAFF) == set(Role)
    both = navigation.staff_places(actor(Role.NURSE, Role.DOCTOR))
    assert len(both) == len(set(both))
    assert set(both) == {*navigation.STAFF[Role.NURSE], *navigation.STAFF[Role.DOCTOR]}


@pytest.mark.parametrize(
    ("cookies", "theme", "density"),
    [
        ({}, "", "compact"),
        ({"theme": "dark", "density": "regular"}, "dark", "regular"),
        ({"theme": "auto"}, "", "compact"),
        ({"theme": '"><script>', "density": "x"}, "", "compact"),
    ],
)
def test_theme_and_density_are_what_was_chosen(
    request_of: Callable[..., HttpRequest], cookies: dict[str, str], theme: str, density: str
) -> None:
    shell = Shell(request_of("/", **cookies))
    assert (shell.theme, shell.density) == (theme, density)


def test_a_choice_is_kept_and_leads_back(client: Client) -> None:
    answer = client.post("/preferences/theme/", {"theme": "dark", "next": "/styleguide/"})
    assert (answer.status_code, answer["Location"]) == (302, "/styleguide/")
    assert client.cookies["theme"].value == "dark"
    assert '<html lang="en" dir="ltr" data-theme="dark"' in client.get("/styleguide/").content.decode()
    quiet = client.post("/preferences/density/", {"density": "regular"}, headers={"X-Quiet": "1"})
    assert (quiet.status_code, quiet.content) == (204, b"")


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:x", ""])
def test_a_choice_never_leads_elsewhere(client: Client, elsewhere: str) -> None:
    answer = client.post("/preferences/theme/", {"theme": "light", "next": elsewhere})
    assert answer["Location"] == "/"


def test_a_choice_that_does_not_exist_is_refused(client: Client) -> None:
    assert client.post("/preferences/theme/", {"theme": "pink"}).status_code == 400
    assert client.get("/preferences/theme/").status_code == 405
    assert "theme" not in client.cookies


def test_the_language_is_changed_by_a_form(client: Client) -> None:
    client.post("/language/", {"language": "ar", "next": "/styleguide/"})
    assert '<html lang="ar" dir="rtl"' in client.get("/styleguide/").content.decode()


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (errors.bad_request, 400), (errors.forbidden, 403), (errors.csrf_failure, 403), (errors.not_found, 404),
        (errors.too_many, 429), (errors.server_error, 500), (errors.unavailable, 503),
    ],
)  # fmt: skip
def test_an_error_is_a_page_with_words_and_a_number(
    request_of: Callable[..., HttpRequest], view: Callable[[HttpRequest], object], status: int
) -> None:
    """No database is there in this test, and none may be asked: it may be what has failed."""
    request = request_of("/x/", theme="dark")
    request.number = "4f2a"  # type: ignore[attr-defined]
    answer = view(request)
    html = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == status  # type: ignore[attr-defined]
    assert "4f2a" in html
    assert 'data-theme="dark"' in html
    assert "<h1>" in html
    assert 'href="/"' in html


def lost(state: str | None) -> Exception:
    """A failure as Django passes it on: with what the driver said behind it."""
    error, cause = OperationalError("the connection is lost"), psycopg.OperationalError("the connection is lost")
    cause.sqlstate = state
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (lost(None), 503),  # refused, broken, or none to be had from the pool
        (lost("57P01"), 503),  # the server is being stopped
        (lost("53300"), 503),  # too many connections
        (lost("40P01"), 500),  # a deadlock is our fault
        (lost("57014"), 500),  # a question that took too long as well
        (InterfaceError("connection already closed"), 503),
        (ValueError("x"), 500),
    ],
)
def test_a_database_that_is_away_is_told_from_a_fault_of_ours(
    request_of: Callable[..., HttpRequest], error: Exception, status: int
) -> None:
    try:
        raise error
    except Exception:
        answer = errors.server_error(request_of("/x/"))
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == ("15" if status == 503 else None)


def test_a_machine_gets_the_number_alone(request_of: Callable[..., HttpRequest]) -> None:
    request = request_of("/x/")
    request.META["HTTP_ACCEPT"] = "application/json"
    request.number = "4f2a"  # type: ignore[attr-defined]
    answer = errors.not_found(request)
    assert (answer["Content-Type"], answer.content) == ("application/json", b'{"number":"4f2a"}')
