"""Files, functions and views that outgrow themselves are found, at the very line past the bound."""

from pathlib import Path

from tests.house.planting import plant
from tests.house.rules import sizes
from tests.house.tree import standing


def function(name: str, lines: int, mark: str = "") -> str:
    """A function of so many lines, its first and its last included."""
    return f"{mark}def {name}(request):\n" + "    pass\n" * (lines - 1)


def test_the_first_line_too_many_is_found(tmp_path: Path) -> None:
    files = {
        "ehospital/people/actions.py": "\n" * 500,
        "ehospital/people/queries.py": "\n" * 501,
        "ehospital/people/migrations/0001_initial.py": "\n" * 900,
        "ehospital/people/letter.html": "\n" * 900,
        "ehospital/web/static/js/ward.js": "\n" * 501,
        "ehospital/web/static/vendor/plot.js": "\n" * 9000,
        "ehospital/people/locks.py": function("whole", 60) + function("long", 61),
        "ehospital/web/staff/beds/views.py": function("short", 25) + function("wide", 26),
        "ehospital/web/staff/beds/views/one.py": function("split", 26),
        "ehospital/web/staff/beds/pages.py": function("apart", 26) + function("marked", 26, "@kit.page(1)\n"),
        "tests/unit/test_long.py": function("test_long", 61),
    }
    assert [(finding.path, finding.line, finding.what) for finding in sorted(sizes.check(plant(tmp_path, files)))] == [
        ("ehospital/people/locks.py", 61, "function long has 61 lines; 60 is the most"),
        ("ehospital/people/queries.py", 1, "501 lines; 500 is the most"),
        ("ehospital/web/staff/beds/pages.py", 28, "view marked has 26 lines; 25 is the most"),
        ("ehospital/web/staff/beds/views.py", 26, "view wide has 26 lines; 25 is the most"),
        ("ehospital/web/staff/beds/views/one.py", 1, "view split has 26 lines; 25 is the most"),
        ("ehospital/web/static/js/ward.js", 1, "501 lines; 500 is the most"),
        ("tests/unit/test_long.py", 1, "function test_long has 61 lines; 60 is the most"),
    ]


def test_nothing_in_the_house_is_too_long() -> None:
    assert [str(finding) for finding in sizes.check(standing())] == []
