"""The narrative of a section: what a person reads where a machine does not. Every text is escaped."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from ehospital.fhir.serving.outcomes import Json

_XHTML = "http://www.w3.org/1999/xhtml"


def text(rows: Sequence[Sequence[str]], empty: str = "") -> Json:
    """Return a generated narrative: a row for each line, or the words that say what it means that there is none."""
    if not rows:
        return _generated(f"<p>{_escaped(empty)}</p>")
    lines = "".join("<tr>" + "".join(f"<td>{_escaped(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return _generated(f"<table><tbody>{lines}</tbody></table>")


def _generated(inner: str) -> Json:
    return {"status": "generated", "div": f'<div xmlns="{_XHTML}">{inner}</div>'}


def _escaped(words: str) -> str:
    """Escape, and leave away what XML 1.0 holds in no form."""
    return escape("".join(one for one in words if one in "\t\n" or " " <= one <= "\ud7ff" or one >= "\ue000"))
