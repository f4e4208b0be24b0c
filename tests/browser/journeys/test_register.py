"""The journey of a register: rows off paper come into use in the browser, and are undone."""

import csv
import io
import os
import random
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.journeys.conftest import Seen
from tests.demo import Hospital
from tests.factories.registers import HEADINGS, row

pytestmark = [pytest.mark.xdist_group("hospital"), pytest.mark.timeout(900)]
ROWS = int(os.environ.get("EHOSPITAL_JOURNEY_ROWS", "2000"))
"""`ehospital bench intake` takes 20,000; here so many are asked for by name."""
STEP_MS = 600_000
COUNTED = "SELECT count(*) FROM people_patient"


def register(path: Path) -> Path:
    """A register as it was typed: a number, names, and birth dates that begin with the day."""
    chance = random.Random(20_000)
    held = io.StringIO(newline="")
    writer = csv.writer(held, delimiter=";")
    writer.writerow(HEADINGS)
    writer.writerows(row(number, chance) for number in range(1, ROWS + 1))
    path.write_text(held.getvalue(), encoding="utf-8-sig")
    return path


def press(page: Page, name: str) -> None:
    """Press a button and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def test_a_register_into_use_and_undone(visit: Visit, hospital: Hospital, seen: Seen, tmp_path: Path) -> None:
    ((before,),) = hospital.rows(COUNTED)
    page = visit("administrator").new_page()
    page.goto("/staff/registers/")
    seen(page, "1-registers")
    page.locator("#file").set_input_files(register(tmp_path / "paper-register.csv"))
    press(page, "Bring in")
    page.locator("#columns").wait_for(timeout=STEP_MS)
    expect(page.locator("main")).to_contain_text("The day must stand first in:")
    page.get_by_label("What this register is called").fill("Paper register")
    seen(page, "2-what-the-columns-hold")

    press(page, "Check every row")
    page.get_by_role("button", name="Take into use").wait_for(timeout=STEP_MS)
    expect(page.locator("main")).to_contain_text("Nothing is written yet")
    assert hospital.rows(COUNTED) == [(before,)]
    seen(page, "3-checked")

    press(page, "Take into use")
    seen(page, "4-on-its-way")
    page.get_by_role("button", name="Undo this register").wait_for(timeout=STEP_MS)
    ((after,),) = hospital.rows(COUNTED)
    assert after - before > ROWS * 0.99
    seen(page, "5-in-use")

    press(page, "Undo this register")
    page.get_by_text("what this register wrote is gone").wait_for(timeout=STEP_MS)
    assert hospital.rows(COUNTED) == [(before,)]
    seen(page, "6-undone")
