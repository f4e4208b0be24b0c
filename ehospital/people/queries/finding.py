"""Reads of people: finding a patient, and what a banner shows."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from ehospital.foundation import audit
from ehospital.people import access, naming
from ehospital.people.details import PatientDetails
from ehospital.people.models import Account, Patient, PatientIdentifier

FOUND_AT_MOST = 20
LONGEST = 100

_DATE = re.compile(r"^(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[-./ ](\d{1,2}|[A-Za-z]{3,9})[-./ ](\d{4}))$")
_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6}
_MONTHS |= {"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}

# Whole words first by prefix, which the trigram index answers in a few milliseconds; likeness only ranks and widens.
_BY_NAME = """
    SELECT id FROM people_patient
    WHERE active AND (search_text ILIKE ALL(%(patterns)s) OR %(folded)s <%% search_text)
    ORDER BY (search_text ILIKE ALL(%(patterns)s)) DESC, word_similarity(%(folded)s, search_text) DESC, name_text, id
    LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Found:
    """One line of a search: enough to tell two people apart, nothing clinical."""

    id: UUID
    name_text: str
    birth_on: date | None
    birth_precision: str
    sex: str
    number: str
    deceased: bool
    openable: bool

    @property
    def sex_words(self) -> str:
        """The sex in words of the reader's language."""
        return str(Patient.Sex(self.sex).label)


def find_patients(text: str, *, viewer: access.Actor, at: datetime) -> list[Found]:
    """Return at most 20 patients for a name, a number or a birth date, the best match first; audited.

    Args:
        text: what was typed; `2001-05-17`, `17.05.2001` and `17-May-2001` are birth dates.
    Raises:
        NotPermitted: `viewer` may not search.
    """
    access.require(viewer, access.Permission.PATIENT_SEARCH)
    keys = _keys(" ".join(text.replace("\x00", "").split())[:LONGEST])
    with transaction.atomic():
        shown = [audit.event("patient.searched", by=viewer, at=at, patient_id=key) for key in keys]
        audit.record_many(shown or [audit.event("patient.searched", by=viewer, at=at)])
    return _lines(keys, viewer)


def alike(details: PatientDetails, *, viewer: access.Actor, at: datetime) -> list[Found]:
    """Return the patients who might be the person described: a like name, and no contrary birth date; audited.

    Raises:
        NotPermitted: `viewer` may not search.
    """
    access.require(viewer, access.Permission.PATIENT_SEARCH)
    names = [naming.fold(f"{name.given} {name.family}") for name in details.names]
    keys = list(dict.fromkeys(key for name in names if name for key in _by_name(name)))
    near = Patient.objects.filter(pk__in=keys)
    if details.birth_on is not None and details.birth_precision == "day":
        near = near.filter(Q(birth_on=details.birth_on) | ~Q(birth_precision="day"))
    kept = set(near.values_list("pk", flat=True))
    keys = [key for key in keys if key in kept][:FOUND_AT_MOST]
    with transaction.atomic():
        audit.record_many([audit.event("patient.searched", by=viewer, at=at, patient_id=key) for key in keys])
    return _lines(keys, viewer)


def _keys(text: str) -> list[UUID]:
    if not naming.fold(text):
        return []
    day = birth_date(text)
    if day is not None:
        born = Patient.objects.filter(active=True, birth_on=day).order_by("name_text", "id")
        return list(born.values_list("id", flat=True)[:FOUND_AT_MOST])
    if any(letter.isdigit() for letter in text):
        exact = PatientIdentifier.objects.filter(value__in=[text, re.sub(r"[\s-]", "", text)], patient__active=True)
        found = list(dict.fromkeys(exact.order_by("patient_id").values_list("patient_id", flat=True)[:FOUND_AT_MOST]))
        if found:
            return found
    return _by_name(naming.fold(text))


def _by_name(folded: str) -> list[UUID]:
    patterns = [f"%{word}%" for word in folded.split()]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = 0.5")
        cursor.execute(_BY_NAME, {"patterns": patterns, "folded": folded, "limit": FOUND_AT_MOST})
        return [key for (key,) in cursor.fetchall()]


def birth_date(text: str) -> date | None:
    """Return the date that the text is, or None when it is none; the day comes before the month."""
    match = _DATE.match(text.strip())
    if not match:
        return None
    year, month, day = match[1] or match[6], match[2] or match[5], match[3] or match[4]
    number = int(month) if month.isdigit() else _MONTHS.get(month[:3].lower(), 0)
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


def _lines(keys: list[UUID], viewer: access.Actor) -> list[Found]:
    patients = Patient.objects.in_bulk(keys)
    numbers = dict(
        PatientIdentifier.objects.filter(patient_id__in=keys, system=naming.HOSPITAL_NUMBER)
        .order_by("patient_id", "value")
        .values_list("patient_id", "value")
    )
    visible = access.visible_patients(viewer, access.Permission.CHART_READ).filter(pk__in=keys)
    openable = set(visible.values_list("pk", flat=True))
    return [
        Found(
            id=key,
            name_text=one.name_text,
            birth_on=one.birth_on,
            birth_precision=one.birth_precision,
            sex=one.sex,
            number=numbers.get(key, ""),
            deceased=one.deceased,
            openable=key in openable,
        )
        for key in keys
        if (one := patients.get(key))
    ]


def patient(patient_id: UUID, *, viewer: access.Actor, permission: access.Permission) -> Patient:
    """Return one patient with every name, number, address and contact loaded.

    Raises:
        NotPermitted: `viewer` may not use that permission on this patient, or there is no such patient.
    """
    found = access.patient(viewer, permission, patient_id, "names", "identifiers", "telecoms", "addresses", "contacts")
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {permission.value}")
    return found


def hospital_number(of: Patient) -> str:
    """Return the hospital's own number of a patient whose identifiers are loaded."""
    own = [number.value for number in of.identifiers.all() if number.system == naming.HOSPITAL_NUMBER]
    return own[0] if own else ""


def account(username: str) -> "QuerySet[Account]":
    """Return the account of that name, if any, whatever its case."""
    return Account.objects.filter(username__iexact=username).order_by("id")
