"""Documents speak of what is there: every `make` target, every relative link, every piece of quoted code."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import Finding, House

RULE = "document"
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^\s*(```|~~~)")
TARGET = re.compile(r"\bmake\s+(?:-\w+\s+)*([a-z][\w-]*)")
QUOTED = re.compile(r"^<!-- from (\S+) -->\n```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s#]+)(?:#[^)]*)?\)")


def check(house: House) -> Iterator[Finding]:
    """Report commands that the Makefile lacks, links that lead nowhere and quotations that are no longer true."""
    targets = set(re.findall(r"^([a-z][\w-]*):", house.text("Makefile"), re.MULTILINE))
    pages = [path for path in house.files if path.suffix == ".md"]
    for path in pages:
        yield from _commands(house, path, targets)
        yield from _links(house, path)
        yield from _quotations(house, path)
    yield from _orphans(house, pages)


def _commands(house: House, path: Path, targets: set[str]) -> Iterator[Finding]:
    for number, code in _code(house.text(path)):
        for target in TARGET.findall(code):
            if target not in targets:
                step = f"Write the target, or name one of: {', '.join(sorted(targets))}"
                yield Finding(path.as_posix(), number, RULE, f"`make {target}` is no target of the Makefile", step)


def _code(text: str) -> Iterator[tuple[int, str]]:
    """Every piece of code of a Markdown text, with its line; words outside code may say “make sure”."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
        elif fenced:
            yield number, line.split("#")[0]
        else:
            yield from ((number, code) for code in CODE.findall(line))


def _links(house: House, path: Path) -> Iterator[Finding]:
    for number, line in enumerate(house.text(path).splitlines(), 1):
        for link in LINK.findall(CODE.sub("", line)):
            if ":" not in link and not (house.root / path.parent / link).exists():
                yield Finding(
                    path.as_posix(),
                    number,
                    RULE,
                    f"the link to {link} leads nowhere",
                    "Mend the path or write the page",
                )


def _quotations(house: House, path: Path) -> Iterator[Finding]:
    """A block below `<!-- from FILE -->` must stand in that file, word for word."""
    text = house.text(path)
    for found in QUOTED.finditer(text):
        if found[2] not in house.text(found[1]):
            line = text.count("\n", 0, found.start()) + 1
            yield Finding(
                path.as_posix(), line, RULE, f"this does not stand in {found[1]}", "Copy it anew, or name the file"
            )


def _orphans(house: House, pages: list[Path]) -> Iterator[Finding]:
    """A page below docs/ that no other page links to is a page that nobody reads."""
    linked = {(house.root / page.parent / link).resolve() for page in pages for link in LINK.findall(house.text(page))}
    for page in pages:
        if page.parts[0] == "docs" and (house.root / page).resolve() not in linked:
            step = f"Link it from {page.parent.as_posix()}/README.md or docs/README.md"
            yield Finding(page.as_posix(), 1, RULE, "no other page links to this one", step)
