"""The open ward board while a monitor sends: what changes, what is taken on, and what is no longer known."""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.bedside import ILL, WELL, Bedside
from tests.browser.cable import Cable
from tests.browser.conftest import Visit
from tests.browser.visiting import Complaints
from tests.demo import FIGURE, Hospital

pytestmark = pytest.mark.xdist_group("hospital")

SOON_MS = 30_000
SILENT_MS = 75_000
"""A monitor counts as silent after thirty seconds; the rest is for a busy machine."""
MOST_TABS = 60
SETTLED = """document.addEventListener("htmx:afterSettle",
  (event) => document.documentElement.setAttribute("data-settled-" + event.target.id, ""))"""
"""Marks the page with what has been drawn anew."""
READINGS = 20


@pytest.fixture
def cable(hospital: Hospital) -> Iterator[Cable]:
    """The way from the nurse's browser to the hospital."""
    with Cable(hospital.told["base_url"]) as whole:
        yield whole


@pytest.fixture
def board(hospital: Hospital, cable: Cable, visit: Visit) -> Iterator[Page]:
    """The board of the nurse's ward, live, as the nurse sees it after a real sign-in."""
    context = visit(base_url=cable.url)
    complaints = Complaints(context, cable.url)
    context.add_init_script(SETTLED)
    page = context.new_page()
    name, password = hospital.sign_in("nurse")
    page.goto("/accounts/login/?next=" + hospital.told["pages"]["ward_board"])
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**" + hospital.told["pages"]["ward_board"])
    expect(page.locator("#link")).to_have_text("Live", timeout=SOON_MS)
    # What happened before the stream opened is fetched when it opens, which draws the beds anew.
    expect(page.locator("html")).to_have_attribute("data-settled-ward-beds", "", timeout=SOON_MS)
    page.evaluate("window.sameDocument = true")
    yield page
    assert page.evaluate("window.sameDocument"), "the page was loaded anew"
    assert [one for one in complaints.found if "htmx:" not in one or not cable.was_pulled] == []


@pytest.fixture
def monitor(hospital: Hospital) -> Iterator[Callable[[int], Bedside]]:
    """A function that connects the device of that place in demo.json."""
    connected: list[Bedside] = []

    def connect(place: int) -> Bedside:
        connected.append(Bedside(hospital, hospital.told["devices"][place]).__enter__())
        return connected[-1]

    yield connect
    for one in connected:
        one.__exit__()


def bed_of(page: Page, monitor: Bedside) -> Locator:
    return page.locator(f"[data-bed][data-patient='{monitor.patient}']")


def alert_of(page: Page, monitor: Bedside, kind: str) -> Locator:
    return page.locator(f"[data-alert-id][data-alert-patient='{monitor.patient}'][data-priority={kind}]")


def tab_to(page: Page, target: Locator) -> None:
    """Go to a control with the Tab key alone."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("(el) => el === document.activeElement"):
            return
    pytest.fail(f"not reached with {MOST_TABS} tabs")


def test_a_deteriorating_frame_becomes_an_alert_that_the_nurse_takes_on_by_keyboard(
    board: Page, visit: Visit, hospital: Hospital, monitor: Callable[[int], Bedside]
) -> None:
    bedside = monitor(0)
    colleague = visit("doctor").new_page()
    colleague.goto(hospital.told["pages"]["ward_board"])
    expect(colleague.locator("#link")).to_have_text("Live", timeout=SOON_MS)
    expect(alert_of(board, bedside, "high")).to_have_count(0)

    bedside.publish(ILL)

    bed = bed_of(board, bedside)
    expect(bed).to_have_attribute("data-band", "high", timeout=SOON_MS)
    expect(bed.locator("[data-news-text]")).to_have_text("10")
    expect(bed.locator("[data-k=hr]")).to_have_text("115")
    expect(bed.locator("[data-cell=rr] [data-dots]")).to_have_text("•••")
    alert = alert_of(board, bedside, "high")
    expect(alert).to_be_visible(timeout=SOON_MS)
    expect(alert).to_contain_text("NEWS2 10")
    expect(alert).to_have_attribute("data-state", "opened")
    expect(alert.locator(".owner")).to_contain_text("Ward 4")

    number = alert.get_attribute("data-alert-id")
    tab_to(board, board.locator(f"#take-{number}"))
    board.keyboard.press("Enter")

    nurse = board.locator("header.top details.menu .body b").first.text_content()
    expect(alert).to_have_attribute("data-state", "acknowledged")
    expect(alert.locator(".owner")).to_have_text(f"Owner: {nurse}")
    assert board.evaluate("document.activeElement !== document.body"), "the focus is lost"
    theirs = colleague.locator(f"[data-alert-id='{number}']")
    expect(theirs).to_have_attribute("data-state", "acknowledged", timeout=SOON_MS)
    expect(theirs.locator(".owner")).to_have_text(f"Owner: {nurse}")

    bedside.publish(WELL)
    expect(bed).to_have_attribute("data-band", "zero", timeout=SOON_MS)
    expect(alert).to_have_count(0, timeout=SOON_MS)


def test_a_bed_whose_monitor_stops_is_not_known_and_counted_apart(
    board: Page, monitor: Callable[[int], Bedside]
) -> None:
    bedside = monitor(1)
    bedside.publish(WELL)
    bed = bed_of(board, bedside)
    expect(bed).to_have_attribute("data-state", "live", timeout=SOON_MS)
    expect(bed.locator("[data-news-text]")).to_have_text("0")

    expect(bed).to_have_attribute("data-state", "silent", timeout=SILENT_MS)
    expect(bed).to_have_attribute("data-band", "unknown")
    expect(bed.locator("[data-news-text]")).to_have_text("?")
    expect(bed.locator("[data-bed-text]")).to_contain_text("No signal")
    counted = board.evaluate(
        """() => ["unknown", "zero"].map((band) => [
          document.querySelector(`[data-tally=${band}]`).textContent,
          String(document.querySelectorAll(`[data-bed][data-band=${band}]`).length)])"""
    )
    assert [told == there for told, there in counted] == [True, True]
    assert int(counted[0][0]) >= 1
    expect(alert_of(board, bedside, "technical")).to_contain_text("has stopped sending", timeout=SOON_MS)

    bedside.publish({**WELL, "hr": 75})
    expect(bed).to_have_attribute("data-state", "live", timeout=SOON_MS)
    expect(bed.locator("[data-news-text]")).to_have_text("0")
    expect(alert_of(board, bedside, "technical")).to_have_count(0, timeout=SOON_MS)


def test_a_lost_connection_is_called_stale_and_what_was_missed_comes_with_its_return(
    board: Page, cable: Cable, monitor: Callable[[int], Bedside]
) -> None:
    bedside = monitor(1)
    bedside.publish({**WELL, "hr": 70})
    value = bed_of(board, bedside).locator("[data-k=hr]")
    expect(value).to_have_text("70", timeout=SOON_MS)
    look = "(el) => [getComputedStyle(el).fontWeight, getComputedStyle(el).color]"
    weight, ink = value.evaluate(look)

    cable.pull()
    expect(board.locator("#link")).to_have_text("Stale", timeout=SOON_MS)
    expect(board.locator("[data-stale-words]")).to_contain_text("No live data since")
    grey = value.evaluate(look)
    assert grey[0] < weight and grey[1] != ink
    bedside.publish({**WELL, "hr": 79})

    cable.put_back()
    expect(board.locator("#link")).to_have_text("Live", timeout=SOON_MS)
    expect(board.locator("[data-stale-words]")).to_be_hidden()
    expect(value).to_have_text("79", timeout=SOON_MS)
    assert value.evaluate(look) == [weight, ink]


def test_how_soon_a_reading_is_on_the_screen(
    board: Page, monitor: Callable[[int], Bedside], record_property: Callable[[str, object], None]
) -> None:
    """Measured from the monitor's publish to the changed text, over the whole pipe; the bench judges it."""
    bedside = monitor(1)
    bed_of(board, bedside).locator("[data-k=hr]").evaluate(
        """(el) => { window.seen = {}; new MutationObserver(() => { window.seen[el.textContent] ??= Date.now(); })
          .observe(el, { childList: true, characterData: true, subtree: true }); }"""
    )
    sent: dict[str, float] = {}
    for heart_rate in range(60, 60 + READINGS):
        sent[str(heart_rate)] = time.time() * 1000
        bedside.publish({**WELL, "hr": heart_rate})
        board.wait_for_function("(text) => text in window.seen", arg=str(heart_rate), timeout=SOON_MS)
    seen: dict[str, float] = board.evaluate("window.seen")
    delays = sorted(seen[text] - at for text, at in sent.items())
    median, slow = statistics.median(delays), delays[len(delays) * 95 // 100]
    record_property(FIGURE, f"publish to browser: median {median:.0f} ms, p95 {slow:.0f} ms of {len(delays)} readings")
    assert len(delays) == READINGS
    assert timedelta(milliseconds=slow) < timedelta(milliseconds=SOON_MS)
