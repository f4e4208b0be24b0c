"""Small houses with something planted in them, to see that a rule finds it: this line, and no other.

In a planted Python file the line that must be caught ends with `# caught`; every other line must pass.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.rules.__main__ import OFFLINE
from tests.house.tree import ROOT, House

CAUGHT = "# caught"


def plant(folder: Path, files: dict[str, str]) -> House:
    """Write some files into an empty folder, beside the contracts of the real house."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return House(folder)


def marked(house: House) -> list[tuple[str, int]]:
    """The lines that must be caught, as (file, line)."""
    return [
        (path.as_posix(), number)
        for path in house.files
        for number, line in enumerate(house.text(path).splitlines(), 1)
        if line.rstrip().endswith(CAUGHT)
    ]


def ask_apart(house: House, rule: str) -> list[tuple[str, int, str]]:
    """Run one rule over a planted house in a Python of its own: its models must not meet those of this process."""
    path = os.pathsep.join([str(house.root), str(ROOT)])
    run = subprocess.run(
        [sys.executable, "-m", "tests.house.rules", "--json", "--root", str(house.root), rule],
        cwd=house.root, env={**os.environ, **OFFLINE, "PYTHONPATH": path}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert run.stdout, run.stderr
    findings = json.loads(run.stdout)["findings"]
    assert run.returncode == (1 if findings else 0)
    return [(finding["path"], finding["line"], finding["what"]) for finding in findings]


SETTINGS = """
from pathlib import Path

SECRET_KEY = "planted"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.staticfiles", {apps}]
ROOT_URLCONF = "ehospital.config.urls"
STATIC_URL, STATICFILES_DIRS = "/static/", [Path(__file__).parents[1] / "web/static"]
COTTON_DIR = "kit"
TEMPLATES = [{{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [Path(__file__).parents[1] / "web"],
    "OPTIONS": {{
        "loaders": ["django_cotton.cotton_loader.Loader", "django.template.loaders.filesystem.Loader"],
        "builtins": ["django.templatetags.static", "django_cotton.templatetags.cotton"],
    }},
}}]
"""


def plant_django(folder: Path, files: dict[str, str], *, apps: tuple[str, ...] = ()) -> House:
    """Plant a house that Django can start: its packages, its settings and some apps."""
    named = ", ".join(
        f'"{app}"' for app in (*(f"ehospital.{app}" for app in apps), "django_cotton.apps.SimpleAppConfig")
    )
    grown = {
        "ehospital/config/settings.py": SETTINGS.format(apps=named),
        "ehospital/config/urls.py": "urlpatterns = []\n",
        "ehospital/web/static/ward.css": "",
        **files,
    }
    packages = {Path(*Path(name).parts[:depth]) for name in grown for depth in range(1, len(Path(name).parts))}
    empty = {f"{package.as_posix()}/__init__.py": "" for package in packages if "static" not in package.parts}
    return plant(folder, {**empty, **grown})
