"""The engines of the tests keep their promises: copies are apart, and nothing is left of a killed run."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg

from tests.doors.cli.conftest import alive, until
from tests.engines import RUNS, Clone, engines

# A database and a stream are made from nothing, beside whatever else the machine has to do: 4 s when it is quiet.
TWO_NEW_ENGINES_S = 120.0

HANGING = """
import pathlib, threading
def test_hangs(postgres, nats):
    pathlib.Path({told!r}).write_text(f"{{postgres.child.pid}} {{nats.child.pid}} {{postgres.place.data}}")
    threading.Event().wait()
"""


def test_copies_of_the_migrated_database_know_nothing_of_each_other(clone_database: Callable[[], Clone]) -> None:
    first, second = clone_database(), clone_database()
    with psycopg.connect(first.url()) as one, psycopg.connect(second.url("ehospital_web")) as other:
        one.execute("DELETE FROM django_migrations")
        one.commit()
        assert (other.execute("SELECT count(*) > 50 FROM django_migrations").fetchone() or [None])[0] is True


def test_django_works_on_the_copy_in_every_thread_and_returns(own_database: Clone) -> None:
    import threading

    from django.db import connection

    seen = []

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database()")
            seen.append(cursor.fetchone()[0])
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(10)
    look()
    assert seen == [own_database.name] * 2


def test_a_killed_run_leaves_no_process_and_the_next_one_sweeps_its_files(tmp_path: Path) -> None:
    told = tmp_path / "told"
    (tmp_path / "test_hanging.py").write_text(HANGING.format(told=str(told)))
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p tests.engines -p no:django -p no:cacheprovider\n")
    said = (tmp_path / "said").open("wb")
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-c", str(tmp_path / "pytest.ini"), str(tmp_path)],
        stdout=said,
        stderr=subprocess.STDOUT,
    )
    try:
        until(
            lambda: run.poll() is not None or (told.exists() and len(told.read_text().split()) == 3),
            "the inner run uses its engines",
            within_s=TWO_NEW_ENGINES_S,
        )
        assert run.poll() is None, (tmp_path / "said").read_text()
        postgres, nats, data = told.read_text().split()
        assert Path(data).parent == RUNS and Path(data) != engines().data
        assert alive(int(postgres)) and alive(int(nats))
    finally:
        run.kill()
        run.wait()
        said.close()
    until(lambda: not alive(int(postgres)) and not alive(int(nats)), "both engines died with the run")
    assert Path(data).exists()

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", str(tmp_path / "pytest.ini"), "--collect-only", str(tmp_path)],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert not Path(data).exists()
    assert engines().postgres.ready()  # ours, still alive, was left alone
