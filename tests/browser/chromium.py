"""The browser of the browser tests: find one, install one where that is allowed, or say exactly what to install.

`make test` runs this first, so that a machine without a browser fails in its first second and not in its tenth minute.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

VARIABLE = "CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PACKAGES = ("chromium", "fonts-liberation")


class NoBrowser(SystemExit):
    """There is no browser that works; the message says what to install."""


def version(program: Path) -> str | None:
    """The words in which a browser names its version; None for a file that is no browser that starts."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 and answer.stdout.strip() else None


def find() -> Path | None:
    """The browser that $CHROMIUM names, or the first of the usual ones that starts.

    Raises:
        NoBrowser: $CHROMIUM names something that does not start; another browser would only hide that.
    """
    if chosen := os.environ.get(VARIABLE):
        if version(Path(chosen)) is None:
            raise NoBrowser(f"{VARIABLE}={chosen} is no browser that starts. Correct the variable or take it away.")
        return Path(chosen)
    candidates = [Path(found) for name in NAMES if (found := shutil.which(name))]
    return next((one for one in [*candidates, *map(Path, APPLICATIONS)] if one.exists() and version(one)), None)


def install() -> None:
    """Install Debian's Chromium with apt-get.

    Raises:
        NoBrowser: apt-get failed; its last words are in the message.
    """
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (("update",), ("install", "--yes", "--no-install-recommends", *PACKAGES)):
        print(f"chromium: apt-get {' '.join(arguments)}", flush=True)
        answer = subprocess.run(
            ["apt-get", "--quiet", *arguments], env=quiet, capture_output=True, text=True, check=False
        )
        if answer.returncode != 0:
            words = (answer.stderr or answer.stdout).strip().splitlines()[-1:]
            raise NoBrowser(f"apt-get {arguments[0]} failed: {''.join(words)}. {_advice()}")


def ensure(*, may_install: bool) -> Path:
    """Return a browser that starts; install one when there is none and it may.

    Raises:
        NoBrowser: there is none, and none could be installed.
    """
    if found := find():
        return found
    if may_install and shutil.which("apt-get"):
        install()
        if found := find():
            return found
    raise NoBrowser(_advice())


def _advice() -> str:
    if sys.platform == "darwin":
        how = "Install Google Chrome (brew install --cask google-chrome)"
    else:
        how = f"Install it as root: apt-get install {' '.join(PACKAGES)} (or your system's Chromium or Chrome)"
    return f"The browser tests need Chromium and found none. {how}, or set {VARIABLE} to the path of one."


if __name__ == "__main__":
    browser = ensure(may_install=os.geteuid() == 0)
    print(f"browser: {browser} ({version(browser)})")
