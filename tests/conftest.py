"""What every test may rely on."""

import pytest

pytest_plugins = ["tests.demo"]


@pytest.fixture(scope="session")
def django_db_setup(worker_database: None) -> None:
    """Tests of pytest-django's marks work on this process's copy of the migrated database (see tests/engines.py)."""
