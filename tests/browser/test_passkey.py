"""A passkey with a key of the browser's own: taken on, used instead of a password, and worth nothing elsewhere."""

import re

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from tests.browser.acts import send
from tests.browser.conftest import Visit
from tests.browser.test_pages import faults
from tests.browser.visiting import Complaints
from tests.demo import Hospital

pytestmark = pytest.mark.xdist_group("hospital")
KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def window(visit: Visit, hospital: Hospital) -> BrowserContext:
    """A window at the hospital's name: a passkey belongs to a name, never to a number."""
    return visit(base_url=hospital.told["base_url"].replace("127.0.0.1", "localhost"))


def plugged_in(page: Page) -> tuple[CDPSession, str]:
    """Put an empty key with a fingerprint reader into the computer."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    return line, line.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]


def named(page: Page, hospital: Hospital) -> None:
    """Sign in by name and password."""
    name, password = hospital.sign_in("radiographer")
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    send(page, {})


def test_a_passkey_is_taken_on_and_signs_in_alone(window: BrowserContext, hospital: Hospital) -> None:
    complaints = Complaints(window, hospital.told["base_url"].replace("127.0.0.1", "localhost"))
    page = window.new_page()
    line, key = plugged_in(page)
    named(page, hospital)
    page.goto("/accounts/2fa/webauthn/add/")
    page.locator("[name=password]").fill(hospital.sign_in("radiographer")[1])
    send(page, {})
    page.locator("[name=name]").fill("Fingerprint of the reporting room")
    page.locator("[name=passwordless]").check()
    with page.expect_navigation():
        page.locator("#mfa_webauthn_add").click()
    page.goto("/accounts/2fa/webauthn/")
    expect(page.locator("main")).to_contain_text("Fingerprint of the reporting room")
    assert len(line.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1

    window.clear_cookies()
    page.goto("/staff/orders/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    with page.expect_navigation():
        page.locator("#passkey_login").click()
    page.goto("/staff/orders/")
    expect(page).to_have_url(re.compile("/staff/orders/$"))

    # The password alone opens nothing any more; with the key it does.
    window.clear_cookies()
    named(page, hospital)
    page.goto("/staff/orders/")
    expect(page).not_to_have_url(re.compile("/staff/orders/$"))

    # Without the key, the page says so and stays for another try.
    window.clear_cookies()
    line.send("WebAuthn.clearCredentials", {"authenticatorId": key})
    page.goto("/accounts/login/")
    page.locator("#passkey_login").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey did not answer")
    assert list(faults(page)) == []
    page.goto("/staff/orders/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    assert complaints.found == []


def test_at_a_number_the_page_says_that_no_passkey_can_work(visit: Visit) -> None:
    page = visit().new_page()
    plugged_in(page)
    page.goto("/accounts/login/")
    page.locator("#passkey_login").click()
    expect(page.get_by_role("alert")).to_contain_text("works only at the name")
