"""The ground that benches of the record stand on: a database of their own, with the settings of a real one."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from ehospital.cli.engines import secret_store
from ehospital.cli.engines.places import place_for
from ehospital.cli.hospital.record import record


@contextmanager
def own_record() -> Iterator[None]:
    """An embedded installation in a folder of its own, Django set up on it as the owner; removed at the end."""
    data = Path(tempfile.mkdtemp(prefix="ehospital-bench-", dir="/var/tmp")) / "data"
    try:
        with record(role="owner", data=data):
            yield
    finally:
        place_for(data).remove()
        shutil.rmtree(data.parent, ignore_errors=True)


@contextmanager
def as_the_web_role() -> Iterator[None]:
    """Ask the database as the web process does, with its rules for the rows of charts."""
    from django.conf import settings
    from django.db import connections

    held = connections.settings["default"]
    before = {name: held[name] for name in ("USER", "PASSWORD")}
    secrets = secret_store.read_or_make(Path(settings.DATA))
    for name, value in (("USER", "ehospital_web"), ("PASSWORD", secrets["ehospital_web"])):
        held[name] = value
    _disconnect()
    try:
        yield
    finally:
        _disconnect()
        held.update(before)


def _disconnect() -> None:
    from django.db import connection

    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # only PostgreSQL has one


def timed_ms(work: Callable[[], object]) -> float:
    """Return how many milliseconds the work took."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def p50(values: list[float]) -> float:
    """Return the middle value."""
    return round(median(values), 2)


def p95(values: list[float]) -> float:
    """Return the value that 95 of 100 stay below."""
    return round(quantiles(values, n=20, method="inclusive")[-1], 2)
