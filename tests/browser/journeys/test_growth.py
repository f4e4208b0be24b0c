"""The journey of a child's growth: looked at, measured with a slip, the slip seen and corrected, drawn."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.journeys.conftest import Seen
from tests.demo import Hospital

pytestmark = pytest.mark.xdist_group("hospital")
CHILDREN = (
    "SELECT p.id, max(o.value), date_part('year', age(p.birth_on)) "
    "FROM people_patient AS p JOIN clinical_observation AS o ON o.patient_id = p.id "
    "WHERE o.code = '29463-7' AND p.sex IN ('female', 'male') "
    "AND p.birth_on BETWEEN current_date - interval '9 years' AND current_date - interval '1 year' "
    "GROUP BY p.id ORDER BY p.id"
)


def child_of(page: Page, hospital: Hospital) -> tuple[str, float]:
    """Return the growth page of a child whom this clinician may open, and the greatest weight so far."""
    for key, heaviest, years in hospital.rows(CHILDREN):
        growth = f"/staff/patients/{key}/growth/?ages={'0-5' if years < 5 else '5-19'}"
        answer = page.goto(growth)
        if answer and answer.ok:
            return growth, float(heaviest)
    raise AssertionError("no child of the hospital is cared for by this clinician")


def test_measured_with_a_slip_corrected_and_drawn(visit: Visit, hospital: Hospital, seen: Seen) -> None:
    page = visit("doctor").new_page()
    growth, heaviest = child_of(page, hospital)
    weight = f"{heaviest + 0.2:.2f}"
    dots = page.locator("svg circle.own")
    before = dots.count()
    expect(page.locator("svg .line")).to_have_count(5)
    seen(page, "1-the-curve")

    with page.expect_navigation():
        page.get_by_role("button", name="Measure").click()
    page.locator("[name='a/weight']").fill(f"{heaviest * 4:.2f}")  # of somebody else
    with page.expect_navigation():
        page.locator("button[value=finish]").click()
    form = urlsplit(page.url).path
    page.goto(growth)
    expect(page.locator("main .tag", has_text="hardly possible")).not_to_have_count(0)
    expect(dots).to_have_count(before)
    seen(page, "2-hardly-possible")

    page.goto(form)
    with page.expect_navigation():
        page.get_by_role("button", name="Amend").click()
    page.locator("[name='a/weight']").fill(weight)
    page.locator("[name=reason]").fill("It was the mother on the scale.")
    with page.expect_navigation():
        page.locator("button[value=finish]").click()
    page.goto(growth)
    expect(page.locator("main .tag", has_text="hardly possible")).to_have_count(0)
    expect(dots).to_have_count(before + 1)
    page.get_by_role("link", name="Centiles").click()
    expect(page.locator("svg .name").last).to_have_text("97")
    seen(page, "3-drawn-among-centiles")
