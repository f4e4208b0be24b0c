"""The kit in a real browser: the style guide holds every component, so what axe says of it holds for all of them."""

import re
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import translation
from playwright.sync_api import Browser, Page, expect

from tests.browser import accessibility
from tests.browser.line import Line
from tests.unit.web import drawing

# How long a page may take on a machine that runs every other test beside it; what holds at once waits no longer.
expect.set_options(timeout=20_000)

PORTAL = """{% extends "portal/shell.html" %}{% block content %}<h1>Home</h1><c-card title="Next appointment">
<p>Tuesday</p><c-btn kind="primary" href="#">Show the way</c-btn></c-card>{% endblock %}"""


@pytest.fixture(autouse=True)
def plain_static(settings: LazySettings) -> None:
    """Name static files as they lie there."""
    settings.STATIC_ROOT = str(settings.STATICFILES_DIRS[0])
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def served(html: str) -> Iterator[Line]:
    line = Line(html)
    yield line
    line.close()


@pytest.fixture(params=["en", "ar"])
def guide(request: pytest.FixtureRequest, client: Client) -> Iterator[Line]:
    """The style guide, from left to right and from right to left."""
    client.cookies["django_language"] = request.param
    html = client.get("/styleguide/").content.decode()
    assert f'lang="{request.param}"' in html
    yield from served(html)


@pytest.fixture
def portal() -> Iterator[Line]:
    """A patient's page."""
    with translation.override("en"):
        html = drawing.drawn(PORTAL)
    yield from served(html)


def test_every_component_is_accessible_in_both_themes_and_directions(page: Page, guide: Line) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(guide.url)
    expect(page.locator(".plot canvas").first).to_be_visible()
    assert list(accessibility.faults(page)) == []
    assert complaints == [], "a strict policy refused something"


def test_the_kit_stays_readable_without_a_script(browser: Browser, guide: Line) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(guide.url)
    expect(page.locator("details.plot-table table").first).to_be_visible()
    page.locator("details.language summary").click()
    expect(page.locator("button[value=fr]")).to_be_visible()
    context.close()


def test_the_language_switch_is_there_on_a_phone(page: Page, portal: Line) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(portal.url)
    page.locator("details.language summary").click()
    button = page.locator("button[name=language][value=ar]")
    expect(button).to_be_in_viewport(ratio=1)
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    page.keyboard.press("Escape")
    expect(button).to_be_hidden()


def test_the_theme_follows_the_system_until_somebody_chooses(browser: Browser, portal: Line) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(portal.url)
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(13, 21, 28)"
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert page.evaluate(ground) == "rgb(238, 243, 244)"
    page.emulate_media(media="print")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    context.close()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_name_of_a_medicine_is_never_split(page: Page, guide: Line, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(guide.url)
    short = page.locator(".drug", has_text=re.compile("^Meropenem$")).bounding_box()
    assert short is not None
    assert short["height"] < 32, "one line"
    assert page.locator(".drug").first.evaluate("(el) => getComputedStyle(el).hyphens") == "none"


def test_a_card_is_followed_by_a_click_and_its_link_by_the_keyboard(page: Page, guide: Line) -> None:
    page.goto(guide.url)
    page.locator("#bed-A1 .traces").click()
    expect(page).to_have_url(f"{guide.url}/#")
    page.locator("#bed-A2 a").focus()
    assert page.evaluate("document.activeElement.textContent") == "Sample, A"
