"""The files in which code systems are published, read line by line: nothing is guessed, and a wrong line is named."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from ehospital.foundation.codes import Entry, Release, UnusableRelease
from ehospital.kernel.codes import ICD10, ICD10_CM, LOINC

_CODE, _WORDS = {"code", "loinc_num"}, ("long_common_name", "display", "description", "title", "name")
_RETIRED: Final = frozenset({"deprecated", "retired", "inactive", "discouraged"})
# ICD-10-CM's order file: number, code without its point, whether it is billable, short and long words.
_ORDER_CODE, _ORDER_LONG = slice(6, 13), slice(77, None)


def read(path: Path, *, kind: str, licence: str, version: str = "") -> tuple[Release, Iterator[Entry]]:
    """Return a release and its codes from a file: CSV or TSV with a header, ClaML (.xml), or ICD-10-CM's order file.

    Args:
        kind: `icd10` or `loinc`.
        licence: under what right the hospital uses it.
    Raises:
        UnusableRelease: the file is none of these; while reading: a line has no code or no words.
    """
    form = _form(path)
    system, title = {"icd10": (ICD10_CM if form is _order else ICD10, "ICD-10"), "loinc": (LOINC, "LOINC")}[kind]
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    return Release(system, title, version, licence, path.name, checksum), form(path)


def _form(path: Path) -> Callable[[Path], Iterator[Entry]]:
    with path.open("rb") as file:
        start = file.read(2000).decode("utf-8-sig", "replace")
    if path.suffix.lower() == ".xml":
        return _claml
    if start[:5].isdigit() and start[5:6] == " ":
        return _order
    header = next(csv.reader(io.StringIO(start), dialect=_dialect(start)), [])
    if {name.strip().casefold() for name in header} & _CODE:
        return _table
    raise UnusableRelease(
        f"{path.name} has no header with a column `code` or `LOINC_NUM`, and is neither ClaML nor an order file"
    )


def _dialect(start: str) -> type[csv.Dialect]:
    first = start.partition("\n")[0]
    return csv.excel_tab if first.count("\t") > first.count(",") else csv.excel


def _table(path: Path) -> Iterator[Entry]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        start = file.read(2000)
        file.seek(0)
        for number, row in enumerate(csv.DictReader(file, dialect=_dialect(start)), 2):
            cells = {str(name).strip().casefold(): (value or "").strip() for name, value in row.items() if name}
            code = next((cells[name] for name in sorted(_CODE) if cells.get(name)), "")
            words = next((cells[name] for name in _WORDS if cells.get(name)), "")
            yield _entry(path, number, code, words, retired=cells.get("status", "").casefold() in _RETIRED)


def _order(path: Path) -> Iterator[Entry]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                code = line[_ORDER_CODE].strip()
                pointed = f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
                yield _entry(path, number, pointed, line[_ORDER_LONG].strip())


def _claml(path: Path) -> Iterator[Entry]:
    try:
        for _, element in ElementTree.iterparse(path):  # noqa: S314  expat refuses entities that grow
            if element.tag == "Class":
                if element.get("kind") == "category":
                    label = element.find("Rubric[@kind='preferred']/Label")
                    words = " ".join("".join(label.itertext()).split()) if label is not None else ""
                    yield _entry(path, 0, element.get("code", ""), words)
                element.clear()
    except ElementTree.ParseError as error:
        raise UnusableRelease(f"{path.name} is no whole XML: {error}") from error


def _entry(path: Path, number: int, code: str, words: str, *, retired: bool = False) -> Entry:
    if not code or not words or len(code) > 40:
        where = f"{path.name}, line {number}" if number else path.name
        raise UnusableRelease(f"{where}: a code of at most 40 letters and its words are needed, not {code!r} {words!r}")
    return Entry(code, words[:500], retired)
