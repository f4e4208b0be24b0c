"""The other ends of the channels, and a mail server that can be away."""

from collections.abc import Iterator

import pytest
from django.core.mail.backends.locmem import EmailBackend

from tests.domain.messaging.listeners import Listener, listening


@pytest.fixture
def other_end() -> Iterator[Listener]:
    """A server on this machine."""
    with listening() as found:
        yield found


class Away(EmailBackend):
    """A mail server that nobody reaches."""

    def send_messages(self, messages: object) -> int:
        raise ConnectionRefusedError("nobody listens on port 25")


@pytest.fixture
def no_mail_server(settings: pytest.FixtureRequest) -> None:
    """Mail is configured, and its server is away."""
    settings.EMAIL_BACKEND = "tests.domain.messaging.conftest.Away"  # type: ignore[attr-defined]
