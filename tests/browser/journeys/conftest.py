"""What every journey has: people before their screens, the portal's patient, and pictures that are kept."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest
from playwright.sync_api import Page

from tests.browser.test_pages import faults
from tests.demo import Hospital

PICTURES = Path(__file__).resolve().parents[3] / "var" / "journeys"
Seen = Callable[[Page, str], None]


class PortalPatient(NamedTuple):
    """The person who signs in to the portal of the demo."""

    id: UUID
    family: str

    @property
    def chart(self) -> str:
        """The address of their chart."""
        return f"/staff/patients/{self.id}/"


@pytest.fixture
def portal_patient(hospital: Hospital) -> PortalPatient:
    """Whose record the portal of the demo shows."""
    username, _ = hospital.sign_in("patient")
    ((patient, family),) = hospital.rows(
        "SELECT name.patient_id, name.family FROM people_account AS account JOIN people_patientname AS name "
        "ON name.patient_id = account.patient_id WHERE account.username = %s LIMIT 1", username,
    )  # fmt: skip
    return PortalPatient(patient, family)


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Seen:
    """A function that looks at a page with axe and keeps its picture, in `var/journeys/<the journey>/`."""
    kept = PICTURES / request.path.stem.removeprefix("test_").replace("_", "-")

    def look(page: Page, name: str) -> None:
        page.evaluate("scrollTo(0, 0)")  # what has scrolled below the bar at the top has no contrast of its own
        window = page.viewport_size
        assert list(faults(page)) == []
        if window:  # axe has looked at every width
            page.set_viewport_size(window)
        kept.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=kept / f"{name}.png", full_page=True)

    return look
