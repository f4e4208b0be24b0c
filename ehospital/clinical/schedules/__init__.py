"""The schedule of vaccinations that this hospital follows: the table of its country, or the one that ships (WHO)."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from ehospital.algorithms.immunisation_schedule import Dose, Series, age
from ehospital.algorithms.questionnaires import Text
from ehospital.kernel.codes import CVX

SHIPPED = Path(__file__).parent / "who.csv"
_COLUMNS = ("series", "name", "sex", "dose", "at", "interval", "grace", "until", "vaccines")
_LANGUAGES = ("fr", "ar")


class UnusableSchedule(ValueError):
    """The table cannot be read; the message names the line and what to write there."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The series of a schedule, and what each is called."""

    series: tuple[Series, ...]
    names: dict[str, Text]
    source: str


def followed() -> Schedule:
    """Return the schedule that this hospital follows.

    Raises:
        UnusableSchedule: EHOSPITAL_IMMUNISATION_SCHEDULE names a table that cannot be read.
    """
    return read_file(Path(settings.IMMUNISATION_SCHEDULE or SHIPPED))


def source() -> str:
    """Return where the schedule comes from, as its table says."""
    return followed().source


@cache
def read_file(path: Path) -> Schedule:
    """Return the schedule of a file; each file is read once."""
    try:
        return read(path.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableSchedule(f"{path} cannot be read: {error}") from error


def read(lines: Iterable[str]) -> Schedule:
    """Return the schedule that a table holds: one line for each dose, in order; lines that begin with # are remarks,
    the first of them says where it comes from.

    Vaccines are CVX codes, or "<system>|<code>" of another vocabulary.

    Raises:
        UnusableSchedule: a line is not as it should be.
    """
    told = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    source = next((line.lstrip("# ") for _, line in told if line.startswith("#")), "")
    rows = [(number, line) for number, line in told if not line.startswith("#")]
    table = csv.DictReader(line for _, line in rows)
    if missing := [name for name in _COLUMNS if name not in (table.fieldnames or ())]:
        raise UnusableSchedule(f"the first line names the columns; missing: {', '.join(missing)}")
    found: dict[str, Series] = {}
    names: dict[str, Text] = {}
    for (number, _), row in zip(rows[1:], table, strict=False):
        try:
            _add(found, names, {name: value or "" for name, value in row.items() if name})
        except ValueError as error:
            raise UnusableSchedule(f"line {number}: {error}") from error
    return Schedule(tuple(found.values()), names, source)


def _add(found: dict[str, Series], names: dict[str, Text], row: dict[str, str]) -> None:
    key, sex = row["series"], row["sex"]
    if not key or not row["name"] or sex not in ("", "female", "male"):
        raise ValueError("a series needs a key and a name, and a sex is female, male or empty")
    codes = frozenset(one if "|" in one else f"{CVX}|{one}" for one in row["vaccines"].split())
    if not codes:
        raise ValueError("name the vaccines that count")
    before = found[key].doses if key in found else ()
    if row["dose"] != str(len(before) + 1):
        raise ValueError(f"dose {len(before) + 1} of {key} comes next, not {row['dose'] or 'nothing'}")
    dose = Dose(len(before) + 1, age(row["at"]), age(row["interval"]), age(row["grace"]))
    found[key] = Series(key, row["name"], (*before, dose), codes, age(row["until"]), sex)
    others = {language: row[f"name_{language}"] for language in _LANGUAGES if row.get(f"name_{language}")}
    names[key] = Text(row["name"], others)
