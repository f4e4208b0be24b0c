"""What every test may rely on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

pytest_plugins = ["tests.demo", "tests.as_web"]

BROWSER = Path(__file__).parent / "browser"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser tests last: Playwright keeps a loop running in its process, beside which no async test can run.

    Among them those of the shared hospital come first: they are one process's work, the longest, and the others fit
    beside it. pytest-xdist hands tests out in this order only with `--no-loadscope-reorder` (pyproject.toml).
    """
    items.sort(key=lambda item: (BROWSER in item.path.parents, item.get_closest_marker("xdist_group") is None))


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Begin each test in English: a page asked for in this process leaves its reader's language behind."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def now() -> datetime:
    """The moment of the test, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="session")
def django_db_setup(worker_database: None) -> None:
    """Tests of pytest-django's marks work on this process's copy of the migrated database (see tests/engines.py)."""
