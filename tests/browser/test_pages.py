"""Every screen, once: accessible in both themes and at every width, under the strict policy, from this host alone."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import translation
from playwright.sync_api import Page, expect

from ehospital.web.errors import views as errors
from tests.browser import accessibility, screens
from tests.browser.acts import Facts
from tests.browser.conftest import Visit
from tests.browser.screens import Screen
from tests.browser.visiting import Complaints, Visitors
from tests.demo import Hospital

pytestmark = pytest.mark.xdist_group("hospital")


@pytest.fixture(scope="module")
def facts(hospital: Hospital) -> dict[str, str]:
    """What the addresses of screens are filled in with."""
    told = hospital.told
    patients = [device["patient"] for device in told["devices"]]
    chart = told["pages"]["chart"].split("/")[-2]
    named = "SELECT family, given FROM people_patientname WHERE patient_id = %s LIMIT 1"
    ((family, given),) = hospital.rows(named, chart)
    patient = told["sign_ins"]["patient"]["username"]
    ((own,),) = hospital.rows("SELECT patient_id FROM people_account WHERE username = %s", patient)
    return {
        "own_chart": f"/staff/patients/{own}/",
        "board": told["pages"]["ward_board"],
        "chart": told["pages"]["chart"],
        "other_chart": f"/staff/patients/{patients[1]}/",
        "one": chart,
        "two": patients[-2],
        "foreign_chart": f"/staff/patients/{patients[-1]}/",
        "third_chart": f"/staff/patients/{patients[-2]}/",
        "device": told["devices"][-1]["id"],
        "family": family,
        "given": given,
        **{role: one["username"] for role, one in told["sign_ins"].items()},
    }


@dataclass
class Window:
    """One browser window of one person, used for screen after screen."""

    page: Page
    complaints: Complaints


@pytest.fixture(scope="module")
def windows(visitors: Visitors, hospital: Hospital) -> Iterator[Callable[[str], Window]]:
    """A function that gives the window of a role, new ones opened as they are needed: a cold start costs as much as
    two looks."""
    with ExitStack() as opened:

        @cache
        def window(role: str) -> Window:
            context = opened.enter_context(visitors.context(role or None))
            return Window(context.new_page(), Complaints(context, hospital.told["base_url"]))

        yield window


@pytest.mark.parametrize("screen", screens.EVERY, ids=lambda screen: screen.name)
def test_a_screen(screen: Screen, windows: Callable[[str], Window], facts: Facts) -> None:
    window = windows(screen.role)
    page, complaints = window.page, window.complaints
    complaints.begin(allowed={screen.status, *screen.errors})
    page.set_viewport_size({"width": 1440, "height": 900})
    answer = page.goto(screen.path.format(**facts))
    assert answer is not None
    assert answer.status == screen.status
    if screen.act:
        screen.act(page, facts)
    if screen.status < HTTPStatus.BAD_REQUEST:
        assert resolve(urlsplit(page.url).path).url_name == screen.view
    assert list(faults(page, within=screen.within)) == []
    assert complaints.found == []


def faults(page: Page, *, within: str = "") -> Iterator[str]:
    """Everything wrong with the page as it is open now."""
    expect(page.locator("main")).to_have_count(1)
    expect(page.locator("h1:not(.samples-banner h1)")).to_have_count(1)
    assert page.title().strip()
    yield from accessibility.faults(page, within=within)


@pytest.mark.parametrize("failure", ["bad_request", "csrf_failure", "server_error", "too_many", "unavailable"])
def test_a_failure_is_a_page_with_words(failure: str, visit: Visit, hospital: Hospital, settings: LazySettings) -> None:
    """These cannot be asked for from outside: the page is drawn here, and its address answers with it."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    with translation.override("en"):
        drawn = getattr(errors, failure)(RequestFactory().get("/"))
    context = visit()
    complaints = Complaints(context, hospital.told["base_url"])
    policy = context.request.get("/styleguide/").headers["content-security-policy"]
    page = context.new_page()
    page.route("**/failure/", lambda route: route.fulfill(
        status=drawn.status_code, body=drawn.content, headers={"Content-Type": "text/html",
                                                               "Content-Security-Policy": policy}))  # fmt: skip
    page.goto("/failure/")
    assert list(faults(page)) == []
    assert complaints.found == []


SECOND_WARD = """
    INSERT INTO people_unitmembership (id, staff_id, unit_id, during)
    SELECT gen_random_uuid(), account.staff_id, ward.unit_id, tstzrange(now(), NULL)
    FROM people_account account, estate_ward ward
    WHERE account.username = %s
      AND ward.unit_id NOT IN (SELECT unit_id FROM people_unitmembership WHERE staff_id = account.staff_id)
    LIMIT 1 RETURNING id"""


def test_the_wards_of_somebody_who_works_on_two(visit: Visit, hospital: Hospital) -> None:
    ((membership,),) = hospital.rows(SECOND_WARD, hospital.sign_in("doctor")[0])
    context = visit("doctor")
    complaints = Complaints(context, hospital.told["base_url"])
    page = context.new_page()
    try:
        page.goto("/staff/wards/")
        expect(page.locator("main a.choice")).to_have_count(2)
        assert list(faults(page)) == []
        assert complaints.found == []
    finally:
        hospital.rows("DELETE FROM people_unitmembership WHERE id = %s RETURNING id", membership)


@pytest.mark.parametrize("path", ["{board}", "{chart}", "/portal/"])
def test_it_reads_from_right_to_left(path: str, visit: Visit, hospital: Hospital, facts: Facts) -> None:
    context = visit("patient" if path == "/portal/" else "nurse", viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "django_language", "value": "ar", "url": hospital.told["base_url"]}])
    page = context.new_page()
    page.goto(path.format(**facts))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert list(faults(page)) == []


def names(resolver: URLResolver | None = None) -> Iterator[str]:
    """The names of all addresses."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from names(one)
        elif isinstance(one, URLPattern) and one.name:
            yield one.name


def test_no_page_is_left_out() -> None:
    seen = {screen.view for screen in screens.EVERY} | set(screens.SECOND_FACTOR)
    apart = set(screens.NOT_SCREENS) | set(screens.OFF)
    every = set(names())
    assert every - seen - apart == set(), "add it to screens.py"
    assert (seen | apart) - every - {""} == set(), "screens.py names an address that is not there"
    assert json.dumps(sorted(seen & set(screens.OFF))) == "[]"
