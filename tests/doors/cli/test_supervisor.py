"""The supervisor over small real programs: order, restarts, clean ends and hard ones."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ehospital.cli.failure import CommandFailed
from ehospital.cli.supervisor import control
from tests.doors.cli.conftest import alive, until

Start = Callable[..., subprocess.Popen[str]]


def standing(folder: Path) -> dict[str, dict[str, Any]]:
    """The status file, by part."""
    told = json.loads((folder / "status.json").read_text())
    return {part["name"]: part for part in told["parts"]}


def ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def order(folder: Path) -> list[str]:
    return (folder / "order").read_text().split()


@pytest.fixture(params=["kernel", "pipe"])
def leash(request: pytest.FixtureRequest) -> dict[str, str]:
    """Both ways to bind a child to its parent: Linux's signal, and the pipe of everybody else."""
    return {"EHOSPITAL_LEASH": str(request.param)}


def test_parts_start_in_the_order_of_their_needs_and_end_in_reverse(
    tmp_path: Path, supervised: Start, leash: dict[str, str]
) -> None:
    process = supervised(tmp_path, **leash)
    ready(process)
    assert order(tmp_path) == ["+engine", "+tables", "+door"]
    assert [part["state"] for part in standing(tmp_path).values()] == ["ready", "done", "ready"]

    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert order(tmp_path)[3:] == ["-door", "-engine"]


def test_ctrl_c_stops_everything(tmp_path: Path, supervised: Start, leash: dict[str, str]) -> None:
    process = supervised(tmp_path, **leash)
    ready(process)
    numbers = [part["pid"] for part in standing(tmp_path).values() if part["pid"]]
    assert len(numbers) == 2

    os.killpg(process.pid, signal.SIGINT)  # what a terminal does: to the whole foreground group
    assert process.wait(20) == 0
    assert not any(map(alive, numbers))
    assert order(tmp_path)[-2:] == ["-door", "-engine"]


def test_a_killed_part_is_started_again_and_the_others_stay(
    tmp_path: Path, supervised: Start, leash: dict[str, str]
) -> None:
    ready(supervised(tmp_path, **leash))
    before = standing(tmp_path)

    answer = control.ask(tmp_path, {"do": "kill", "name": "engine"})
    assert answer == {"ok": True, "pid": before["engine"]["pid"]}
    until(
        lambda: standing(tmp_path)["engine"]["restarts"] == 1 and standing(tmp_path)["engine"]["state"] == "ready",
        "the engine is back",
    )
    after = standing(tmp_path)
    assert after["engine"]["last_exit"] in {"signal SIGKILL", "exit code 137"}
    assert after["engine"]["pid"] != before["engine"]["pid"]
    assert after["door"]["pid"] == before["door"]["pid"]
    assert not alive(before["engine"]["pid"])


def test_a_part_that_dies_again_and_again_is_given_more_and_more_time(tmp_path: Path, supervised: Start) -> None:
    ready(supervised(tmp_path))
    pauses = []
    for death in range(1, 4):
        until(lambda: standing(tmp_path)["door"]["state"] == "ready", "the door is up")
        control.ask(tmp_path, {"do": "kill", "name": "door"})
        until(lambda n=death: standing(tmp_path)["door"]["restarts"] == n, "the death is noted")  # type: ignore[misc]
        part = standing(tmp_path)["door"]
        pauses.append((part["next_start_at"] or part["since"]) - part["since"])
    assert pauses[0] == pytest.approx(0, abs=0.05)
    assert 0.4 <= pauses[1] <= 0.7
    assert 0.8 <= pauses[2] <= 1.3


def test_nothing_survives_the_killed_supervisor(tmp_path: Path, supervised: Start, leash: dict[str, str]) -> None:
    process = supervised(tmp_path, **leash)
    ready(process)
    numbers = [part["pid"] for part in standing(tmp_path).values() if part["pid"]]
    process.kill()
    until(lambda: not any(map(alive, numbers)), "the children are gone")


def test_the_next_start_ends_what_a_killed_one_left(tmp_path: Path, supervised: Start) -> None:
    first = supervised(tmp_path, "--grandchild", "--stubborn")
    ready(first)
    grandchildren = [int(path.read_text()) for path in tmp_path.glob("*.grandchild")]
    assert len(grandchildren) == 2 and all(map(alive, grandchildren))
    noted = (tmp_path / "notes" / "engine.json").read_text()

    # Stop the supervisor in its tracks instead of killing it: the leash holds, so its children are true left-overs.
    first.send_signal(signal.SIGSTOP)
    second = supervised(tmp_path)
    ready(second)
    assert not alive(first.pid)
    assert (tmp_path / "notes" / "engine.json").read_text() != noted
    assert alive(standing(tmp_path)["engine"]["pid"])


def test_a_stubborn_part_and_its_own_children_are_killed_after_a_while(tmp_path: Path, supervised: Start) -> None:
    process = supervised(tmp_path, "--stubborn", "--grandchild")
    ready(process)
    grandchildren = [int(path.read_text()) for path in tmp_path.glob("*.grandchild")]
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    assert process.stdout.readline() == "stopping\n"
    process.send_signal(signal.SIGINT)  # the second one does not wait
    assert process.wait(5) == 0
    until(lambda: not any(map(alive, grandchildren)), "the grandchildren are gone")


def test_a_part_that_cannot_start_ends_the_rest_and_says_why(tmp_path: Path, supervised: Start) -> None:
    process = supervised(tmp_path, "--broken")
    assert process.stdout is not None
    said = process.stdout.read()
    assert process.wait(20) == 1
    assert said.startswith("stopping\ndoor did not start. exit code 1 · the door is jammed. Look into ")
    assert len(said.splitlines()) == 2
    assert order(tmp_path) == ["+engine", "+tables", "-engine"]


def test_the_control_socket_is_ours_alone_and_refuses_in_words(tmp_path: Path, supervised: Start) -> None:
    ready(supervised(tmp_path))
    assert (tmp_path / control.FILE).stat().st_mode & 0o777 == 0o600
    before = standing(tmp_path)
    assert control.ask(tmp_path, {"do": "kill", "name": "nobody"}) == {
        "ok": False,
        "why": "nothing alive is called 'nobody'",
    }
    assert control.ask(tmp_path, {"do": "dance"}) == {"ok": False, "why": "status, kill or stop"}
    assert control.ask(tmp_path, {"do": ["kill"]})["ok"] is False
    assert control.ask(tmp_path, [])["ok"] is False  # type: ignore[arg-type]
    assert control.ask(tmp_path, {"do": "status"})["parts"][0]["name"] == "engine"
    assert {name: part["pid"] for name, part in standing(tmp_path).items()} == {
        name: part["pid"] for name, part in before.items()
    }


def test_asking_where_nothing_runs_fails_in_words(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"^No hospital runs on this data folder"):
        control.ask(tmp_path, {"do": "status"})


def test_a_very_long_folder_name_still_gets_a_socket(tmp_path: Path, supervised: Start) -> None:
    folder = tmp_path / ("long" * 30)
    ready(supervised(folder))
    assert control.ask(folder, {"do": "status"})["ok"]
