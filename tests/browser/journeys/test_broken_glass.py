"""The journey of a chart opened with a reason: the nurse, the privacy officer, the patient. Pictures are kept."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import send
from tests.browser.conftest import Visit
from tests.browser.journeys.conftest import PortalPatient, Seen

pytestmark = pytest.mark.xdist_group("hospital")
SAID = "Collapsed in the clinic's corridor."


def noticed(seen: Seen, officer: Page, card: str, name: str) -> None:
    """Find the notice of the opening where it belongs."""
    officer.goto("/staff/notices/")
    expect(officer.locator(card)).to_contain_text("A chart was opened outside of care", timeout=30_000)
    seen(officer, name)


def test_opened_with_a_reason_reviewed_asked_about_and_answered(
    visit: Visit, portal_patient: PortalPatient, seen: Seen
) -> None:
    chart, family = portal_patient.chart, portal_patient.family
    nurse, officer, mine = (visit(role).new_page() for role in ("nurse", "privacy_officer", "patient"))

    assert nurse.goto(chart).status == 404  # type: ignore[union-attr]
    nurse.goto(f"/staff/patients/?q={family}")
    seen(nurse, "1-the-search-offers")
    nurse.locator(f"tr[data-patient='{portal_patient.id}'] a", has_text="Open with a reason").click()
    send(nurse, {})
    expect(nurse.locator("#main")).to_contain_text("Please look at this again")
    seen(nurse, "2-no-reason-yet")
    nurse.get_by_label("Emergency").check()
    nurse.locator("main [name=reason]").fill(SAID)
    send(nurse, {})
    expect(nurse).to_have_url(re.compile(f"{chart}$"))
    expect(nurse.locator(".banner.opened")).to_contain_text("outside of your care, until")
    seen(nurse, "3-the-chart-says-so")
    nurse.goto(f"{chart}results/")
    expect(nurse.locator(".banner.opened")).to_be_visible()

    officer.goto("/staff/broken-glass/")
    row = officer.locator("tr[data-glass]", has_text=SAID)
    expect(row).to_be_visible()
    seen(officer, "4-the-officer-is-told")
    noticed(seen, officer, "#waiting", "4-the-notice")
    officer.goto("/staff/broken-glass/")
    row.get_by_role("link").click()
    expect(officer.locator("#looks")).to_contain_text("results")
    officer.get_by_label("Not justified").check()
    officer.locator("main [name=note]").fill("Nobody of the clinic knows of it.")
    seen(officer, "5-the-review")
    send(officer, {})
    expect(officer.locator("#judged")).to_contain_text("Not justified")

    noticed(seen, officer, "#settled", "5-the-notice-is-done")

    assert nurse.goto(chart).status == 404  # type: ignore[union-attr]

    mine.goto("/portal/access/?who=others")
    look = mine.locator("li.look", has_text="You were not in their care").first
    expect(look).to_contain_text("you were in danger")
    look.get_by_role("button", name="Ask why").click()
    expect(mine.locator("li.look").filter(has_text="You asked why").first).to_be_visible()
    seen(mine, "6-the-patient-asks")

    officer.goto("/staff/questions/")
    officer.locator(f"tr[data-question]:has-text('{family.upper()}') a").first.click()
    officer.locator("main [name=answer]").fill("It was not right. We have spoken with the nurse.")
    send(officer, {})
    mine.goto("/portal/access/")
    expect(mine.locator("main")).to_contain_text("It was not right. We have spoken with the nurse.")
    seen(mine, "7-the-answer")
