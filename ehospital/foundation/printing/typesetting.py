"""Typesetting: data in, PDF out. No network, no face of the machine, no file but our own, and an end to it in time.

The typesetter (Typst) works in threads of its own beside the request, without Python's lock. It reads a template of
ours and the data as one JSON text; what somebody wrote into a name or a note is printed as it stands.
"""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from ehospital.foundation.printing.sheets import Paper

HERE: Final = Path(__file__).parent
DOCUMENTS: Final = HERE / "documents"

LONGEST_S: Final = 10.0
"""A document takes some 50 ms, one of 200 pages a second; whoever waits longer is told so."""
MOST_CHARACTERS: Final = 3_000_000
"""Of data, a document of some 500 pages."""

# PDF/UA-1: tagged, with language and title, so that it can be read aloud.
_ACCESSIBLE: Final = "ua-1"
_FIRST_STRONG, _POP = "\u2068", "\u2069"
# What turns the direction of other text around, and what is no letter: never taken from anybody.
_UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]"
)
_presses = ThreadPoolExecutor(max_workers=2, thread_name_prefix="press")


class TooMuchToPrint(ValueError):
    """The document would be longer than anybody reads on paper; print a part of it."""


class PressBusy(RuntimeError):
    """The document was not ready in time; try again in a minute."""


def typeset(paper: Paper, *, at: datetime) -> bytes:
    """Return a record as PDF.

    Args:
        at: the moment that the file itself names.
    Raises:
        TooMuchToPrint: it holds more than `MOST_CHARACTERS`.
        PressBusy: it took longer than `LONGEST_S`.
    """
    data = json.dumps({**_kept_apart(asdict(paper)), "language": paper.language}, ensure_ascii=False)
    if len(data) > MOST_CHARACTERS:
        raise TooMuchToPrint(f"{len(data)} characters, of at most {MOST_CHARACTERS}")
    inputs = {"data": data, "title": _clean(paper.title), "author": _clean(paper.author)}
    work = _presses.submit(_pressed, DOCUMENTS / "record.typ", inputs, int(at.timestamp()))
    try:
        return work.result(timeout=LONGEST_S)
    except Late as error:
        work.cancel()
        raise PressBusy(f"not ready after {LONGEST_S:.0f} s") from error


def _pressed(template: Path, inputs: dict[str, str], at: int) -> bytes:
    """Typeset for everybody to read; what holds a letter without a picture says so, and is tagged all the same."""
    press = typst.Compiler(input=str(template), root=str(DOCUMENTS), font_paths=_faces())
    try:
        return _bytes(press.compile(format="pdf", sys_inputs=inputs, pdf_standards=_ACCESSIBLE, timestamp=at))
    except typst.TypstError:
        said = {**inputs, "unshown": "yes"}
        return _bytes(press.compile(format="pdf", sys_inputs=said, pdf_tags=True, timestamp=at))


def _bytes(made: Any) -> bytes:
    assert isinstance(made, bytes)
    return made


@cache
def _faces() -> Any:
    """Return our faces and those of the wheel, read once."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(HERE / "fonts")])


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("", text)


def _kept_apart(value: Any) -> Any:
    """Return the data with every text kept in its own direction: "4.1 mmol/L" on a page that reads from the right."""
    if isinstance(value, str):
        text = _clean(value)
        return f"{_FIRST_STRONG}{text}{_POP}" if text else ""
    if isinstance(value, dict):
        return {name: _kept_apart(one) for name, one in value.items()}
    return [_kept_apart(one) for one in value] if isinstance(value, list | tuple) else value
