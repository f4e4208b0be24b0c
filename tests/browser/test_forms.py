"""A form in the browser: an answer opens the next question at once and survives; without a script a button does it."""

import secrets

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Visit
from tests.browser.visiting import PATIENCE_MS
from tests.demo import Hospital

pytestmark = pytest.mark.xdist_group("hospital")


def begun(window: BrowserContext, hospital: Hospital, form: str = "social-history") -> Page:
    """Return the page of a form that is being filled."""
    page = window.new_page()
    page.goto(f"{hospital.told['pages']['chart']}forms/")
    with page.expect_navigation():
        page.locator(f"button[value$='{form}']").click()
    return page


def kept(page: Page) -> None:
    expect(page.locator("[data-draft-state]")).to_contain_text("Kept", timeout=PATIENCE_MS)


def test_an_answer_opens_a_question_is_kept_and_found_by_a_colleague(visit: Visit, hospital: Hospital) -> None:
    page, note = begun(visit("nurse"), hospital), f"Asked twice, {secrets.token_hex(4)}."
    packs = page.locator("[name='a/pack-years']")
    page.locator("[name='a/smoking']").nth(0).check()
    expect(packs).to_be_hidden(timeout=PATIENCE_MS)
    page.locator("[name='a/smoking']").nth(1).check()
    expect(packs).to_be_visible(timeout=PATIENCE_MS)
    packs.fill("12.5")
    page.locator("[name='a/note']").fill(note)
    page.locator("[name='a/note']").blur()
    kept(page)
    page.close()
    again = begun(visit("doctor"), hospital)
    expect(again.locator("[name='a/note']")).to_have_value(note, timeout=PATIENCE_MS)
    expect(again.locator("[name='a/pack-years']")).to_have_value("12.5")
    with again.expect_navigation():
        again.locator("button[value=finish]").click()
    expect(again.locator("main")).to_contain_text("12.5 pack-years")


def test_without_a_script_a_button_opens_the_question(visit: Visit, hospital: Hospital) -> None:
    page = begun(visit("doctor", java_script_enabled=False), hospital)
    page.locator("[name='a/smoking']").nth(1).check()
    with page.expect_navigation():
        page.locator("main button[value=keep]").last.click()
    expect(page.locator("[name='a/pack-years']")).to_be_visible()
