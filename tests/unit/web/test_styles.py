"""What sheets, scripts and templates may not hold: physical sides, news that old phones lack, foreign hosts."""

import re
from pathlib import Path

import pytest

from ehospital.web.display.tour import guide
from ehospital.web.kit import navigation
from ehospital.web.portal.record import sections
from ehospital.web.portal.who_looked import visits
from ehospital.web.templatetags import kit

WEB = Path(__file__).resolve().parents[3] / "ehospital" / "web"
STATIC = WEB / "static"
SHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
TEMPLATES = sorted(path for path in WEB.rglob("*.html") if "static" not in path.parts)
# A component says in its first lines which variables it takes; the other templates of the folder are included.
COMPONENTS = sorted(path for path in (WEB / "kit").glob("*.html") if "<c-vars" in path.read_text())

SIDE = r"(?:left|right|top|bottom)"
PHYSICAL = {
    "a margin, padding or border of one side": rf"(?:margin|padding|border)-{SIDE}\b",
    "a place from one side": rf"(?:^|[;{{\s]){SIDE}\s*:",
    "a corner by its sides": r"border-(?:top|bottom)-(?:left|right)-radius",
    "text or float to a side": r"(?:text-align|float|clear)\s*:\s*(?:left|right)\b",
    "a physical size": r"(?:^|[;{\s])(?:min-|max-)?(?:width|height)\s*:",
}
# Chrome 106 is the oldest browser that patients come with.
TOO_NEW = {
    "nesting": r"\{[^{}]*&",
    "a layer, which older browsers drop whole": r"@layer",
    "color-mix": r"color-mix\(",
    "light-dark": r"light-dark\(",
    "oklch": r"okl(?:ch|ab)\(",
    "@scope": r"@scope",
    "@starting-style": r"@starting-style",
    "anchor positioning": r"anchor\(|position-anchor",
    "popover": r":popover-open",
}
TOO_NEW_IN_SCRIPTS = {
    "a copying array method": r"\.(?:toSorted|toReversed|toSpliced|with)\(",
    "Object.groupBy": r"\b(?:Object|Map)\.groupBy",
    "Promise.withResolvers": r"withResolvers",
    "set algebra": r"\.(?:union|intersection|difference)\(",
    "eval or a made function": r"\beval\(|new Function",
    "HTML from text": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write",
    "an inline style": r"\.style\b|setAttribute\(\s*[\"']style",
}
LITERAL = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch)a?\([^)]*\)", re.IGNORECASE)
HOST = re.compile(r"(?:https?:)?//(?!www\.w3\.org/(?:2000/svg|1999/xhtml))[\w-]+\.[\w.-]+")


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def without_conditions(text: str) -> str:
    """A sheet without the heads of its media queries, which name widths of the window."""
    return re.sub(r"@media[^{]*\{", "{", without_comments(text))


def named(path: Path) -> str:
    return path.relative_to(WEB).as_posix()


@pytest.mark.parametrize("sheet", SHEETS, ids=named)
def test_a_sheet_knows_start_and_end_not_left_and_right(sheet: Path) -> None:
    text = without_conditions(sheet.read_text())
    found = {what: re.search(pattern, text) for what, pattern in PHYSICAL.items()}
    assert {what: hit[0] for what, hit in found.items() if hit} == {}


@pytest.mark.parametrize("sheet", SHEETS, ids=named)
def test_a_sheet_holds_nothing_that_old_phones_lack(sheet: Path) -> None:
    text = without_comments(sheet.read_text())
    assert {what for what, pattern in TOO_NEW.items() if re.search(pattern, text)} == set()
    supported = re.sub(r"@supports selector\(:has\(\*\)\)\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", text)
    assert ":has(" not in supported, ":has() may only add to a page, inside @supports"
    for line in text.splitlines():
        for name in re.findall(r"([\w-]+):100dvh", line):
            assert f"{name}:100vh;{name}:100dvh" in line, "dvh needs vh before it"


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_a_script_is_plain_and_writes_text_only(script: Path) -> None:
    text = re.sub(r"^\s*//.*$", "", script.read_text(), flags=re.MULTILINE)
    assert {what for what, pattern in TOO_NEW_IN_SCRIPTS.items() if re.search(pattern, text)} == set()


@pytest.mark.parametrize("path", [*SHEETS, *SCRIPTS, *TEMPLATES], ids=named)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    assert HOST.findall(path.read_text()) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_a_template_carries_no_style_and_no_sides(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"<[^>]*\sstyle\s*=|<style\b", text)
    assert not re.search(r"\s(?:align|bgcolor|border)\s*=\s*[\"'](?:left|right)", text)


def test_the_patterns_see_what_they_forbid() -> None:
    planted = "a{margin-left:1px;left:0;text-align:right;border-top-left-radius:2px;max-width:3px}"
    assert [what for what, pattern in PHYSICAL.items() if not re.search(pattern, planted)] == []
    allowed = "a{margin-inline-start:1px;inset-inline-start:0;text-align:end;max-inline-size:3px;vertical-align:top}"
    assert [what for what, pattern in PHYSICAL.items() if re.search(pattern, without_conditions(allowed))] == []
    assert LITERAL.findall("a{color:#fff;background:rgb(5 12 18/.5)} b{color:HSLA(1,2%,3%,.4)}") == [
        "#fff", "rgb(5 12 18/.5)", "HSLA(1,2%,3%,.4)",
    ]  # fmt: skip
    assert HOST.search('<img src="https://cdn.example.com/x.png">')
    assert HOST.search('<script src="//cdn.example.com/x.js">')


def test_every_variable_that_a_sheet_uses_is_defined() -> None:
    text = "".join(without_comments(sheet.read_text()) for sheet in SHEETS)
    used = set(re.findall(r"var\(--([\w-]+)", text))
    assert used - set(re.findall(r"--([\w-]+):", text)) == set()


def test_colours_stand_in_the_tokens_alone() -> None:
    """White behind a QR code and the paper of the print sheet are no choice of theme."""
    for sheet in SHEETS:
        if sheet.name in {"tokens.css", "print.css"}:
            continue
        text = re.sub(r"\.qr\{[^}]*\}", "", without_comments(sheet.read_text()))
        assert LITERAL.findall(text) == [], sheet.name


def test_the_vendored_scripts_name_no_map_that_is_not_there() -> None:
    vendored = sorted(path for path in (STATIC / "vendor").iterdir() if path.suffix in {".js", ".css"})
    assert [path.name for path in vendored if "sourceMappingURL" in path.read_text()] == []
    listed = (STATIC / "vendor" / "README.md").read_text()
    assert [path.name for path in vendored if path.name not in listed] == []


def icons_asked_for() -> set[str]:
    """Every icon that a template names, and every one that the tables of the code name for templates to draw."""
    text = "".join(path.read_text() for path in TEMPLATES)
    asked = set(re.findall(r'{%\s*icon "([^"]+)"', text)) | set(re.findall(r'\sicon="([\w-]+)"', text))
    places = [*navigation.PORTAL, *(place for bar in navigation.STAFF.values() for place in bar)]
    asked |= {one.icon for one in (*places, *guide.STOPS, *sections.SECTIONS.values())}
    return asked | set(visits._ICONS.values()) | set(kit._EVENT_ICONS.values())


def test_the_sprite_holds_every_icon_that_is_asked_for_and_no_other() -> None:
    symbols = re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons" / "sprite.svg").read_text())
    assert len(symbols) == len(set(symbols))
    asked = icons_asked_for()
    assert asked - set(symbols) == set(), "not in the sprite"
    assert set(symbols) - asked == set(), "named by nothing"
    assert kit._DIRECTED - set(symbols) == set()


@pytest.mark.parametrize("component", COMPONENTS, ids=named)
def test_a_component_is_used_by_a_page(component: Path) -> None:
    """The style guide shows what pages use; `c-steps` waits for booking, which the design pages show with it."""
    if component.stem == "steps":
        return
    pages = [path for path in TEMPLATES if "styleguide" not in path.parts and path != component]
    used = re.compile(rf"<c-{component.stem.replace('_', '-')}[\s/>]")
    assert any(used.search(path.read_text()) for path in pages)


def test_a_class_that_a_sheet_styles_is_used() -> None:
    """Classes of templates, scripts and tables; uPlot, htmx and Django's lists of errors bring their own."""
    sources = [*TEMPLATES, *SCRIPTS, *(path for path in WEB.rglob("*.py"))]
    words = set(re.findall(r"[\w-]+", "".join(path.read_text() for path in sources)))
    styled = {
        name
        for sheet in SHEETS
        for name in re.findall(r"\.(-?[a-zA-Z_][\w-]*)", re.sub(r'"[^"]*"', "", without_comments(sheet.read_text())))
    }
    brought = {"htmx-request", "errorlist"}
    assert {name for name in styled - words - brought if not name.startswith(("u-", "tk-"))} == set()


def test_every_token_has_a_swatch_in_the_style_guide() -> None:
    tokens = set(re.findall(r"--([\w-]+):#", (STATIC / "css" / "tokens.css").read_text()))
    swatches = set(re.findall(r"\.tk-([\w-]+)\{", (STATIC / "css" / "styleguide.css").read_text()))
    assert swatches == tokens
