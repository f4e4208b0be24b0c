"""Draw a piece of template as a page would, without a database."""

from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler


def request_of_nobody(path: str = "/", **cookies: str) -> HttpRequest:
    """Return a request of somebody who has not signed in."""
    made = RequestFactory().get(path)
    made.COOKIES.update(cookies)
    made.actor = None  # type: ignore[attr-defined]
    made._messages = []  # type: ignore[attr-defined]
    return made


def drawn(source: str, request: HttpRequest | None = None, **context: object) -> str:
    """Return what a template comes out as, components and all."""
    template = engines["django"].from_string(CottonCompiler().process(source))
    return template.render(context, request or request_of_nobody())
