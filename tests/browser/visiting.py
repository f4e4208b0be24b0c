"""Browsers in which somebody of the demo has signed in, and what such a browser complains of."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, expect

from tests.demo import Hospital

PATIENCE_MS = 20_000
"""How long a page may take on a busy machine; what is expected to move has deadlines of its own."""


class Visitors:
    """Opens browsers for people of the demo. Each role signs in once a run, by the button of the tour."""

    def __init__(self, browser: Browser, hospital: Hospital) -> None:
        self._browser, self._hospital = browser, hospital
        self._states: dict[str, Any] = {}

    def context(self, role: str | None = None, **options: Any) -> BrowserContext:
        """Return a new browser window, in which somebody of that role has signed in; nobody without a role."""
        if role is not None and role not in self._states:
            self._states[role] = self._signed_in(role)
        state = self._states[role] if role else None
        options = {"base_url": self._hospital.told["base_url"], **options}
        context = self._browser.new_context(storage_state=state, **options)
        context.set_default_timeout(PATIENCE_MS)
        context.set_default_navigation_timeout(PATIENCE_MS)
        return context

    def _signed_in(self, role: str) -> Any:
        with self.context() as context:
            page = context.new_page()
            page.goto("/tour/")
            enter(page, role)
            return context.storage_state()


def enter(page: Page, role: str) -> None:
    """Press a role's button on the open tour and wait for the page behind it."""
    page.locator(f"form[action$='/enter/{role}/'] button").click()
    expect(page).not_to_have_url(re.compile("/tour/$"))


class Complaints:
    """Everything in one browser window that should not be: errors, refusals by the policy, other hosts."""

    def __init__(self, context: BrowserContext, base_url: str) -> None:
        self._host = urlsplit(base_url).netloc
        self.found: list[str] = []
        self._allowed: frozenset[int] | None = None
        context.on("console", self._said)
        context.on("weberror", lambda error: self.found.append(f"error: {error.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("requestfailed", self._failed)

    def begin(self, *, allowed: Iterable[int]) -> None:
        """Forget what was, and from now on take every failed answer amiss but those of these kinds."""
        self.found.clear()
        self._allowed = frozenset(allowed)

    def _answered(self, answer: Response) -> None:
        if self._allowed is not None and answer.status >= HTTPStatus.BAD_REQUEST and answer.status not in self._allowed:
            self.found.append(f"{answer.status}: {answer.url}")

    def _said(self, message: ConsoleMessage) -> None:
        # Chromium repeats the answers that failed without their reason; `_answered` judges those.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.found.append(f"console: {message.text} ({message.location['url']})")

    def _failed(self, request: Request) -> None:
        # A stream and a refresh end with their page; a style, a script or a letter that does not come is a fault.
        if request.resource_type in {"document", "stylesheet", "script", "font", "image"}:
            self.found.append(f"failed: {request.url} ({request.failure})")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != self._host:
            self.found.append(f"another host: {request.url}")
