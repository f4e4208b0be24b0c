"""The journey of a duplicate: somebody known comes again under another spelling, and is not registered twice."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import send
from tests.browser.conftest import Visit
from tests.browser.journeys.conftest import Seen
from tests.demo import Hospital

pytestmark = pytest.mark.xdist_group("hospital")
FAMILY = "Quillfeather"
KNOWN = {"family": FAMILY, "given": "Marguerite", "birth": "02-03-1961", "phone": "+44 20 7946 0958"}
AGAIN = {"family": "Quilfether", "given": "Margaret", "birth": "03-02-1961"}
SISTER = {"given": "Rosalind", "birth": "19-08-1964"}
COUNTED = "SELECT count(*) FROM people_patientname WHERE family ILIKE 'quil%%fe%%ther'"


def type_in(page: Page, values: dict[str, str]) -> None:
    """Type as a person does, letter by letter."""
    for name, value in values.items():
        field = page.locator(f"main [name={name}]")
        field.fill("")
        field.press_sequentially(value)


def test_warned_while_typing_found_instead_and_the_sister_registered(
    visit: Visit, hospital: Hospital, seen: Seen
) -> None:
    page = visit("receptionist").new_page()
    page.goto("/staff/patients/register/")
    type_in(page, KNOWN)
    page.get_by_label("Female").or_(page.locator("main [name=sex]")).first.select_option("female")
    expect(page.locator("#alike li")).to_have_count(0)
    send(page, {})
    expect(page.locator("main")).to_contain_text("Marguerite")
    known = page.url.split("/patients/")[1].split("/")[0]
    assert hospital.rows(COUNTED) == [(1,)]

    # Years later: another clerk, by ear, day and month the other way round.
    page.goto("/staff/patients/register/")
    type_in(page, AGAIN)
    suspect = page.locator(f"#alike li[data-patient='{known}']")
    expect(suspect).to_contain_text("Marguerite")
    expect(suspect).to_contain_text(re.compile("sounds|alike|similar", re.IGNORECASE))
    expect(page.locator("main [name=family]")).to_have_value(AGAIN["family"])
    seen(page, "1-warned-while-typing")

    # Sent all the same: nothing is registered, and nothing typed is lost.
    send(page, {})
    expect(page.locator("main")).to_contain_text("Nothing is registered yet")
    expect(page.locator("main [name=given]")).to_have_value(AGAIN["given"])
    assert hospital.rows(COUNTED) == [(1,)]
    seen(page, "2-nothing-is-registered-yet")
    with page.context.expect_page() as opened:
        page.locator(f"li[data-patient='{known}'] a").click()
    expect(opened.value.locator("main [name=given]")).to_have_value(KNOWN["given"])
    seen(opened.value, "3-the-right-record")

    # Her sister is somebody else, and the clerk says so.
    type_in(page, SISTER | {"family": FAMILY})
    send(page, {})
    none = page.locator("main [name=nobody_alike]")
    if none.count():
        seen(page, "4-the-sister-is-alike")
        with page.expect_navigation():
            none.click()
    expect(page.locator("main")).to_contain_text("Rosalind")
    assert hospital.rows(COUNTED) == [(2,)]
    seen(page, "5-the-sister-is-registered")
