"""The tour of the demo: every button opens what it promises, and a pulled plug loses nothing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.bedside import Bedside
from tests.browser.conftest import Visit
from tests.browser.visiting import Complaints, enter
from tests.demo import FIGURE, Hospital, until

pytestmark = pytest.mark.xdist_group("hospital")

FIRST_SCREENS = {
    "nurse": ("{board}", "Board of Ward 4"),
    "doctor": ("/staff/mine/", "My patients"),
    "patient": ("/tour/phone/", "The patient's phone"),
    "receptionist": ("/staff/patients/", "Find a patient"),
    "administrator": ("/staff/devices/", "Devices"),
    "privacy_officer": ("/staff/broken-glass/", "Charts opened outside of care"),
    "pharmacist": ("/staff/patients/", "Find a patient"),
    "cashier": ("/staff/patients/", "Find a patient"),
    "lab_technician": ("/staff/orders/", "Open orders"),
    "radiographer": ("/staff/orders/", "Open orders"),
}
PLUGS = ("stream", "nats", "postgres", "gateway", "worker")
RATE_HZ = 20.0
BACK_S, STORED_S = 90.0, 60.0


@pytest.fixture
def tour(visit: Visit) -> Page:
    """The open tour, seen by somebody who has not signed in."""
    page = visit().new_page()
    page.goto("/")
    expect(page).to_have_url(re.compile("/tour/$"))
    return page


def test_every_role_has_a_button(tour: Page, hospital: Hospital) -> None:
    actions = [form.get_attribute("action") or "" for form in tour.locator("form[action*='/enter/']").all()]
    assert {action.split("/")[-2] for action in actions} == set(FIRST_SCREENS)
    assert set(FIRST_SCREENS) == set(hospital.told["sign_ins"]) - {"other_patient"}


@pytest.mark.parametrize("role", FIRST_SCREENS)
def test_a_button_signs_in_and_opens_the_first_screen(tour: Page, hospital: Hospital, role: str) -> None:
    complaints = Complaints(tour.context, hospital.told["base_url"])
    path, heading = FIRST_SCREENS[role]
    enter(tour, role)
    board = hospital.told["pages"]["ward_board"]
    expect(tour).to_have_url(hospital.told["base_url"] + path.format(board=board))
    expect(tour.locator("h1")).to_have_text(heading)
    assert complaints.found == []


def test_the_phone_shows_the_patients_own_record(tour: Page, hospital: Hospital) -> None:
    enter(tour, "patient")
    phone = tour.frame_locator(".phone iframe")
    expect(phone.locator("main h1")).to_be_visible()
    name, _ = hospital.sign_in("patient")
    ((family,),) = hospital.rows(
        "SELECT name.family FROM people_patientname name JOIN people_account account USING (patient_id) "
        "WHERE account.username = %s LIMIT 1",
        name,
    )
    expect(phone.locator(".portal-top details.menu b")).to_contain_text(family, ignore_case=True)
    box = tour.locator(".phone iframe").bounding_box()
    assert box is not None
    assert 360 <= box["width"] <= 430


def test_the_stories_that_play_are_told(tour: Page) -> None:
    told = tour.locator("dl.stories dt").all_inner_texts()
    assert len(told) >= 8
    expect(tour.locator("dl.stories")).to_contain_text("Sepsis")
    expect(tour.locator("dl.stories")).to_contain_text("A monitor that goes silent")


@pytest.mark.timeout(600, func_only=True)
def test_a_pulled_plug_comes_back_and_loses_no_frame_that_was_taken(
    tour: Page, hospital: Hospital, record_property: Callable[[str, object], None]
) -> None:
    with Bedside(hospital, hospital.told["devices"][2]) as bedside:
        with bedside.sending(rate_hz=RATE_HZ):
            for name in PLUGS:
                pull(tour, hospital, bedside, name)
        bedside.wait_taken()
        taken = bedside.taken
        counted = "SELECT seq, count(*) FROM vital_frame WHERE device_id = %s AND boot = %s GROUP BY seq"

        def stored() -> dict[int, int]:
            return dict(hospital.rows(counted, bedside.device, bedside.boot))

        until(lambda: len(stored()) >= len(taken), "every frame that was taken is stored", within_s=STORED_S)
    assert stored() == dict.fromkeys(taken, 1)
    record_property(FIGURE, f"plugs pulled: {', '.join(PLUGS)}; {len(taken)} frames taken and stored, each once")


def pull(tour: Page, hospital: Hospital, bedside: Bedside, name: str) -> None:
    """Kill a process from the tour's page, wait until everything works again, and until new frames are taken."""
    before = hospital.standing()[name]["restarts"]
    tour.goto("/tour/")
    tour.locator(f"form[action$='/plug/{name}/'] button").click()
    until(lambda: hospital.standing()[name]["restarts"] > before, f"{name} is started again", within_s=BACK_S)
    until(hospital.all_up, f"everything is ready after {name} was killed", within_s=BACK_S)
    tour.goto("/tour/")
    expect(tour.locator(".processes li").filter(has=tour.locator(f"b:text-is('{name}')"))).to_contain_text("restarted")
    known = len(bedside.taken)
    until(lambda: len(bedside.taken) > known + RATE_HZ, f"frames are taken again after {name} was killed",
          within_s=BACK_S)  # fmt: skip
