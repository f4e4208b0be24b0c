"""What the columns of a register hold: where its headings stand, and which field each means. A guess to confirm.

The words are those seen above columns of registers in English, French, Spanish, German, Arabic and Persian; a heading
counts when it, or its last line, is one of them, or begins or ends with one. Nothing is guessed from the values.
"""

import re
from collections.abc import Sequence
from typing import Final

from ehospital.algorithms.written_words import plain

VERSION: Final = "register-columns-1"
MOST_HEADINGS: Final = 10
LOOKED_AT: Final = 25

_WORDS: Final[dict[str, str]] = {
    "family": "family name|surname|last name|family|name of family|nom|nom de famille|apellido|apellidos|nachname|"
    "familienname|اسم العايله|العايله|اللقب|نام خانوادگي",
    "given": "given name|first name|forename|given names|first names|given|prenom|prenoms|nombre|nombres|vorname|"
    "الاسم الاول|الاسم|نام",
    "full_family_first": "patient|patient name|full name|name|names|nom et prenom|nom et prenoms|name of patient|"
    "nombre completo|اسم المريض|الاسم الكامل|نام بيمار|نام و نام خانوادگي",
    "sex": "sex|gender|m f|f m|sexe|sexo|geschlecht|الجنس|جنس|جنسيت",
    "birth": "birth date|date of birth|dob|born|birthdate|birthday|d o b|date de naissance|ne le|nee le|naissance|"
    "fecha de nacimiento|nacimiento|geburtsdatum|geboren|تاريخ الميلاد|الميلاد|تاريخ تولد",
    "phone": "phone|telephone|tel|mobile|phone number|telephone number|tel no|phone no|cell|cellphone|contact number|"
    "contact|telefono|telefon|portable|هاتف|الهاتف|رقم الهاتف|جوال|تلفن|موبايل",
    "phone_2": "phone 2|second phone|other phone|telephone 2|alternative phone|tel 2|mobile 2|autre telephone",
    "email": "email|e mail|mail|courriel|correo|البريد الالكتروني|ايميل",
    "lines": "address|street|street address|home address|residence|adresse|rue|direccion|domicilio|strasse|anschrift|"
    "العنوان|عنوان|ادرس|نشاني",
    "city": "city|town|village|town village|place|ville|commune|ciudad|localite|ort|stadt|المدينه|القريه|شهر|روستا",
    "district": "district|county|ward|sub county|area|quartier|distrito|المحافظه|الحي|منطقه",
    "state": "state|province|region|estado|provincia|wilaya|ولايه|استان",
    "postal_code": "postal code|postcode|post code|zip|zip code|code postal|codigo postal|plz|الرمز البريدي|كد پستي",
    "country": "country|pays|pais|land|الدوله|البلد|كشور",
    "register_number": "no|number|nr|serial no|serial number|s no|reg no|register number|registration number|file no|"
    "file number|folder|folder number|card no|card number|patient no|patient number|patient id|id|mrn|opd no|numero|"
    "n|n dossier|numero de dossier|expediente|رقم|رقم الملف|الرقم|شماره|شماره پرونده",
    "national": "national id|national id number|nin|id number|national number|identity card|identity number|nhs number|"
    "social security number|ssn|cin|cni|carte nationale|cedula|dni|الرقم الوطني|رقم الهويه|الهويه|كد ملي",
    "kin_name": "next of kin|kin|contact person|guardian|emergency contact|next of kin name|personne a prevenir|"
    "contacto|قريب|اقرب الاقارب|ولي الامر",
    "kin_phone": "next of kin phone|kin phone|contact person phone|guardian phone|emergency phone|phone of next of kin",
    "marital_status": "marital status|civil status|situation familiale|etat civil|estado civil|الحاله الاجتماعيه",
}
_BY_WORD: Final = {plain(word): field for field, words in _WORDS.items() for word in words.split("|")}
_EVERYWHERE: Final = frozenset({"patient", "name", "names", "contact", "place", "family", "number", "land"})
"""Words that say nothing inside another heading: the address of the patient is no name."""
FIELDS: Final = tuple(_WORDS)


def meant(heading: str) -> str:
    """Return the field that a heading means, "" when none of the words is in it."""
    lines = [plain(line) for line in [heading, *reversed(re.split(r"[\n/(),:;·]", heading))]]
    for line in lines:
        if line in _BY_WORD:
            return _BY_WORD[line]
    longest = sorted((word for word in _BY_WORD if len(word) > 3 and word not in _EVERYWHERE), key=len, reverse=True)
    told = f" {lines[0]} "
    return next((_BY_WORD[word] for word in longest if f" {word} " in told), "")


def headings_of(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[int, int]:
    """Return the first and the last number of the rows that are headings, (0, 0) when none is.

    A title above them is none of them: it names no column. The last row that names columns ends them; what stands
    between the first and the last belongs to them.
    """
    hits = {
        number: len({meant(cell) for cell in cells if cell and len(cell) <= 60} - {""})
        for number, cells in rows[:MOST_HEADINGS]
    }
    most = max(hits.values(), default=0)
    if most == 0:
        return 0, 0
    naming = [number for number, count in hits.items() if count >= max(1, most // 3)]
    if most >= 2:
        best = max(number for number, count in hits.items() if count == most)
        widths = {number: sum(bool(cell) for cell in cells) for number, cells in rows[:MOST_HEADINGS]}
        naming = [number for number in naming if number <= best and widths[number] >= 2] or [best]
        return naming[0], best
    return naming[0], naming[0]


def names_of(rows: Sequence[tuple[int, Sequence[str]]], first: int, last: int) -> list[str]:
    """Return the heading of each column: what stands above it, from top to bottom, each once."""
    held = [cells for number, cells in rows if first <= number <= last]
    width = max((len(cells) for _, cells in rows), default=0)
    names = []
    for column in range(width):
        told = [cells[column] for cells in held if column < len(cells) and cells[column]]
        names.append(" / ".join(dict.fromkeys(told)))
    return names


def guess(names: Sequence[str]) -> dict[int, str]:
    """Return the field of each column as far as its heading tells, each field once: the plainest heading wins."""
    taken: dict[str, tuple[int, int]] = {}
    for column, name in enumerate(names):
        field = meant(name)
        if field and (field not in taken or len(name) < taken[field][0]):
            if field in taken and field == "phone":
                taken.setdefault("phone_2", taken[field])
            taken[field] = (len(name), column)
        elif field == "phone":
            taken.setdefault("phone_2", (len(name), column))
    if "family" in taken and "given" in taken:
        taken.pop("full_family_first", None)
    elif "given" in taken and "full_family_first" in taken:  # a column Name beside one First name
        taken["family"] = taken.pop("full_family_first")
    elif "family" in taken and "given" not in taken and "full_family_first" not in taken:
        taken["full_family_first"] = taken.pop("family")
    return {column: field for field, (_, column) in sorted(taken.items(), key=lambda one: one[1][1])}
