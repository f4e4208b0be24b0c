"""The first steps of a real installation: a ward, people, a monitor; nothing by hand in the database."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ehospital.people import access
from tests.engines import Clone

Run = Callable[..., "subprocess.CompletedProcess[str]"]
NURSE = ("accounts", "add", "t.berg", "--given", "Tove", "--family", "Berg", "--role", "nurse", "--unit", "ward 4")


@pytest.fixture
def clone(clone_database: Callable[[], Clone]) -> Clone:
    """An empty hospital of this test alone."""
    return clone_database()


@pytest.fixture
def ehospital(clone: Clone, tmp_path: Path) -> Run:
    """Run `ehospital` on it, as the role that commands have."""

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        told = {"EHOSPITAL_DATABASE_URL": clone.url("ehospital_worker"), "EHOSPITAL_DATA": str(tmp_path / "data")}
        return subprocess.run(
            [sys.executable, "-m", "ehospital", *words],
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
            env={**os.environ, **told},
        )

    return run


def rows(clone: Clone, question: str) -> list[tuple[object, ...]]:
    import psycopg

    with psycopg.connect(clone.url()) as connection:
        return connection.execute(question).fetchall()  # type: ignore[call-overload,no-any-return]


def test_a_hospital_begins_with_a_ward_its_people_and_a_monitor(ehospital: Run, clone: Clone) -> None:
    done = ehospital("wards", "add", "Ward 4", "--room", "Bay A=A1,A2", "--room", "S1=S1")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "Ward 4: 3 beds in 2 rooms."), done.stderr
    again = ehospital("wards", "add", "Ward 5", "--room", "Bay B=B1")
    assert again.returncode == 0, again.stderr
    assert rows(clone, "SELECT count(*) FROM estate_site") == [(1,)], "one building for both"

    added = ehospital(*NURSE, "--json")
    assert added.returncode == 0, added.stderr
    told = json.loads(added.stdout)
    assert (told["username"], told["roles"], len(told["password"]) >= 12) == ("t.berg", ["nurse"], True)
    assert rows(
        clone,
        "SELECT a.username, r.role, u.name FROM people_account a JOIN people_staffrole r USING (staff_id)"
        " JOIN people_unitmembership m USING (staff_id) JOIN people_unit u ON u.id = m.unit_id",
    ) == [("t.berg", "nurse", "Ward 4")]

    device = ehospital("devices", "register", "mon-1", "--ward", "Ward 4", "--json")
    assert device.returncode == 0, device.stderr
    secret = json.loads(device.stdout)["password"]
    renewed = json.loads(ehospital("devices", "renew", "mon-1", "--json").stdout)["password"]
    assert secret != renewed and len(renewed) >= 40
    assert ehospital("devices", "revoke", "mon-1").returncode == 0
    assert rows(clone, "SELECT revoked FROM monitoring_device") == [(True,)]
    early = ehospital("accounts", "end", "t.berg", "--on", "2020-01-01")
    assert (early.returncode, "before they began" in early.stderr) == (1, True), early.stderr
    ended = ehospital("accounts", "end", "t.berg", "--json")
    assert json.loads(ended.stdout) == {"username": "t.berg", "results_for_others": 0}, ended.stderr
    left = "SELECT s.active, a.is_active, upper(r.during) IS NULL, upper(m.during) IS NULL"
    joined = "FROM people_staffmember s JOIN people_account a ON a.staff_id = s.id JOIN people_staffrole r"
    units = "ON r.staff_id = s.id JOIN people_unitmembership m ON m.staff_id = s.id"
    assert rows(clone, f"{left} {joined} {units}") == [(False, False, False, False)]
    assert "Nobody who works here signs in as 't.berg'" in ehospital("accounts", "end", "t.berg").stderr
    actions = {action for (action,) in rows(clone, "SELECT action FROM foundation_auditevent")}
    assert {
        "ward.created",
        "account.created",
        "role.created",
        "device.registered",
        "device.revoked",
        "staff.left",
    } <= actions


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (NURSE, "No unit is called 'ward 4'; there are: none yet. Add it first: `ehospital wards add`."),
        ((*NURSE[:-4], "--role", "king"), "There is no role 'king'. Choose among doctor, nurse, pharmacist,"),
        (("wards", "add", "Ward 4", "--room", "A1,A2"), "'A1,A2' is no room with its beds. Write it as"),
        (("devices", "register", "mon 1"), "That is no name of a device. Use letters, digits, - and _."),
        (("devices", "register", "mon-1", "--ward", "X"), "There is no ward 'X'. Add it first: `ehospital wards add`."),
        (("devices", "register", "mon-1", "--type", "kettle"), "There is no type 'kettle'. Choose among monitor,"),
        (("devices", "revoke", "mon-1"), "there is no device 'mon-1'. Add it first: `ehospital devices register`."),
    ],
)
def test_what_cannot_be_is_one_line_and_nothing_is_written(
    ehospital: Run, clone: Clone, words: tuple[str, ...], said: str
) -> None:
    done = ehospital(*words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"ehospital: {said}"), done.stderr
    assert done.stderr.count("\n") == 1
    assert rows(clone, "SELECT count(*) FROM people_staffmember") == [(0,)]


def test_another_system_comes_in_and_is_put_out(ehospital: Run, clone: Clone) -> None:
    assert ehospital("wards", "add", "Ward 4", "--room", "Bay A=A1").returncode == 0
    words = ("clients", "add", "Harbour Laboratory", "--scope", "system/*.read", "--unit", "ward 4", "--json")
    added = ehospital(*words)
    assert added.returncode == 0, added.stderr
    told = json.loads(added.stdout)
    assert rows(clone, "SELECT id::text, name, revoked_at FROM people_clientapplication") == [
        (told["client_id"], "Harbour Laboratory", None)
    ]
    renewed = json.loads(ehospital("clients", "renew", "harbour laboratory", "--json").stdout)
    assert renewed["client_id"] == told["client_id"] and renewed["client_secret"] != told["client_secret"]
    (listed,) = json.loads(ehospital("clients", "list", "--json").stdout)
    assert (listed["scopes"], listed["units"], listed["revoked_at"]) == (["system/*.read"], ["Ward 4"], None)
    assert ehospital("clients", "revoke", "Harbour Laboratory").returncode == 0
    assert "revoked" in ehospital("clients", "list").stdout
    for wrong, said in (
        (words, "Harbour Laboratory is registered already. Give it a new secret: `ehospital clients renew`."),
        ((*words[:4], "user/*.read", *words[5:]), "'user/*.read' is no scope; write system/<type>.<read or write>"),
        (("clients", "renew", "X"), "No system is called 'X'. See who is there: `ehospital clients list`."),
    ):
        done = ehospital(*wrong)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"ehospital: {said}"), done.stderr
    assert rows(clone, "SELECT count(*) FROM people_clientapplication") == [(1,)]


def test_a_name_is_given_once(ehospital: Run, clone: Clone) -> None:
    words = [*NURSE[:-2]]
    assert ehospital(*words).returncode == 0
    done = ehospital(*words)
    assert done.stderr == "ehospital: Somebody signs in as 't.berg' already. Choose another name.\n"
    assert rows(clone, "SELECT count(*) FROM people_staffmember") == [(1,)]


NOT_OF_STAFF = {"patient", "proxy-read", "proxy-act", "holder", "device", "client", "system"}


def test_every_role_of_the_table_can_be_given() -> None:
    assert {role.value for role in access.Role} == set(access.TABLE) - NOT_OF_STAFF
