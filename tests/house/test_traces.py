"""Names of registries and paths of machines are found in any text file."""

from pathlib import Path

import pytest

from tests.house.planting import plant
from tests.house.rules import traces
from tests.house.tree import standing

# In pieces, so that this file passes the rule that it tests.
TRACES = [
    "https://" + "pypi" + ".org/simple",
    "https://files.python" + "hosted.org/x",
    "https://registry" + ".npm" + "js.org/x",
    "pip install --index" + "-url https://x",
    "UV_DEFAULT" + "_INDEX=https://x",
    "see /" + "root/notes",
    "/" + "home/ada/notes",
    "/" + "Users/ada",
    "C:\\" + "Users\\ada",
]
HARMLESS = [
    "uv pip compile --no-emit" + "-index-url",
    "PyPI",
    "/var/tmp/ehospital",
    "the root/leaf ratio",
    "/home/",
    "~/notes",
]


@pytest.mark.parametrize("text", TRACES)
def test_a_trace_is_found(tmp_path: Path, text: str) -> None:
    files = {"requirements/product.txt": f"# lock\n{text}\n", "docs/guide.md": f"{text}\n"}
    found = sorted(traces.check(plant(tmp_path, files)))
    assert [(finding.path, finding.line) for finding in found] == [
        ("docs/guide.md", 1),
        ("requirements/product.txt", 2),
    ]


def test_the_folder_of_the_checkout_itself_is_a_trace(tmp_path: Path) -> None:
    house = plant(tmp_path, {"docs/guide.md": f"cd {tmp_path}/docs\n"})
    assert [(finding.path, finding.line) for finding in traces.check(house)] == [("docs/guide.md", 1)]


@pytest.mark.parametrize("text", HARMLESS)
def test_look_alikes_are_left_alone(tmp_path: Path, text: str) -> None:
    assert list(traces.check(plant(tmp_path, {"docs/guide.md": text}))) == []


def test_the_house_names_no_machine() -> None:
    assert [str(finding) for finding in traces.check(standing())] == []
