"""The repository names no machine and no registry: whoever installs it uses their own."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import Finding, House

RULE = "trace"

# Written in pieces, so that this file does not break its own rule.
REGISTRIES = (
    "pypi" + r"\.org",
    "python" + r"hosted\.org",
    "registry" + r"\.npmjs",
    "npmjs" + r"\.(?:org|com)",
    "art" + "ifactory",
    "jf" + r"rog\.io",
)
OPTIONS = ("--index" + "-url", "--extra-index" + "-url", "--trusted" + "-host", "(?:PIP|UV)_[A-Z_]*INDEX" + "[A-Z_]*=")
PLACES = (
    "/" + r"root/\w",
    "/" + r"home/(?!\w*\$)[a-z]\w*/",
    "/" + r"Users/\w",
    r"[A-Z]:\\" + r"Users\\",
    "/" + "work/(?:main|shared)",
)

# Naming the option that keeps the index out of a lock is not naming an index.
HARMLESS = ("--no-emit" + "-index-url",)
BINARY = {".png", ".jpg", ".webp", ".gif", ".ico", ".woff2", ".mo", ".gz", ".xz", ".zip", ".pdf"}

_PATTERN = re.compile("|".join(f"(?:{part})" for part in (*REGISTRIES, *OPTIONS, *PLACES)))


def check(house: House) -> Iterator[Finding]:
    """Report registry hosts, index options and paths of somebody's machine in any file."""
    here = re.compile(
        "|".join(re.escape(str(place)) for place in {house.root, Path.home()} if len(place.parts) > 2) or r"(?!)"
    )
    for path in house.files:
        if path.suffix in BINARY:
            continue
        for number, line in enumerate(house.text(path).splitlines(), 1):
            for word in HARMLESS:
                line = line.replace(word, "")
            if found := _PATTERN.search(line) or here.search(line):
                step = "Leave it to the environment of whoever installs, or make the path relative"
                yield Finding(path.as_posix(), number, RULE, f"“{found[0]}” names a registry or a machine", step)
