"""Reads of people: finding a patient, and what a banner shows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Length

from ehospital.foundation import audit
from ehospital.foundation.models import AuditEvent
from ehospital.kernel.folding import fold
from ehospital.people import access, naming
from ehospital.people.details import IdentifierDetails
from ehospital.people.models import Account, IdentifierIssuer, NameWord, Patient, PatientIdentifier
from ehospital.people.queries.photos import standing_photos
from ehospital.people.queries.standing import standing_id

FOUND_AT_MOST = 20
LONGEST, WORDS = 100, 6
BEGUN, CONSIDERED = 150, 400
SHORTEST_NUMBER = 4
SEEN_AT_MOST, LOOKED_BACK = 8, 200

Choice = dict[str, float]
"""Words of the vocabulary that one typed word may stand for, with their likeness."""

# Trigrams miss two swapped letters in a short name; the edit distance among words with the same first letter does not.
# Each half has an index of its own; written as one condition, neither would be used.
_LIKE = """
    SELECT word, max(likeness) FROM (
        SELECT word, similarity(word, %(word)s) AS likeness FROM people_nameword WHERE word %% %(word)s
        UNION ALL
        SELECT word, greatest(similarity(word, %(word)s), 0.3) FROM people_nameword
        WHERE word LIKE %(first)s AND length(word) BETWEEN length(%(word)s) - 1 AND length(%(word)s) + 1
            AND levenshtein_less_equal(left(word, 40), %(word)s, %(slips)s) <= %(slips)s
    ) alike GROUP BY word ORDER BY 2 DESC, word LIMIT 25
"""

_DATE = re.compile(r"^(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[-./ ](\d{1,2}|[A-Za-z]{3,9})[-./ ](\d{4}))$")
_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6}
_MONTHS |= {"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}


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
    archived: bool = False
    photo_id: UUID | None = None

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
    return lines(keys, viewer)


def recently_seen(*, viewer: access.Actor, at: datetime, most: int = SEEN_AT_MOST) -> list[Found]:
    """Return the patients whose charts the viewer opened last and may still open, the latest first; audited as a list.

    Raises:
        NotPermitted: `viewer` may not search.
    """
    access.require(viewer, access.Permission.PATIENT_SEARCH)
    if not access.holds(viewer, access.Permission.CHART_READ):
        return []
    mine = access.visible_patients(viewer, access.Permission.CHART_READ).values("pk")
    opened = AuditEvent.objects.filter(
        actor_id=viewer.id, actor_kind=viewer.kind, action="chart.read", patient_id__in=mine
    )
    looked = opened.order_by("-id").values_list("patient_id", flat=True)[:LOOKED_BACK]
    seen = [one for one in lines([key for key in dict.fromkeys(looked) if key], viewer) if one.openable][:most]
    audit.record_listed("patient.searched", [one.id for one in seen], by=viewer, at=at, subject="seen-lately")
    return seen


def lines_of(keys: Iterable[UUID], *, viewer: access.Actor) -> dict[UUID, Found]:
    """Return the lines of these patients by id, for a list that speaks of them already.

    Raises:
        NotPermitted: `viewer` may not search.
    """
    access.require(viewer, access.Permission.PATIENT_SEARCH)
    return {one.id: one for one in lines(sorted(set(keys)), viewer)}


def holders(
    numbers: Iterable[IdentifierDetails], *, viewer: access.Actor, at: datetime, besides: UUID | None = None
) -> list[tuple[IdentifierDetails, Found]]:
    """Return which of these numbers somebody else has, and who; audited.

    Raises:
        NotPermitted: `viewer` may not search.
    """
    access.require(viewer, access.Permission.PATIENT_SEARCH)
    taken: list[tuple[IdentifierDetails, UUID]] = []
    for number in numbers:
        rows = PatientIdentifier.objects.filter(system=number.system, value=number.value)
        others = rows.exclude(patient_id=besides) if besides else rows
        taken += [(number, standing_id(key)) for key in others.values_list("patient_id", flat=True)]
    found = {one.id: one for one in lines([key for _, key in taken], viewer)}
    with transaction.atomic():
        audit.record_many([audit.event("patient.searched", by=viewer, at=at, patient_id=key) for key in found])
    return [(number, found[key]) for number, key in taken]


def _keys(text: str) -> list[UUID]:
    if not fold(text):
        return []
    day = birth_date(text)
    if day is not None:
        born = Patient.objects.filter(active=True, birth_on=day).order_by("name_text", "id")
        return list(born.values_list("id", flat=True)[:FOUND_AT_MOST])
    if any(letter.isdigit() for letter in text):
        found = _numbered(value__in=[text, re.sub(r"[\s-]", "", text)])
        if not found and len(text) >= SHORTEST_NUMBER:
            found = _numbered(value__startswith=text)
        if found:
            return found
    return _by_name(fold(text))


def _numbered(**wanted: object) -> list[UUID]:
    """Return whose numbers these are. The number of a merged record leads to the record that it points to.

    An archived record is found by its number too, and by nothing else.
    """
    rows = PatientIdentifier.objects.filter(**wanted)
    found = rows.order_by("value", "patient_id").values_list("patient_id", "patient__merged_into")[:FOUND_AT_MOST]
    return list(dict.fromkeys(standing_id(key) if merged else key for key, merged in found))


def _by_name(folded: str) -> list[UUID]:
    """Return the best matches: whole words before beginnings of words, and both before likeness."""
    typed = folded.split()[:WORDS]
    found: list[UUID] = []
    for widen in (_whole, _begun, _alike):
        if len(found) < FOUND_AT_MOST:
            choices = [widen(word) for word in typed]
            if all(choices):
                found += [key for key in _with_words(choices) if key not in found]
    return found[:FOUND_AT_MOST]


def _whole(word: str) -> Choice:
    return {word: 1.0}


def _begun(word: str) -> Choice:
    """Return the words of the vocabulary that begin so, the shortest first."""
    begun = NameWord.objects.filter(word__startswith=word).order_by(Length("word"), "word")
    return dict.fromkeys(begun.values_list("word", flat=True)[:BEGUN], 1.0)


def _alike(word: str) -> Choice:
    """Return the words that are like this one, begin so, or are it, with their likeness from 0 to 1."""
    with connection.cursor() as cursor:
        cursor.execute(_LIKE, {"word": word[:40], "first": f"{word[:1]}%", "slips": 1 if len(word) < 4 else 2})
        alike = {found: float(likeness) for found, likeness in cursor.fetchall()}
    return {**alike, **_begun(word)}


def _with_words(choices: list[Choice]) -> list[UUID]:
    """Return the patients who have one of the words of each choice, the likest first."""
    having = Patient.objects.filter(active=True)
    for choice in choices:
        having = having.filter(search_words__overlap=list(choice))
    rows = having.order_by("name_text", "id").values_list("id", "search_words", "name_text")[:CONSIDERED]

    def likeness(words: list[str]) -> float:
        return sum(max(choice.get(word, 0.0) for word in words) for choice in choices)

    ranked = sorted(rows, key=lambda row: (-likeness(row[1]), row[2], row[0]))
    return [row[0] for row in ranked[:FOUND_AT_MOST]]


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


def lines(keys: list[UUID], viewer: access.Actor) -> list[Found]:
    patients = Patient.objects.in_bulk(keys)
    numbers = dict(
        PatientIdentifier.objects.filter(patient_id__in=keys, system=naming.HOSPITAL_NUMBER)
        .order_by("patient_id", "value")
        .values_list("patient_id", "value")
    )
    visible = access.visible_patients(viewer, access.Permission.CHART_READ, with_charts=False).filter(pk__in=keys)
    openable = set(visible.values_list("pk", flat=True))
    photos = standing_photos(keys, viewer=viewer)
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
            archived=not one.active and one.merged_into_id is None,
            photo_id=photos.get(key),
        )
        for key in keys
        if (one := patients.get(key))
    ]


def patient(patient_id: UUID, *, viewer: access.Actor, permission: access.Permission) -> Patient:
    """Return one patient with every name, number, address and contact loaded; audited, also when it is oneself.

    Raises:
        NotPermitted: `viewer` may not use that permission on this patient, or there is no such patient.
    """
    found = access.patient(viewer, permission, patient_id, "names", "identifiers", "telecoms", "addresses", "contacts")
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {permission.value}")
    with transaction.atomic():
        audit.record("patient.read", by=viewer, at=viewer.at, patient_id=patient_id, details={"part": "details"})
    return found


def issuers() -> list[IdentifierIssuer]:
    """Return the issuers whose numbers registration asks for, by name. Not about any patient: everybody may know."""
    return list(IdentifierIssuer.objects.order_by("name", "id"))


def hospital_number(of: Patient) -> str:
    """Return the hospital's own number of a patient whose identifiers are loaded."""
    own = [number.value for number in of.identifiers.all() if number.system == naming.HOSPITAL_NUMBER]
    return own[0] if own else ""


def account(username: str) -> "QuerySet[Account]":
    """Return the account of that name, if any, whatever its case."""
    return Account.objects.filter(username__iexact=username).order_by("id")
