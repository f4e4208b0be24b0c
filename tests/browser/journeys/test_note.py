"""The journey of a note: written, lost from the screen, found again, signed, added to, marked as wrong."""

import re
import secrets
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.acts import send
from tests.browser.conftest import Visit
from tests.browser.journeys.conftest import Seen
from tests.browser.visiting import PATIENCE_MS
from tests.demo import Hospital

pytestmark = pytest.mark.xdist_group("hospital")
SCRIPT = "<script>document.title = 'taken'</script>"


def test_written_signed_and_amended(visit: Visit, hospital: Hospital, seen: Seen) -> None:
    chart, mark = hospital.told["pages"]["chart"], secrets.token_hex(4)
    first, more = f"Walks to the window without help ({mark}). {SCRIPT}", f"It was the left knee ({mark})."
    page = visit("doctor").new_page()
    page.goto(f"{chart}notes/")
    with page.expect_navigation():
        page.locator("button[value=outpatient]").click()
    page.locator("[name=text]").fill(first)
    expect(page.locator("[data-draft-state]")).to_contain_text("Kept", timeout=PATIENCE_MS)
    seen(page, "1-a-draft-is-kept")
    draft = page.url

    # The tab is closed; a colleague sees no draft; the writer finds it among their own.
    page.close()
    colleague = visit("nurse").new_page()
    colleague.goto(f"{chart}notes/")
    expect(colleague.locator("main")).not_to_contain_text(mark)
    page = visit("doctor").new_page()
    page.goto(f"{chart}notes/")
    page.locator(f"main a[href='{urlsplit(draft).path}']").click()
    expect(page.locator("[name=text]")).to_have_value(first)

    # Signed in two windows at once: one note.
    twin = page.context.new_page()
    twin.goto(draft)
    for window in (page, twin):
        with window.expect_navigation():
            window.locator("button[value=sign]").click()
    signed = "SELECT count(*) FROM clinical_note WHERE text LIKE %s"
    assert hospital.rows(signed, f"%{mark}%") == [(1,)]
    expect(page.locator("main .letter").first).to_have_text(first)  # words, not a program
    expect(page).not_to_have_title(re.compile("taken"))
    expect(page.locator("main textarea")).to_have_count(0)
    seen(page, "2-signed")

    note = page.locator("main .card", has_text=mark).first
    with page.expect_navigation():
        note.get_by_role("button", name="Addendum").click()
    expect(page.locator("main .letter")).to_have_text(first)
    page.locator("[name=text]").fill(more)
    seen(page, "3-an-addendum-beside-the-note")
    with page.expect_navigation():
        page.locator("button[value=sign]").click()
    colleague.goto(f"{chart}notes/")
    amended = colleague.locator("main .card", has_text=first)
    expect(amended.locator(".letter")).to_have_text([first, more])
    seen(colleague, "4-both-are-read")

    page.goto(f"{chart}notes/")
    page.locator("main .card", has_text=first).locator(".addendum a").first.click()
    page.locator("main [name=reason]").fill("It was the right knee after all.")
    send(page, {})
    colleague.goto(f"{chart}notes/")
    expect(amended.locator(".letter")).to_have_text([first])
    colleague.goto(f"{chart}history/")
    expect(colleague.locator("#mistakes")).to_contain_text("It was the right knee after all.")
    seen(colleague, "5-kept-behind-its-mark")
