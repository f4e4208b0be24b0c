"""The journey of a critical result: ordered, entered, told, on top of the chart, acknowledged. Pictures are kept."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import follow, send
from tests.browser.conftest import Visit
from tests.browser.journeys.conftest import Seen
from tests.demo import Hospital

pytestmark = pytest.mark.xdist_group("hospital")
REASON = "Muscle weakness since this morning"


def sign(page: Page) -> None:
    """Sign, also when there is a result of the same day."""
    follow("main button[value=sign]")(page, {})
    if page.locator("#repeats").count():
        follow("main button[value=sign]")(page, {})


def test_ordered_entered_told_and_acknowledged(visit: Visit, hospital: Hospital, seen: Seen) -> None:
    doctor, technician = (visit(role).new_page() for role in ("doctor", "lab_technician"))
    doctor.goto("/staff/mine/")
    chart = doctor.locator("tr[data-patient] a.strong").last.get_attribute("href")
    assert chart is not None

    doctor.goto(f"{chart}orders/")
    doctor.locator("main a[href$='/orders/add/']").click()
    doctor.get_by_label("Find by name or code").fill("potas")
    expect(doctor.locator("#item-crp")).to_have_count(0)
    doctor.locator("#item-potassium").focus()
    doctor.keyboard.press("Space")
    expect(doctor.locator("#choices fieldset").first.locator("#item-potassium")).to_be_checked()
    doctor.get_by_label("Priority").select_option("urgent")
    doctor.locator("main [name=reason]").fill(REASON)
    seen(doctor, "1-chosen")
    sign(doctor)
    expect(doctor.locator("#open")).to_contain_text(REASON)
    seen(doctor, "2-ordered")

    technician.goto("/staff/orders/")
    row = technician.locator("tr[data-order]", has_text=REASON)
    seen(technician, "3-the-laboratory-sees-it")
    order = row.get_attribute("data-order")
    row.get_by_role("link").click()
    technician.locator("main [name=m-potassium]").fill("69")
    technician.get_by_role("button", name="Send the result").click()
    expect(technician.locator("#form-errors")).to_contain_text("No such value is possible")
    technician.locator("main [name=m-potassium]").fill("6.9")
    seen(technician, "4-entered")
    technician.get_by_role("button", name="Send the result").click()
    expect(technician.locator("#result")).to_contain_text("Critically high")
    technician.get_by_label("Who was called").fill("Dr Chandra, Ward 4")
    technician.get_by_label("They read the value back").check()
    technician.get_by_role("button", name="Note the call").click()
    expect(technician.locator("#result")).to_contain_text("The value was read back.")
    seen(technician, "5-told-and-called")
    running = "SELECT settled_at IS NULL, next_at FROM messaging_notice WHERE url LIKE %s"
    ((open_, next_at),) = hospital.rows(running, f"%{order}%")
    assert open_
    assert next_at is not None

    doctor.goto(chart)
    card = doctor.locator(f"[data-critical='{order}']")
    expect(card).to_contain_text("6.9 mmol/L")
    seen(doctor, "6-on-top-of-the-chart")
    doctor.goto("/staff/results/")
    expect(doctor.locator(f"article[data-order='{order}']")).to_contain_text("Critically high")
    seen(doctor, "7-results-to-see")
    doctor.goto(chart)
    card.get_by_role("link").click()
    doctor.get_by_label("What follows").fill("Calcium gluconate now, ECG, repeat in an hour")
    send(doctor, {})
    expect(doctor).to_have_url(re.compile("/orders/$"))
    doctor.goto(chart)
    expect(card).to_have_count(0)
    seen(doctor, "8-acknowledged")
    assert hospital.rows(running, f"%{order}%") == [(False, None)]
