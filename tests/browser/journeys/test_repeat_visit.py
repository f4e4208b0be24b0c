"""A repeat outpatient visit by the keyboard alone: one page from beginning to paper."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.journeys.conftest import Seen
from tests.browser.visiting import PATIENCE_MS
from tests.demo import FIGURE, Hospital

pytestmark = pytest.mark.xdist_group("hospital")


class Keyboard:
    """Somebody who types; every press and every word counts as one step."""

    def __init__(self, page: Page) -> None:
        self.page, self.steps = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.steps += 1

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.steps += 1

    def go_to(self, name: str, most: int = 60) -> None:
        """Walk with Tab until the field of that name has the focus."""
        for _ in range(most):
            if self.page.evaluate("document.activeElement.name || ''") == name:
                return
            self.press("Tab")
        pytest.fail(f"the keyboard does not reach {name}")


def on_paper(page: Page) -> None:
    """Look at the summary and the prescription, ready for the printer."""
    expect(page.locator("article.sheet")).to_have_count(2)
    expect(page.locator("article.sheet").last).to_contain_text("Paracetamol 500 mg")
    expect(page.locator("article.sheet").last).to_contain_text("End of items")
    expect(page.locator("[data-print]")).to_be_focused()
    page.emulate_media(media="print")
    expect(page.locator("[data-print]")).to_be_hidden()
    page.emulate_media(media="screen")


def test_a_repeat_visit_is_one_page_by_keyboard(
    visit: Visit, hospital: Hospital, seen: Seen, record_property: Callable[[str, object], None]
) -> None:
    page = visit("doctor").new_page()
    page.goto("/staff/mine/")
    began = time.monotonic()
    keys = Keyboard(page)
    start = page.locator("form[action$='/visits/begin/'] button").first
    start.focus()
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.locator("main [name=reason]")).to_be_focused()
    address = page.url
    keys.press("Control+a")
    keys.write("Control of blood pressure")
    keys.go_to("sbp")
    keys.write("138")
    keys.press("Tab")
    keys.write("84")
    keys.go_to("text")
    keys.press("Control+a")
    keys.write("Feels well. Lungs clear. Goes on as before.")
    repeat = page.locator("main fieldset.taken select").first
    if repeat.count():
        keys.go_to(repeat.get_attribute("name") or "")
        keys.write("r")  # one key repeats
        expect(repeat).to_have_value("repeat")
        keys.press("Tab")
        keys.press("Control+a")
        keys.write("1 tablet in the morning")
    keys.go_to("new-0-name")
    keys.write("Paracetamol 500 mg")
    keys.press("Tab")
    keys.write("1 tablet when in pain")
    keys.go_to("follow")
    keys.write("In 3")
    expect(page.locator("[data-draft-state]")).to_contain_text("Kept", timeout=PATIENCE_MS)
    seen(page, "1-written")
    # The tab closes; nothing typed is lost.
    page.goto("/staff/mine/")
    page.goto(address)
    expect(page.locator("main [name=text]")).to_have_value("Feels well. Lungs clear. Goes on as before.")
    expect(page.locator("main [name=new-0-name]")).to_have_value("Paracetamol 500 mg")
    expect(page.locator("main [name=sbp]")).to_have_value("138")
    keys.go_to("follow_for")
    keys.write("Blood pressure")
    keys.go_to("do")
    with page.expect_navigation():
        keys.press("Enter")
    on_paper(page)
    took = time.monotonic() - began
    seen(page, "2-on-paper")
    assert page.url.endswith("/paper/")
    assert keys.steps <= 120
    record_property(FIGURE, f"a repeat visit by keyboard: {keys.steps} steps, {took:.1f} s at a machine's speed")
