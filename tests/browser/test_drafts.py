"""A draft survives: a script keeps what is typed, also when the page goes away at once; without one a button does."""

import secrets

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Visit
from tests.browser.visiting import PATIENCE_MS
from tests.demo import Hospital

pytestmark = pytest.mark.xdist_group("hospital")


def words() -> str:
    """What nobody typed before."""
    return f"Better today, {secrets.token_hex(4)}."


def begun(window: BrowserContext, hospital: Hospital, kind: str = "other") -> Page:
    """Return the page of a draft."""
    page = window.new_page()
    page.goto(f"{hospital.told['pages']['chart']}notes/")
    with page.expect_navigation():
        page.locator(f"button[value={kind}]").click()
    return page


def test_what_is_typed_is_kept_and_found_in_another_window(visit: Visit, hospital: Hospital) -> None:
    window, typed = visit("doctor"), words()
    page = begun(window, hospital)
    page.locator("[name=text]").fill(typed)
    expect(page.locator("[data-draft-state]")).to_contain_text("Kept", timeout=PATIENCE_MS)
    address = page.url
    page.close()
    again = visit("doctor").new_page()
    again.goto(address)
    expect(again.locator("[name=text]")).to_have_value(typed)


def test_the_last_word_is_kept_when_the_page_goes_away_at_once(visit: Visit, hospital: Hospital) -> None:
    window, typed = visit("doctor"), words()
    page = begun(window, hospital)
    address = page.url
    page.locator("[name=text]").fill(typed)
    page.goto(hospital.told["pages"]["chart"])
    look = window.new_page()
    look.goto(address)
    for _ in range(20):  # the beacon travels beside the page
        if look.locator("[name=text]").input_value() == typed:
            break
        look.reload()
    expect(look.locator("[name=text]")).to_have_value(typed)


def test_a_second_window_is_told_and_loses_nothing(visit: Visit, hospital: Hospital) -> None:
    window, first, second = visit("doctor"), words(), words()
    page, other = begun(window, hospital), begun(window, hospital)
    page.locator("[name=text]").fill(first)
    expect(page.locator("[data-draft-state]")).to_contain_text("Kept", timeout=PATIENCE_MS)
    other.locator("[name=text]").fill(second)
    expect(other.locator("[data-draft-state]")).to_contain_text("another window", timeout=PATIENCE_MS)
    with other.expect_navigation():
        other.locator("button[value=keep]").click()
    expect(other.locator("main")).to_contain_text(first)
    expect(other.locator("[name=text]")).to_have_value(second)


def test_a_button_keeps_it_without_a_script(visit: Visit, hospital: Hospital) -> None:
    typed = words()
    page = begun(visit("doctor", java_script_enabled=False), hospital)
    page.locator("[name=text]").fill(typed)
    with page.expect_navigation():
        page.locator("button[value=keep]").click()
    expect(page.locator("[name=text]")).to_have_value(typed)


def test_a_note_is_written_signed_and_amended(visit: Visit, hospital: Hospital) -> None:
    typed, more = words(), words()
    page = begun(visit("doctor"), hospital, "outpatient")
    page.locator("[name=text]").fill(typed)
    with page.expect_navigation():
        page.locator("button[value=sign]").click()
    expect(page.locator("main .letter").first).to_have_text(typed)
    expect(page.locator("main textarea")).to_have_count(0)
    with page.expect_navigation():
        page.locator("form[action$='/add/'] button").click()
    page.locator("[name=text]").fill(more)
    with page.expect_navigation():
        page.locator("button[value=sign]").click()
    expect(page.locator("main .letter")).to_have_text([typed, more])
    page.goto(f"{hospital.told['pages']['chart']}timeline/")
    expect(page.locator("main .line li").first).to_contain_text("Addendum to a note")
