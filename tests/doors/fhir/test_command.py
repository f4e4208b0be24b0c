"""`ehospital import fhir` as a person runs it: processes, Ctrl-C, a database that goes away, and the real inputs."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.engines import Clone
from tests.factories import fhir

Start = Callable[..., "subprocess.Popen[str]"]
PATIENTS, MANY = 40, 800


@pytest.fixture
def clone(clone_database: Callable[[], Clone]) -> Clone:
    """A database of this test alone."""
    return clone_database()


@pytest.fixture
def start(clone: Clone, tmp_path: Path) -> Iterator[Start]:
    """Start the command on the clone, as the role that imports."""
    started: list[subprocess.Popen[str]] = []

    def run(*words: str) -> "subprocess.Popen[str]":
        environment = {**os.environ, "EHOSPITAL_DATABASE_URL": clone.url("ehospital_worker")}
        environment |= {"EHOSPITAL_DATA": str(tmp_path / "data")}
        command = [sys.executable, "-m", "ehospital", "import", "fhir", *words]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def bundles(tmp_path: Path) -> Path:
    """A folder with a bundle for each of many patients."""
    folder = tmp_path / "bundles"
    folder.mkdir()
    for number in range(PATIENTS):
        fhir.write(folder / f"{number:03d}.json", fhir.whole(f"p{number}"))
    return folder


def ask(clone: Clone, question: str) -> Any:
    with psycopg.connect(clone.url()) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
    return row[0] if row else None


def changes(clone: Clone) -> Any:
    """How many rows any table ever took, changed or lost."""
    question = "SELECT pg_stat_force_next_flush(), sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"
    with psycopg.connect(clone.url()) as connection:
        row = connection.execute(question).fetchone()
    assert row
    return row[1]


def test_two_processes_bring_every_patient_in_and_a_second_run_changes_no_row(
    start: Start, bundles: Path, clone: Clone, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    first = start(str(bundles), "--processes", "2", "--report", str(report))
    said, complained = first.communicate(timeout=100)
    assert (first.returncode, "Traceback" in complained) == (0, False), complained
    assert f"{PATIENTS} patients in " in said
    assert "name a unit with --unit" in said
    told = json.loads(report.read_text())
    assert (told["complete"], told["patients"], told["bundles"]) == (True, PATIENTS, PATIENTS)
    assert told["not_reached"] == {}
    assert told["resources"]["Patient"]["imported"] == ask(clone, "SELECT count(*) FROM people_patient") == PATIENTS
    assert told["resources"]["Practitioner"] == {
        "read": PATIENTS, "imported": 1, "updated": 0, "unchanged": PATIENTS - 1, "left_out": 0,
    }  # fmt: skip
    before = changes(clone)
    again = start(str(bundles), "--processes", "2", "--json")
    said, _ = again.communicate(timeout=100)
    totals = json.loads(said)["totals"]
    assert (totals["imported"], totals["updated"], totals["left_out"]) == (0, 0, PATIENTS)
    assert changes(clone) == before


def test_a_unit_that_is_not_there_is_said_before_anything_is_read(start: Start, bundles: Path, clone: Clone) -> None:
    process = start(str(bundles), "--unit", "Klinik")
    _, complained = process.communicate(timeout=60)
    assert process.returncode == 1
    assert complained.strip() == (
        "ehospital: No unit is called 'Klinik'; there are: none yet. Name a unit that exists with --unit."
    )
    assert ask(clone, "SELECT count(*) FROM people_patient") == 0


def test_after_ctrl_c_every_patient_is_whole_and_the_same_command_goes_on(
    start: Start, bundles: Path, clone: Clone
) -> None:
    for number in range(PATIENTS, MANY):
        fhir.write(bundles / f"{number:03d}.json", fhir.whole(f"p{number}"))
    process = start(str(bundles), "--processes", "2", "--json")
    _until(lambda: ask(clone, "SELECT count(*) FROM people_patient") >= 5, process)
    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Run the same command again to go on" in complained
    assert "Traceback" not in complained
    there = ask(clone, "SELECT count(*) FROM people_patient")
    told = json.loads(said)
    assert (told["complete"], told["stopped_by"], told["patients"]) == (False, "interrupted", there)
    assert 5 <= there < MANY
    assert ask(clone, "SELECT count(*) FROM clinical_goal") == there  # the last table that is written
    again = start(str(bundles), "--processes", "2", "--json")
    said, _ = again.communicate(timeout=110)
    counts = json.loads(said)["resources"]["Patient"]
    assert (counts["imported"], counts["unchanged"]) == (MANY - there, there)


def test_a_database_that_goes_away_ends_it_in_one_line(start: Start, bundles: Path, clone: Clone) -> None:
    process = start(str(bundles), "--processes", "2")
    _until(lambda: ask(clone, "SELECT count(*) FROM people_patient") >= 1, process)
    with psycopg.connect(clone.server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {clone.name} ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [clone.name])
        _, complained = process.communicate(timeout=100)
        connection.execute(f"ALTER DATABASE {clone.name} ALLOW_CONNECTIONS true")
    assert process.returncode == 1
    line = complained.strip().splitlines()[-1]
    assert line.startswith("ehospital: The import stopped. the database does not answer"), complained
    assert "run the same command again" in line
    assert "Traceback" not in complained
    there = ask(clone, "SELECT count(*) FROM people_patient")
    assert ask(clone, "SELECT count(*) FROM clinical_goal") == there


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.json"], "There is no none.json"),
        ([str(Path(__file__)), "--report", "/none/at/all/report.json"], "There is no folder /none/at/all"),
        ([str(Path(__file__)), "--source", "x" * 121], "The name of the source is too long"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_done(start: Start, words: list[str], said: str) -> None:
    process = start(*words)
    _, complained = process.communicate(timeout=60)
    assert (process.returncode, said in complained, complained.count("\n")) == (1, True, 1)


def _until(condition: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    import time

    deadline = time.monotonic() + 60
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"ended too early or never began: {process.communicate()[1]}")
        time.sleep(0.02)


# The real inputs


@pytest.fixture
def external() -> Path:
    """The folder of real inputs beside the checkout."""
    beside = Path(__file__).resolve().parents[4] / "shared" / "data"
    folder = Path(os.environ.get("EHOSPITAL_EXTERNAL_DATA") or beside)
    if not (folder / "bulk10").is_dir():
        pytest.skip("the real inputs are not here: name their folder in EHOSPITAL_EXTERNAL_DATA")
    return folder


@pytest.mark.external
def test_a_real_bulk_export_is_accounted_for_to_the_last_line(start: Start, external: Path, clone: Clone) -> None:
    first = start(str(external / "bulk10"), "--json")
    told = json.loads(first.communicate(timeout=110)[0])
    assert (told["patients"], told["not_reached"], told["kept_in_part"]) == (13, {}, [])
    assert {one["type"] for one in told["left_out"]} == {"(unreadable)", "Device", "Location", "PractitionerRole"}
    assert told["totals"] == {"read": 7164, "imported": 7100, "updated": 0, "unchanged": 0, "left_out": 64}
    before = changes(clone)
    again = start(str(external / "bulk10"), "--json")
    assert json.loads(again.communicate(timeout=110)[0])["totals"]["unchanged"] == 7100
    assert changes(clone) == before


@pytest.mark.external
@pytest.mark.timeout(400)
def test_411_real_patients_arrive_and_nothing_is_lost_silently(start: Start, external: Path, clone: Clone) -> None:
    process = start(str(external / "synthea_r4" / "patients.tar.xz"), "--json")
    told = json.loads(process.communicate(timeout=380)[0])
    assert (told["complete"], told["patients"], told["not_reached"]) == (True, 411, {})
    assert told["totals"] == {"read": 129484, "imported": 100083, "updated": 0, "unchanged": 1318, "left_out": 28083}
    assert {one["type"] for one in told["left_out"]} == {"Claim", "ExplanationOfBenefit", "ImagingStudy"}
    assert ask(clone, "SELECT count(*) FROM clinical_observation WHERE panel_id IS NULL") == 60207
    assert ask(clone, "SELECT count(*) FROM clinical_encounter WHERE clinician_id IS NULL") == 55


@pytest.mark.external
def test_the_examples_of_the_standard_import_or_say_why(start: Start, external: Path) -> None:
    process = start(str(external / "fhir_r4_examples"), "--json")
    told = json.loads(process.communicate(timeout=110)[0])
    assert (process.returncode, told["not_reached"]) == (0, {})
    whys = {one["reason"] for one in told["left_out"] if one["type"] == "AllergyIntolerance"}
    assert whys == {"names a patient who is neither in the input nor in the record"}
