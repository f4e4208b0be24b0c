"""The portal on an old phone, on a slow line, without a script, for every eye and in every direction of reading."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from ehospital.web.portal.plain_results import key_of
from tests.browser import accessibility
from tests.browser.portal.conftest import Window

POTASSIUM = f"/portal/record/results/{key_of('http://loinc.org|2823-3')}/"
PAGES = (
    "/portal/",
    "/portal/record/",
    "/portal/record/results/",
    POTASSIUM,
    "/portal/record/visits/",
    "/portal/record/documents/",
    "/portal/record/notes/",
    "/portal/record/print/",
    "/portal/access/?who=all",
    "/portal/details/",
    "/portal/proxies/",
)
FIRST_LOAD_BYTES = 100_000
SLOW_BYTES_S = 100_000 / 8
FINGER_PX = 44
SMALL = """(finger) => [...document.querySelectorAll(
    "a.btn, a.go, a.tile, .bottom-nav a, summary, button, .list a, .back a, .entry .title a, .value .small a")]
  .filter((el) => el.checkVisibility ? el.checkVisibility() : el.offsetParent)
  .map((el) => [el.textContent.trim().slice(0, 40), el.getBoundingClientRect()])
  .filter(([, box]) => box.height && (box.height < finger - 0.5 || box.width < 24))
  .map(([text, box]) => `${text}: ${box.width} x ${box.height}`)"""

LINES_OF_WORDS = """(el) => {
  const range = document.createRange(), node = el.firstChild;
  let at = 0;
  return node.data.split(" ").map((word) => {
    range.setStart(node, at);
    range.setEnd(node, at + word.length);
    at += word.length + 1;
    return range.getClientRects().length;
  });
}"""


@pytest.fixture
def complaints() -> list[str]:
    """What browsers complained of; a test that ends with any fails."""
    return []


def opened(context: BrowserContext, complaints: list[str]) -> Page:
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


@pytest.mark.parametrize(("language", "username"), [("ar", "amina"), ("fr", "hamid")])
def test_every_page_is_accessible_in_both_themes_at_every_width(
    window: Window, complaints: list[str], language: str, username: str
) -> None:
    page = opened(window(username, language=language), complaints)
    faults = []
    for address in PAGES:
        if username == "hamid" and address == POTASSIUM:
            continue
        page.goto(address)
        faults += [f"{address} {fault}" for fault in accessibility.faults(page)]
        if username == "amina" and address == "/portal/record/notes/":
            page.locator("main .entry .title a").first.click()
            expect(page.locator("main .letter").first).to_contain_text("You may walk again.")
            faults += [f"{page.url} {fault}" for fault in accessibility.faults(page)]
    assert faults == []
    assert complaints == [], "a strict policy refused something"


def measured(page: Page, address: str) -> tuple[int, dict[str, int], dict[str, str]]:
    """The bytes that came over the wire for a page, in all, by file, and how each file was packed."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    names: dict[str, str] = {}
    packed: dict[str, str] = {}
    bytes_of: dict[str, int] = {}

    def told(event: dict[str, Any]) -> None:
        names[event["requestId"]] = event["response"]["url"].split("/")[-1] or "page"
        headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
        packed[names[event["requestId"]]] = headers.get("content-encoding", "")

    def ended(event: dict[str, Any]) -> None:
        name = names.get(event["requestId"], event["requestId"])
        bytes_of[name] = bytes_of.get(name, 0) + int(event["encodedDataLength"])

    line.on("Network.responseReceived", told)
    line.on("Network.loadingFinished", ended)
    page.goto(address, wait_until="networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    return sum(bytes_of.values()), bytes_of, packed


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize(
    ("username", "address"),
    [
        ("amina", "/portal/"),
        ("amina", "/portal/record/"),
        ("long", "/portal/record/"),
        ("long", "/portal/record/results/"),
        ("amina", "/portal/record/print/"),
        ("long", "/portal/record/print/"),
    ],
)
def test_a_first_load_is_at_most_100_kb(window: Window, language: str, username: str, address: str) -> None:
    page = window(username, language=language).new_page()
    total, by_file, packed = measured(page, address)
    assert total <= FIRST_LOAD_BYTES, (total, by_file)
    sheets = {name: how for name, how in packed.items() if name.split("?")[0].endswith((".css", ".js", ".svg"))}
    assert len(sheets) >= 6
    assert set(sheets.values()) == {"br"}, sheets
    assert packed["page"] == "gzip"
    assert any("plex-sans-latin" in name for name in by_file), "fonts must be counted"


@pytest.mark.parametrize(("username", "address"), [("amina", "/portal/"), ("long", "/portal/record/")])
def test_a_page_is_there_within_twelve_seconds_at_100_kbit(window: Window, username: str, address: str) -> None:
    page = window(username).new_page()
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    slow = {"offline": False, "latency": 300, "downloadThroughput": SLOW_BYTES_S, "uploadThroughput": SLOW_BYTES_S}
    line.send("Network.emulateNetworkConditions", slow)
    begun = time.monotonic()
    page.goto(address, wait_until="domcontentloaded", timeout=30_000)
    took = time.monotonic() - begun
    assert took < 12, f"{took:.1f} s"
    expect(page.locator("h1")).to_be_visible()


def test_everything_works_without_a_script(window: Window) -> None:
    page = window(java_script_enabled=False).new_page()
    page.goto("/portal/")
    for address in PAGES:
        page.goto(address)
        expect(page.locator("main h1")).to_be_visible()
    page.goto("/portal/record/")
    page.get_by_role("link", name="All visits").click()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Page 2 of 2")).to_be_visible()
    page.goto("/portal/record/")
    page.get_by_role("link", name="Letter after your visit", exact=True).click()
    expect(page.get_by_text("your blood tests are as we hoped")).to_be_visible()
    page.locator("details.language summary").click()
    page.locator("button[name=language][value=fr]").click()
    expect(page.locator("html[lang=fr]")).to_have_count(1)
    page.locator(".portal-top details.menu:not(.language) summary").click()
    expect(page.locator("form[action*=logout] button")).to_be_visible()


@pytest.mark.parametrize("address", PAGES)
def test_without_any_style_sheet_a_page_is_still_read_from_top_to_bottom(window: Window, address: str) -> None:
    """What an old browser does with sheets that it cannot read; ours hold no layer that it would drop."""
    context = window()
    dropped: list[str] = []

    def without(route: Route) -> None:
        dropped.append(route.request.url)
        route.fulfill(status=200, content_type="text/css", body="")

    context.route(re.compile(r"\.css$"), without)
    page = context.new_page()
    page.goto(address)
    assert len(dropped) >= 5
    expect(page.locator("h1")).to_be_visible()
    biggest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('svg.i')].map((el) => el.getBoundingClientRect().width))"
    )
    assert biggest <= 24, "an icon must not fill the page"
    tops = "(names) => names.map((name) => document.querySelector('body > ' + name).getBoundingClientRect().top)"
    order = page.evaluate(tops, ["header", "main", "footer"])
    assert order == sorted(order)


@pytest.mark.parametrize("address", PAGES)
def test_a_finger_hits_everything_and_the_language_is_at_hand(window: Window, address: str) -> None:
    page = window().new_page()
    page.goto(address)
    assert page.evaluate(SMALL, FINGER_PX) == []
    switch = page.locator("details.language summary")
    expect(switch).to_be_in_viewport(ratio=1)
    switch.click()
    for language in ("en", "fr", "ar"):
        button = page.locator(f"button[name=language][value={language}]")
        expect(button).to_be_in_viewport(ratio=1)
        assert (button.bounding_box() or {"height": 0})["height"] >= FINGER_PX


def test_arabic_runs_from_the_right_and_numbers_stay_whole(window: Window) -> None:
    page = window(language="ar").new_page()
    page.goto("/portal/")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    logo, menu = page.locator(".logo").bounding_box(), page.locator("details.language").bounding_box()
    assert logo is not None
    assert menu is not None
    assert logo["x"] > menu["x"]
    assert page.locator("bdi[dir=ltr]", has_text="5.6 mmol/L").count() == 1
    assert page.locator(".dose bdi[dir=ltr]").count() == 1


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_the_name_of_a_medicine_is_never_split(window: Window, width: int) -> None:
    page = window(viewport={"width": width, "height": 844}).new_page()
    page.goto("/portal/record/")
    for drug in page.locator(".drug").all():
        assert drug.evaluate("(el) => getComputedStyle(el).hyphens") == "none"
        words = drug.evaluate(LINES_OF_WORDS)
        assert set(words) == {1}, "no word of a name runs over two lines"


def test_paper_holds_the_record_and_no_controls(window: Window) -> None:
    page = window("long").new_page()
    page.goto("/portal/record/print/")
    page.emulate_media(media="print")
    for gone in (".portal-top", ".bottom-nav", ".back", ".no-paper .note"):
        expect(page.locator(gone).first).to_be_hidden()
    for there in ("LONG, Lena", "Penicillin", "Metformin hydrochloride 500 mg tablets", "Analyte 149"):
        expect(page.locator("main").get_by_text(there).first).to_be_visible()
    assert page.locator("tbody tr").count() > 150


def test_a_file_is_taken_along_and_never_shown_as_a_page(window: Window) -> None:
    page = window().new_page()
    page.goto("/portal/record/")
    for name, file in (("Discharge summary", "summary .. x.pdf"), ("Old page", "Old page")):
        with page.expect_download() as taken:
            page.get_by_role("link", name=name, exact=True).click()
        assert taken.value.suggested_filename == file


def test_the_keyboard_reaches_the_content_first(window: Window) -> None:
    page = window(viewport={"width": 1440, "height": 900}).new_page()
    page.goto("/portal/record/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="For paper")).to_be_focused()
    page.get_by_role("navigation", name="On this page").get_by_role("link", name="Letters and documents").click()
    expect(page.locator("#documents h2")).to_be_in_viewport()
