"""The frame around every page: theme and density, the bars, error pages, and a person's own choices."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import path

from ehospital.people.access import Actor, Permission, Role
from ehospital.web.errors import views as errors
from ehospital.web.kit import navigation
from ehospital.web.kit.context import Shell
from ehospital.web.kit.page import page


@page(Permission.WARD_READ)
def of_the_ward(request: HttpRequest) -> None:
    """Stand in for a page of the ward."""


@page(Permission.SIGNED_IN)
def of_everybody(request: HttpRequest) -> None:
    """Stand in for a page of everybody."""


urlpatterns = [
    path("staff/wards/", of_the_ward, name="wards"),
    path("staff/patients/", of_everybody, name="patients"),
    path("staff/patients/tasks/", of_everybody, name="tasks"),
    path("staff/devices/<uuid:id>/", of_everybody, name="devices"),
]


def actor(*roles: Role) -> Actor:
    return Actor(kind="staff", id="1", name="Berg", roles=frozenset(roles), at=datetime.now(UTC), staff_id=uuid4())


@pytest.fixture
def four_pages(settings: object) -> None:
    settings.ROOT_URLCONF = __name__  # type: ignore[attr-defined]


@pytest.mark.usefixtures("four_pages")
def test_a_bar_shows_only_pages_that_exist_and_may_be_opened() -> None:
    nurse = navigation.links(navigation.STAFF[Role.NURSE], actor=actor(Role.NURSE), path="/")
    assert [link.url for link in nurse] == ["/staff/wards/", "/staff/patients/", "/staff/patients/tasks/"]
    cashier = navigation.links(navigation.STAFF[Role.NURSE], actor=actor(Role.CASHIER), path="/")
    assert [link.url for link in cashier] == ["/staff/patients/", "/staff/patients/tasks/"]
    assert navigation.links(navigation.STAFF[Role.NURSE], actor=None, path="/") == ()


@pytest.mark.usefixtures("four_pages")
def test_the_nearest_page_is_the_current_one() -> None:
    def current(at: str) -> list[str]:
        found = navigation.links(navigation.STAFF[Role.NURSE], actor=actor(Role.NURSE), path=at)
        return [link.url for link in found if link.current]

    assert current("/staff/patients/7/") == ["/staff/patients/"]
    assert current("/staff/patients/tasks/3/") == ["/staff/patients/tasks/"]
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


def test_a_machine_gets_the_number_alone(request_of: Callable[..., HttpRequest]) -> None:
    request = request_of("/x/")
    request.META["HTTP_ACCEPT"] = "application/json"
    request.number = "4f2a"  # type: ignore[attr-defined]
    answer = errors.not_found(request)
    assert (answer["Content-Type"], answer.content) == ("application/json", b'{"number":"4f2a"}')
