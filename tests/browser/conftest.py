"""The browser that the browser tests run in: the machine's own Chromium."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import chromium

# How long a page may take on a machine that runs every other test beside it; an expectation that holds waits no longer.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the Chromium that is there; it fetches nothing of its own."""
    return {
        **browser_type_launch_args,
        "executable_path": str(chromium.ensure(may_install=False)),
        "args": ["--no-sandbox", "--disable-background-networking"],
    }
