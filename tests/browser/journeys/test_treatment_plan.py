"""A treatment plan: made from a template, adapted, followed by the patient, reached. Pictures are kept."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.acts import OBSERVED, fill, send
from tests.browser.conftest import Visit
from tests.browser.journeys.conftest import PortalPatient, Seen

pytestmark = pytest.mark.xdist_group("hospital")
TITLE = "Pressure down together"


def press(page: Page, button: Locator) -> None:
    """Press a button that leads on."""
    with page.expect_navigation():
        button.click()


def opened(page: Page, patient: PortalPatient) -> str:
    """Open a chart with a reason, as its patient's wish, and return its address."""
    page.goto(f"/staff/patients/?q={patient.family}")
    offer = page.locator(f"tr[data-patient='{patient.id}'] a", has_text="Open with a reason")
    if offer.count():
        press(page, offer)
        page.locator("main [name=kind]").first.check()
        page.locator("main [name=reason]").fill("Plans the treatment with the patient.")
        send(page, {})
    return patient.chart


def test_made_adapted_followed_and_reached(visit: Visit, portal_patient: PortalPatient, seen: Seen) -> None:
    doctor, mine = (visit(role).new_page() for role in ("doctor", "patient"))
    chart = opened(doctor, portal_patient)
    fill(words="Essential hypertension", icd10="I10", body_site="Whole body")(doctor_at(doctor, chart), {})

    doctor.goto(f"{chart}plans/choose/")
    seen(doctor, "1-which-problem")
    press(doctor, doctor.locator(".offers a", has_text="Bringing the blood pressure down").first)
    doctor.locator("[name=title]").fill(TITLE)
    doctor.locator("[name=goal-0-high]").fill("160")
    send(doctor, {})
    expect(doctor.locator("#form-errors")).to_contain_text("outside what the template calls usual")
    seen(doctor, "2-outside-the-usual-asks-why")
    doctor.locator("[name=goal-0-high]").fill("135")
    doctor.locator("[name=because]").fill("Her kidneys need it lower.")
    send(doctor, {})
    expect(doctor.locator("#adapted")).to_contain_text("at most 139 mmHg → at most 135 mmHg")
    expect(doctor.locator("#adapted")).to_contain_text("Her kidneys need it lower.")
    seen(doctor, "3-a-draft")
    plan = doctor.url

    mine.goto("/portal/plans/")
    expect(mine.locator("main")).not_to_contain_text(TITLE)
    press(doctor, doctor.locator("button[value=active]"))
    mine.reload()
    task = mine.locator(".todo > li", has_text=TITLE).filter(has_text="Take the blood pressure tablets")
    seen(mine, "4-the-patient-sees-it")
    press(mine, task.get_by_role("button", name="Done"))
    expect(task).to_contain_text("1 of 1 done")
    seen(mine, "5-ticked-off")
    press(mine, task.get_by_role("button", name="Undo"))
    expect(task.get_by_role("button", name="Done")).to_be_visible()
    task.locator("summary").click()
    task.locator("[name=words]").fill("The box was empty.")
    press(mine, task.get_by_role("button", name="Tell the care team"))

    doctor.goto(plan)
    row = doctor.locator("tr[data-activity]", has_text="Take the blood pressure tablets")
    expect(row).to_contain_text("said by the patient: The box was empty.")
    doctor.goto(f"{chart}observations/record/")
    fill(rr="16", spo2="97", oxygen="0", sbp="158", dbp="76", hr="71", temp="36.8")(doctor, {})
    doctor.goto(plan)
    goal = doctor.locator("#goals .goal").first
    expect(goal).to_contain_text("Above the target")
    seen(doctor, "6-above-the-target")
    doctor.goto(f"{chart}observations/record/")
    OBSERVED(doctor, {})
    doctor.goto(plan)
    expect(goal).to_contain_text("In the target")
    expect(goal).to_contain_text("128 mmHg")
    seen(doctor, "7-in-the-target")
    mine.goto("/portal/plans/")
    own = mine.locator("section.card", has_text=TITLE)
    expect(own).to_contain_text(re.compile("You are there"))
    seen(mine, "8-the-patient-is-told")


def doctor_at(page: Page, chart: str) -> Page:
    """Go where a problem is added."""
    page.goto(f"{chart}problems/add/")
    return page
