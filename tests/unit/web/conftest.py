"""The kit drawn without a database: templates and static files as they lie in the source."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import LazySettings
from django.http import HttpRequest
from django.utils import translation

from tests.unit.web import drawing

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
    return drawing.request_of_nobody


@pytest.fixture
def draw() -> Draw:
    """A function that draws a piece of template, components and all."""
    return drawing.drawn
