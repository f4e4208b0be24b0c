"""A second factor from its first page to its last, as a member of staff takes it on, uses it and gives it back."""

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import send
from tests.browser.conftest import Visit
from tests.browser.test_pages import faults
from tests.demo import Hospital

pytestmark = pytest.mark.xdist_group("hospital")
STEP_S = 30


def code(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // STEP_S)
    digest = hmac.digest(base64.b32decode(secret), counter, hashlib.sha1)
    (number,) = struct.unpack(">I", digest[digest[-1] & 15 :][:4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"


def sign_in(page: Page, hospital: Hospital) -> None:
    """Sign in by name and password."""
    name, password = hospital.sign_in("lab_technician")
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    send(page, {})


def once_more(page: Page, hospital: Hospital) -> None:
    """Type the password again, as a page asks that changes who gets in."""
    page.locator("[name=password]").fill(hospital.sign_in("lab_technician")[1])
    send(page, {})


def test_a_second_factor_is_taken_on_asked_for_and_given_back(visit: Visit, hospital: Hospital) -> None:
    page = visit().new_page()
    sign_in(page, hospital)
    page.goto("/accounts/email/")  # the library writes the address down as not confirmed; that must hinder nobody
    page.goto("/accounts/2fa/webauthn/add/")
    once_more(page, hospital)
    expect(page).to_have_url(re.compile("/webauthn/add/$"))
    assert list(faults(page)) == []

    page.goto("/accounts/2fa/totp/activate/")
    assert list(faults(page)) == []
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("[name=code]").fill(code(secret))
    send(page, {})
    page.goto("/accounts/2fa/recovery-codes/")
    assert list(faults(page)) == []
    spare = page.locator("#recovery_codes").input_value().split()[0]
    page.goto("/accounts/2fa/recovery-codes/generate/")
    assert list(faults(page)) == []
    page.goto("/accounts/2fa/reauthenticate/")
    assert list(faults(page)) == []

    page.context.clear_cookies()
    sign_in(page, hospital)
    expect(page.locator("[name=code]")).to_be_visible()
    assert list(faults(page)) == []
    page.goto("/staff/patients/")
    expect(page.locator("[name=code]")).to_be_visible()  # the password alone opens nothing
    page.locator("[name=code]").fill(spare)
    send(page, {})
    page.goto("/accounts/2fa/totp/deactivate/")
    once_more(page, hospital)
    expect(page).to_have_url(re.compile("/totp/deactivate/$"))
    assert list(faults(page)) == []
    send(page, {})
    page.goto("/accounts/2fa/totp/activate/")
    expect(page.locator("#authenticator_secret")).not_to_have_value(secret)
