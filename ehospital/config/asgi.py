"""The web process: Django answers pages, a small ASGI application without Django answers /live/."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ehospital.config.settings")

from django.core.asgi import get_asgi_application

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

from ehospital.config.bodies import Bounded  # noqa: E402

pages = Bounded(get_asgi_application())  # type: ignore[arg-type]

from ehospital.live.application import LiveApplication  # noqa: E402  (Django's settings must stand first)

live = LiveApplication.from_environment()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Route one origin and port: /live/ to the streams, everything else to the pages."""
    if scope["type"] == "lifespan":
        await live.lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith("/live/"):
        await live(scope, receive, send)
    else:
        await pages(scope, receive, send)
