"""The journey of a correction: the patient asks, the doctor corrects it and answers; pictures are kept."""

import pytest
from playwright.sync_api import expect

from tests.browser.acts import send
from tests.browser.conftest import Visit
from tests.browser.journeys.conftest import Seen
from tests.factories import ips
from tests.factories.pdfs import text_of

pytestmark = pytest.mark.xdist_group("hospital")
WRONG, ANSWER = "The medicine was stopped long ago.", "Thank you: it was a mistake, and we marked it."


def test_asked_for_corrected_and_answered(visit: Visit, seen: Seen) -> None:
    mine, doctor = visit("patient").new_page(), visit("doctor").new_page()
    mine.set_viewport_size({"width": 390, "height": 844})
    mine.goto("/portal/record/medicines/")
    medicine = mine.locator("li.entry .title").first.inner_text()
    mine.get_by_role("link", name="Something wrong?").first.click()
    mine.locator("main [name=wrong]").fill(WRONG)
    seen(mine, "1-the-patient-says-so")
    send(mine, {})
    expect(mine.locator("main")).to_contain_text(WRONG)
    seen(mine, "2-it-waits")

    doctor.goto("/staff/mine/")
    doctor.locator("main a[href='/staff/corrections/']").click()
    seen(doctor, "3-the-worklist")
    doctor.locator("tr[data-rectification] a").last.click()
    expect(doctor.locator("main")).to_contain_text(WRONG)
    answering = doctor.url
    doctor.get_by_role("link", name="Mark it as entered in error").click()
    doctor.locator("main [name=reason]").fill("The patient does not take it.")
    send(doctor, {})
    doctor.goto(answering)
    doctor.get_by_label("It was corrected, by the change below").check()
    doctor.locator("main [name=change]").select_option(index=1)
    doctor.locator("main [name=answer]").fill(ANSWER)
    seen(doctor, "4-the-answer")
    send(doctor, {})

    mine.goto("/portal/record/corrections/")
    expect(mine.locator("main")).to_contain_text(ANSWER)
    seen(mine, "5-the-patient-reads-it")
    paper = mine.request.get("/portal/record/download/pdf/")
    assert paper.ok and medicine.split()[0] not in text_of(paper.body())
    summary = mine.request.get("/portal/record/download/fhir/")
    assert summary.ok and ips.problems(summary.json()) == []
