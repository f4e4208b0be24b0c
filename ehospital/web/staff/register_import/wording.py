"""Codes of registers in words: what is wrong with a file, a column, a row, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ehospital.people.models import RegisterRow
from ehospital.people.policies.register_rows import STOPS

REFUSALS: dict[str, Promise] = {
    "empty": _("Nothing stands in this file. Choose another one, or another sheet."),
    "too-large": _("The file is larger than 20 MB. Remove pictures and other sheets, or split it."),
    "macros": _("This workbook holds macros, which are never run here. Save it as a plain workbook (.xlsx) or as CSV."),
    "old-or-locked": _("This is an old workbook (.xls), or one with a password. Open it and save it as .xlsx or CSV."),
    "other-office": _("This is another kind of office file. Save the table as .xlsx or CSV."),
    "archive": _("This is an archive. Unpack it, and bring the table in it."),
    "unfolds": _("This file is small but would unfold to more than 120 MB. Save the table anew as CSV."),
    "damaged": _("The file is damaged or cut off, or a quotation mark is never closed. Save it anew, and try again."),
    "no-table": _("This is no table. Bring a workbook (.xlsx) or a text file (CSV)."),
    "too-many-rows": _("There are more than 50,000 rows. Split the register, and bring the parts one after the other."),
    "too-many-columns": _("There are more than 100 columns. Remove those that are not of the patients."),
}
UNSAID: dict[str, Promise] = {
    "no-name": _("Say which column holds the names."),
    "name-twice": _("Names stand in one column or in two: take either the whole name, or family and given name."),
    "field-twice": _("Two columns were said to hold the same. Leave one of them out."),
    "encoding": _("This encoding is not known here. Choose one of the list."),
    "order": _("Say whether the day or the month stands first in the birth dates: both would make sense."),
    "system": _("Say from when the numbers among the birth dates count."),
    "issuer": _("Say whose numbers the column of national numbers holds."),
    "register": _("Say what this register is called: its own numbers are kept under that name."),
    "headings": _("The last row of the headings lies before the first. Look at both again."),
}
PROBLEMS: dict[str, Promise] = {
    "no-name": _("There is no name."),
    "heading-again": _("This row repeats the headings."),
    "letters-lost": _("Letters were lost: read the file in another encoding."),
    "too-long": _("This is too long for its field."),
    "day-unreadable": _("This is no birth date that can be read."),
    "no-such-day": _("There is no such day."),
    "day-in-other-order": _("Day and month stand the other way round than in the rest of the column."),
    "day-order-not-said": _("Nobody said whether the day or the month stands first."),
    "day-system-not-said": _("Nobody said from when this number counts days."),
    "short-year": _("The year has two figures and could be of either century. Write all four."),
    "other-calendar": _("This year is of another calendar. Convert the date first."),
    "born-in-future": _("The birth date lies in the future."),
    "born-too-early": _("The birth date lies more than 150 years back."),
    "number-form": _("The national number has another form than its issuer's numbers."),
    "number-check": _("The check digit of the national number is wrong: a figure was mistyped."),
    "number-taken": _("Somebody else has this number. If families share numbers, leave that column out."),
    "number-twice": _("Another row has this number. If families share numbers, leave that column out."),
    "sex-not-known": _("The sex is left open: this word is not known."),
    "no-telephone": _("Left out: this is no telephone number."),
    "no-email": _("Left out: this is no e-mail address."),
    "kin-without-name": _("Left out: a telephone of next of kin without a name."),
    "merged": _("Stands in a cell that is merged with the row above."),
    "formula": _("Left out: a formula without a value. Open the file, save it, and bring it again."),
    "record-differs": _("The record says otherwise, and stays as it is."),
}
FIELDS: dict[str, Promise] = {
    "family": _("Family name"),
    "given": _("Given name"),
    "full_family_first": _("Whole name, family name first"),
    "full_given_first": _("Whole name, given name first"),
    "sex": _("Sex"),
    "birth": _("Birth date"),
    "phone": _("Telephone"),
    "phone_2": _("Second telephone"),
    "email": _("E-mail"),
    "lines": _("Street and house"),
    "city": _("Town or village"),
    "district": _("District"),
    "state": _("Province"),
    "postal_code": _("Postal code"),
    "country": _("Country"),
    "register_number": _("Number in this register"),
    "national": _("National or insurance number"),
    "kin_name": _("Next of kin"),
    "kin_phone": _("Telephone of next of kin"),
    "marital_status": _("Marital status"),
}
DIFFERS: dict[str, Promise] = {
    "sex": _("sex"),
    "birth": _("birth date"),
    "names": _("name"),
    "telecoms": _("telephone or e-mail"),
    "identifiers": _("numbers"),
    "addresses": _("address"),
}
KEPT: dict[str, Promise] = {
    "corrected": _("The record was corrected since."),
    "merged": _("The record was merged with another one since."),
    "archived": _("The record was archived since."),
    "another-register": _("Another register was filed with this record since."),
}
KEPT_BY_USE = _("Something was written for this patient since.")
ENCODINGS: dict[str, Promise | str] = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": _("Western Europe (1252)"),
    "cp1256": _("Arabic and Persian (1256)"),
    "cp1250": _("Central Europe (1250)"),
    "cp1251": _("Cyrillic (1251)"),
}
SEPARATORS: dict[str, Promise] = {
    ",": _("Comma"),
    ";": _("Semicolon"),
    "\t": _("Tab"),
    "|": _("Vertical bar"),
}


@dataclass(frozen=True)
class Said:
    """One thing about a row: in words, what stood there, and whether the row is left out for it."""

    words: Promise
    value: str
    stops: bool


def said(row: RegisterRow) -> list[Said]:
    """Return everything about a row, what stops it first."""
    found = [
        Said(PROBLEMS[code], str(DIFFERS.get(value, value)) if code == "record-differs" else value, code in STOPS)
        for code, _column, value in row.problems
        if code in PROBLEMS
    ]
    return sorted(found, key=lambda one: not one.stops)


def why_kept(row: RegisterRow) -> Promise:
    """Return why undoing left what a row made."""
    return KEPT.get(row.why_kept, KEPT_BY_USE)


def unsaid(codes: Sequence[str]) -> list[Promise]:
    """Return what still has to be said, in words."""
    return [UNSAID[code] for code in codes if code in UNSAID]
