"""A critical result that is handed over: its notice goes along, by the real worker and stream. A picture is kept."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.journeys.conftest import Seen
from tests.demo import Hospital

pytestmark = pytest.mark.xdist_group("hospital")
_COLLEAGUE = """
UPDATE people_account SET username = 'colleague', password = mine.password
FROM people_account mine WHERE mine.username = %s AND people_account.staff_id = (
    SELECT them.id FROM people_staffmember them
    JOIN people_unitmembership works ON works.staff_id = them.id
    JOIN people_staffrole held ON held.staff_id = them.id AND held.role = 'doctor'
    WHERE them.title = 'Resident doctor, acute medicine' AND them.active AND them.id <> mine.staff_id
    ORDER BY them.id LIMIT 1)
RETURNING people_account.staff_id, (
    SELECT name_text FROM people_staffmember one WHERE one.id = people_account.staff_id)
"""
_NOTICES = """
SELECT DISTINCT notice.id, notice.position, notice.next_at, notice.announced_at FROM messaging_notice notice
JOIN messaging_toldperson told ON told.notice_id = notice.id
WHERE notice.kind = 'critical_result' AND notice.settled_at IS NULL
"""
_TOLD = """
SELECT told.relieved_at IS NULL FROM messaging_toldperson told
JOIN people_account one ON one.staff_id = told.staff_id WHERE told.notice_id = %s AND one.username = %s
"""
_TWICE = """
SELECT notice_id, staff_id, position, channel FROM messaging_delivery
WHERE channel = 'screen' GROUP BY notice_id, staff_id, position, channel HAVING count(*) > 1
"""


def hand_over(page: Page, staff_id: str) -> None:
    """Hand everything that waits over to a colleague."""
    page.goto("/staff/results/")
    page.locator("main details summary").click()
    page.get_by_label("Colleague").select_option(staff_id)
    page.get_by_role("button", name="Hand over").click()


def test_its_notice_goes_along_and_the_ladder_goes_on(visit: Visit, hospital: Hospital, seen: Seen) -> None:
    username, password = hospital.sign_in("doctor")
    ((staff_id, name),) = hospital.rows(_COLLEAGUE, username)
    giver, taker = visit("doctor").new_page(), visit().new_page()
    taker.goto("/accounts/login/")
    taker.locator("[name=login]").fill("colleague")
    taker.locator("[name=password]").fill(password)
    taker.locator("[name=password]").press("Enter")
    expect(taker).not_to_have_url(re.compile("/login/"))
    taker.goto("/staff/notices/")
    expect(taker.locator("#waiting")).to_contain_text("Nothing waits for you")
    before = hospital.rows(_NOTICES)
    assert before, "the demo doctor has a critical result to see"

    hand_over(giver, str(staff_id))
    expect(giver.locator("body")).to_contain_text(f"went to {name}")

    # Nobody reloads the page of the colleague: the worker relays the event, and the stream tells the browser.
    expect(taker.locator("#waiting [data-notice]")).to_have_count(len(before), timeout=15_000)
    seen(taker, "1-the-colleague-is-told")
    giver.goto("/staff/notices/")
    expect(giver.locator("#waiting [data-notice]")).to_have_count(0)
    for notice, position, next_at, announced_at in before:
        assert hospital.rows(_TOLD, notice, "colleague") == [(True,)]
        assert hospital.rows(_TOLD, notice, username) == [(False,)]
        found = [row for row in hospital.rows(_NOTICES) if row[0] == notice]
        assert found[0][3] == announced_at
        assert found[0][1] > position or found[0][2] == next_at, "the ladder goes on as it was"

    ((own_id,),) = hospital.rows("SELECT staff_id FROM people_account WHERE username = %s", username)
    hand_over(taker, str(own_id))
    expect(giver.locator("#waiting [data-notice]")).to_have_count(len(before), timeout=15_000)
    assert all(hospital.rows(_TOLD, notice, username) == [(True,)] for notice, *_ in before)
    assert hospital.rows(_TWICE) == [], "nobody is told a step twice"
