"""The kit drawn without a database: templates and static files as they lie in the source."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import LazySettings
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

Draw = Callable[..., str]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Begin in English, whatever language the test before left behind."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def plain_static(settings: LazySettings) -> None:
    """Name static files as they lie there; the hashes are for what is served."""
    settings.STATIC_ROOT = str(settings.STATICFILES_DIRS[0])
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def request_of() -> Callable[..., HttpRequest]:
    """A function that makes a request of nobody, with cookies if wanted."""

    def make(path: str = "/", **cookies: str) -> HttpRequest:
        made = RequestFactory().get(path)
        made.COOKIES.update(cookies)
        made.actor = None  # type: ignore[attr-defined]
        made._messages = []  # type: ignore[attr-defined]
        return made

    return make


@pytest.fixture
def draw(request_of: Callable[..., HttpRequest]) -> Draw:
    """A function that draws a piece of template, components and all."""

    def drawn(source: str, request: HttpRequest | None = None, **context: object) -> str:
        template = engines["django"].from_string(CottonCompiler().process(source))
        return template.render(context, request or request_of())

    return drawn
