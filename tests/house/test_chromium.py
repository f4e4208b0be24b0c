"""The browser of the browser tests is found, installed where that is allowed, or asked for in words."""

import os
import stat
from pathlib import Path

import pytest

from tests.browser import chromium


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH that holds a shell and nothing else of this machine."""
    shell = Path("/bin/sh")
    (tmp_path / "sh").symlink_to(shell)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setattr(chromium, "APPLICATIONS", ())
    return tmp_path


def program(place: Path, script: str) -> Path:
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(place.stat().st_mode | stat.S_IXUSR)
    return place


def test_the_first_browser_that_starts_is_taken(programs: Path) -> None:
    program(programs / "chromium", "echo 'please install the snap' >&2; exit 1")
    works = program(programs / "google-chrome", "echo Google Chrome 140.0")
    assert chromium.ensure(may_install=False) == works
    assert chromium.version(works) == "Google Chrome 140.0"


def test_the_variable_goes_before_everything(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(programs / "chromium", "echo Chromium 1")
    mine = program(programs / "mine", "echo Chromium 2")
    monkeypatch.setenv("CHROMIUM", str(mine))
    assert chromium.ensure(may_install=False) == mine


def test_a_variable_that_names_no_browser_is_refused(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(programs / "chromium", "echo Chromium 1")
    monkeypatch.setenv("CHROMIUM", str(programs / "nothing"))
    with pytest.raises(chromium.NoBrowser, match="nothing is no browser that starts"):
        chromium.ensure(may_install=True)


def test_it_is_installed_where_that_is_allowed(programs: Path) -> None:
    browser = programs / "chromium"
    steps = f'echo "$@" >> {programs}/asked\n[ "$2" = update ] && exit 0\n'
    made = f"printf '#!/bin/sh\\necho Chromium 3\\n' > {browser}; {_found('chmod')} +x {browser}"
    program(programs / "apt-get", steps + made)
    assert chromium.ensure(may_install=True) == browser
    assert (programs / "asked").read_text().splitlines() == [
        "--quiet update",
        "--quiet install --yes --no-install-recommends chromium fonts-liberation",
    ]


def _found(name: str) -> str:
    return next(str(place) for folder in ("/bin", "/usr/bin") if (place := Path(folder, name)).exists())


def test_nothing_is_installed_where_that_is_not_allowed(programs: Path) -> None:
    program(programs / "apt-get", f"echo touched > {programs}/asked")
    with pytest.raises(chromium.NoBrowser, match="found none") as refused:
        chromium.ensure(may_install=False)
    assert "set CHROMIUM" in str(refused.value)
    assert not os.path.exists(programs / "asked")


def test_a_failed_installation_says_why(programs: Path) -> None:
    program(programs / "apt-get", "echo 'E: no space left' >&2; exit 100")
    with pytest.raises(chromium.NoBrowser, match="apt-get update failed: E: no space left"):
        chromium.ensure(may_install=True)
