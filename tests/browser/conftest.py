"""The browser that the browser tests run in, the machine's own Chromium, and the people who sit before it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser import chromium
from tests.browser.visiting import Visitors
from tests.demo import Hospital

Visit = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the Chromium that is there; it fetches nothing of its own."""
    return {
        **browser_type_launch_args,
        "executable_path": str(chromium.ensure(may_install=False)),
        "args": ["--no-sandbox", "--disable-background-networking"],
    }


@pytest.fixture(scope="session")
def visitors(browser: Browser, hospital: Hospital) -> Visitors:
    """Whoever visits the shared hospital; they sign in once a run."""
    return Visitors(browser, hospital)


@pytest.fixture
def visit(visitors: Visitors) -> Iterator[Visit]:
    """A function that opens a browser window for a role; the windows end with the test."""
    with ExitStack() as windows:
        yield lambda role=None, **options: windows.enter_context(visitors.context(role, **options))
