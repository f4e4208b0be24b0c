"""The command line as a person or a machine meets it: real processes, their exit codes and their one line."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ehospital.cli import main
from ehospital.cli.engines import ports
from ehospital.cli.engines.nats import Nats
from ehospital.cli.engines.places import place_for
from ehospital.cli.engines.postgres import Postgres
from ehospital.cli.hospital import engines_file
from ehospital.cli.supervisor import lock, pids
from tests.doors.cli.conftest import until

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def ehospital(clean_environment: None) -> Run:
    """Run `ehospital` as a person would."""

    def run(*words: str, given: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "ehospital", *words],
            input=given,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
            env={**os.environ, **environment},
        )

    return run


def test_help_lists_every_command_quickly(ehospital: Run) -> None:
    done = ehospital("--help")
    assert done.returncode == 0 and done.stderr == ""
    assert all(f"  {name} " in done.stdout for name in main.COMMANDS)
    assert not any(f"  {name} " in done.stdout for name in main.HIDDEN)
    loaded = "import sys; from ehospital.cli import main; main._help(); print({'django', 'typer'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert told.stdout == "set()\n", "help loads nothing slow"


@pytest.mark.parametrize("name", sorted(set(main.COMMANDS) - {"django"}))  # that one has Django's own help
def test_every_command_of_the_table_explains_itself(ehospital: Run, name: str) -> None:
    done = ehospital(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Usage: ehospital {name}" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["demmo"], "ehospital: there is no command 'demmo'; did you mean `demo`?\n"),
        (["demo", "--port", "0"], "ehospital demo: Invalid value for '--port': "),
        (["serve", "kitchen"], "ehospital serve: Invalid value for "),
        (["score", "news9"], "ehospital score: No such command 'news9'."),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(ehospital: Run, words: list[str], said: str) -> None:
    done = ehospital(*words)
    assert done.returncode == 2
    assert done.stderr.startswith(said) and done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_no_command_at_all_is_wrong_usage(ehospital: Run) -> None:
    done = ehospital()
    assert done.returncode == 2 and "Usage: ehospital COMMAND" in done.stderr


def test_a_failure_is_one_line_without_traceback_and_exit_1(ehospital: Run, data: Path) -> None:
    done = ehospital("supervisor", "status", "--data", str(data))
    assert done.returncode == 1
    assert done.stderr == (
        "ehospital: No hospital runs on this data folder. Start one with `ehospital demo`, or name it with --data.\n"
    )


def test_version_for_machines(ehospital: Run) -> None:
    assert json.loads(ehospital("version", "--json").stdout)["ehospital"] == "0.1.0"


def test_news2_answers_line_by_line_and_goes_on_after_a_bad_one(ehospital: Run) -> None:
    whole = {"rr": 18, "spo2": 97, "oxygen": 0, "sbp": 120, "hr": 80, "consciousness": "A", "temp": 37.0}
    done = ehospital(
        "score", "news2", given=f"{json.dumps(whole)}\nnot json\n\n[1]\n{json.dumps(whole | {'rr': 25})}\n"
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("score") for answer in answers] == [0, None, None, 3]
    assert "error" in answers[1] and "error" in answers[2]
    assert done.returncode == 1
    assert done.stderr.startswith("ehospital: 2 observation sets could not be scored.")


def test_check_passes_here_and_names_what_is_missing_elsewhere(ehospital: Run, data: Path) -> None:
    good = ehospital("check", "--json", "--data", str(data))
    assert json.loads(good.stdout)["ok"] is True and good.returncode == 0

    bad = ehospital(
        "check",
        "--json",
        "--data",
        str(data),
        EHOSPITAL_DATABASE_URL="postgresql://web:hunter2@127.0.0.1:9/ehospital",
        EHOSPITAL_NATS_URL="nats://127.0.0.1:9",
        EHOSPITAL_TIME_ZONE="Mars/Olympus",
    )
    failed = [one["name"] for one in json.loads(bad.stdout)["checks"] if not one["ok"]]
    assert {"time zone", "PostgreSQL", "NATS"} <= set(failed)
    assert bad.returncode == 1 and "hunter2" not in bad.stdout + bad.stderr


def test_check_refuses_a_database_role_above_the_rules(ehospital: Run, data: Path) -> None:
    with Postgres(data, throwaway=True) as server:
        done = ehospital("check", "--json", EHOSPITAL_DATABASE_URL=server.url("postgres", "ehospital"))
    (found,) = [one for one in json.loads(done.stdout)["checks"] if one["name"] == "PostgreSQL"]
    assert not found["ok"] and "stands above the rules" in found["seen"]


def test_check_looks_behind_the_doors(ehospital: Run, data: Path) -> None:
    with Postgres(data, throwaway=True) as server, Nats(data, throwaway=True) as broker:
        server.provision()
        named = {"EHOSPITAL_DATABASE_URL": server.url("ehospital_web"), "EHOSPITAL_SECRET_KEY": "k" * 50}
        named |= {"EHOSPITAL_NATS_URL": broker.url("web")}

        def seen() -> dict[str, tuple[bool, str]]:
            told = json.loads(ehospital("check", "--json", **named).stdout)
            return {one["name"]: (one["ok"], one["seen"]) for one in told["checks"]}

        before = seen()
        assert before["PostgreSQL"][0] and before["tables"] == (False, "none yet")
        assert before["NATS"][0], before["NATS"]
        named |= {"EHOSPITAL_DATABASE_OWNER_URL": server.url("ehospital_owner"), "EHOSPITAL_DATA": str(data)}
        assert ehospital("migrate", **named).returncode == 0
        assert seen()["tables"] == (True, "up to date")
        assert seen()["row-level security"] == (True, "in force")
        with psycopg.connect(server.url("ehospital_owner")) as owner:
            owner.execute("ALTER TABLE clinical_allergy NO FORCE ROW LEVEL SECURITY")
        assert seen()["row-level security"] == (False, "open to everybody: clinical_allergy")
        refused = ehospital("serve", "web", "--port", "1", **named)
        assert refused.returncode == 1 and "open to everybody: clinical_allergy" in refused.stderr
        as_owner = ehospital("serve", "web", **named | {"EHOSPITAL_DATABASE_URL": server.url("ehospital_owner")})
        assert as_owner.returncode == 1 and "ehospital_owner owns the tables" in as_owner.stderr
        with psycopg.connect(server.url("ehospital_owner")) as owner:
            owner.execute("DELETE FROM django_migrations WHERE app = 'estate'")
        assert seen()["tables"] == (False, "not done yet: estate 0001_initial")
        named |= {"EHOSPITAL_NATS_URL": broker.url("web").replace("web:", "web:wrong")}
        ok, why = seen()["NATS"]
        assert not ok and "uthorization" in why


PROBE = """
import sys
import time
from pathlib import Path
from ehospital.cli.hospital.record import record
with record(role="web", data=Path(sys.argv[1]), migrated=False):
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, inet_server_port()")
        print(*cursor.fetchone(), flush=True)
    for line in sys.stdin:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'still here'")
            print(*cursor.fetchone(), flush=True)
"""


@pytest.fixture
def probe(data: Path) -> Iterator[Callable[[], "subprocess.Popen[str]"]]:
    """A command that uses the record until its standard input is closed."""
    started: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        pipe = subprocess.PIPE
        started.append(subprocess.Popen([sys.executable, "-c", PROBE, str(data)], stdin=pipe, stdout=pipe, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def said(process: "subprocess.Popen[str]") -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def asked(process: "subprocess.Popen[str]") -> list[str]:
    assert process.stdin is not None
    process.stdin.write("?\n")
    process.stdin.flush()
    return said(process)


def closed(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.close()


def test_a_command_starts_the_engines_and_stops_them_after_its_last_guest(
    data: Path, probe: Callable[[], "subprocess.Popen[str]"]
) -> None:
    first = probe()
    role, port = said(first)
    assert role == "ehospital_web"
    second = probe()
    assert said(second) == [role, port]  # it joined
    place = place_for(data)
    assert {name for name, _ in pids.running(place.notes)} == {"nats", "postgres"}

    closed(first)  # whoever started the engines waits for those who joined: they go on for a second and more
    for _ in range(40):
        time.sleep(0.03)
        assert asked(second) == ["still", "here"]
    assert first.poll() is None
    with lock.owner(place.run) as free:
        assert not free

    closed(second)
    assert second.wait(20) == 0 and first.wait(20) == 0
    assert list(pids.running(place.notes)) == []
    assert engines_file.read(place.run) == {}


def test_engines_of_a_killed_command_are_replaced_by_the_next(
    data: Path, probe: Callable[[], "subprocess.Popen[str]"]
) -> None:
    first = probe()
    said(first)
    first.kill()
    first.wait()
    second = probe()
    assert said(second)[0] == "ehospital_web"
    closed(second)
    assert second.wait(20) == 0


def test_a_running_hospital_is_not_started_twice(ehospital: Run, data: Path) -> None:
    place = place_for(data)
    with lock.owner(place.run) as ours:
        assert ours
        done = ehospital("demo", "--data", str(data))
    assert done.returncode == 1
    assert done.stderr == (
        f"ehospital: Something already runs on {data}. Stop it first, or name another folder with --data.\n"
    )


def test_migrate_makes_the_tables_as_their_owner_and_lets_the_web_role_write_but_not_change_them(
    ehospital: Run, data: Path
) -> None:
    done = ehospital("migrate", "--data", str(data))
    assert (done.returncode, done.stderr) == (0, "")
    assert list(pids.running(place_for(data).notes)) == []
    with Postgres(data) as server:
        with psycopg.connect(server.url("ehospital_owner")) as connection:
            owners = connection.execute(
                "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            assert owners == [("ehospital_owner",)]
        with psycopg.connect(server.url("ehospital_web")) as connection:
            connection.execute("SELECT count(*) FROM django_session")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("DROP TABLE django_session")


def test_migrate_on_a_database_of_its_own_asks_for_the_owner(ehospital: Run) -> None:
    done = ehospital("migrate", EHOSPITAL_DATABASE_URL="postgresql://ehospital_web:x@127.0.0.1:9/ehospital")
    assert done.returncode == 1
    assert done.stderr.startswith("ehospital: EHOSPITAL_DATABASE_OWNER_URL is not set.")


def test_a_database_that_does_not_answer_is_one_line(ehospital: Run) -> None:
    url = "postgresql://ehospital_web:x@127.0.0.1:9/ehospital"
    done = ehospital("verify-audit", EHOSPITAL_DATABASE_URL=url, EHOSPITAL_SECRET_KEY="k" * 50)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ehospital: The database does not answer.")
    assert "Traceback" not in done.stderr


def test_what_happens_while_waiting_is_told(data: Path) -> None:
    """A line at least every five seconds where nobody sees a progress bar."""
    import io

    from rich.console import Console

    from ehospital.cli.hospital import console
    from ehospital.cli.supervisor.parts import Standing, State

    heard = io.StringIO()
    told = console.Told(Console(file=heard, highlight=False))
    standings = {"tables": Standing("tables", State.STARTING)}
    told._spoke -= console.QUIET_S
    told.still_waiting(standings)
    told.still_waiting(standings)
    until(heard.getvalue, "something is said", within_s=1)
    assert heard.getvalue() == "0:00:00 · starting tables and static files\n"


def test_the_live_door_serves_alone_and_leaves_when_told(clean_environment: None) -> None:
    port = ports.pick()
    told = {"EHOSPITAL_NATS_URL": "nats://web:x@127.0.0.1:9", "EHOSPITAL_SECRET_KEY": "k" * 50}
    process = subprocess.Popen(
        [sys.executable, "-m", "ehospital", "serve", "live", "--port", str(port)],
        env={**os.environ, **told},
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: answer(port, "/") == 404, "the live door listens")
        assert answer(port, "/live/?ticket=forged") in {401, 403}
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in {0, -signal.SIGTERM}
    finally:
        process.kill()
        process.wait()


def answer(port: int, path: str) -> int | None:
    line = http.client.HTTPConnection(ports.LOOPBACK, port, timeout=5)
    try:
        line.request("GET", path)
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()
