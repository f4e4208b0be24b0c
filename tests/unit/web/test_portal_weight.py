"""What every page of a patient carries is small enough for an old phone on a slow line, and whole without a script.

The pages themselves, as they come over the wire with a full record, are weighed by tests/browser/portal/.
"""

import re
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from django.http import HttpRequest
from django.utils import translation

from tests.unit.web.conftest import Draw

STATIC = Path(__file__).resolve().parents[3] / "ehospital" / "web" / "static"
PAGE = """{% extends "portal/shell.html" %}{% block content %}<h1>Home</h1>{% for x in lines %}<c-card title="A card">
<p>Some words about an appointment, a place and what to bring along. {{ x }}</p><c-tag kind="ok">Your doctor</c-tag>
<c-btn kind="primary" href="/x/">Choose</c-btn></c-card>{% endfor %}{% endblock %}"""


def on_the_wire(path: Path) -> int:
    """What a file costs: fonts are packed already, everything else goes out with brotli."""
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(brotli.compress(content, quality=11))


def linked(html: str) -> set[Path]:
    names = set(re.findall(r'(?:href|src)="/static/([^"#]+)', html))
    return {STATIC / name for name in names}


@pytest.mark.parametrize(
    ("language", "fonts"),
    [
        ("en", ["plex-sans-latin"]),
        ("fr", ["plex-sans-latin"]),
        ("ar", ["plex-sans-latin", "plex-sans-arabic-400", "plex-sans-arabic-700"]),
    ],
)
def test_the_frame_of_a_page_and_a_dozen_cards_leave_a_tenth_of_100_kb_to_the_record(
    draw: Draw, language: str, fonts: list[str]
) -> None:
    with translation.override(language):
        html = draw(PAGE, lines=range(12))
    files = linked(html) | {STATIC / "fonts" / f"{name}.woff2" for name in fonts}
    weights = {path.name: on_the_wire(path) for path in files}
    assert {"tokens.css", "portal.css", "ui.js", "sprite.svg", "plex-sans-latin.woff2"} <= set(weights)
    assert "htmx.min.js" not in weights
    total = len(html.encode()) + sum(weights.values())
    assert total <= 90_000, (total, weights)


def test_a_page_without_scripts_has_every_way_on_it(draw: Draw, request_of: Callable[..., HttpRequest]) -> None:
    html = draw(PAGE, request_of("/portal/"), lines=range(1))
    assert 'action="/language/"' in html
    assert re.search(r'<button[^>]*name="language" value="ar"', html)
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", html) == []
    assert html.index('class="skip"') < html.index("<header")
    for svg in re.findall(r"<svg[^>]*>", html):
        assert 'width="20" height="20"' in svg, "without a style sheet an icon must not fill the page"


def test_the_direction_follows_the_language(draw: Draw) -> None:
    with translation.override("ar"):
        assert '<html lang="ar" dir="rtl"' in draw(PAGE)
    assert '<html lang="en" dir="ltr"' in draw(PAGE)
