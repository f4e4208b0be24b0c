"""Tables of codes: bringing in a release, and finding the code for what somebody typed.

A code system of a hundred thousand codes has a vocabulary of some ten thousand words. What was typed is compared with
the words, and the words found lead to the codes: so a slip of the finger costs a few milliseconds and not a scan.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Length

from ehospital.foundation import audit, locks
from ehospital.foundation.models import CodeEntry, CodeSystem, CodeWord
from ehospital.kernel.folding import fold

FOUND_AT_MOST = 20
LONGEST, WORDS = 100, 6
BEGUN, CONSIDERED = 100, 300
BATCH = 5000

Choice = dict[str, float]
"""Words of the vocabulary that one typed word may stand for, with their likeness from 0 to 1."""

# Trigrams miss two swapped letters in a short word; the edit distance among words with the same first letter does not.
# Each half has an index of its own; written as one condition, neither would be used.
_LIKE = """
    SELECT word, max(likeness) FROM (
        SELECT word, similarity(word, %(word)s) AS likeness FROM foundation_codeword
        WHERE system_id = %(system)s AND word %% %(word)s
        UNION ALL
        SELECT word, greatest(similarity(word, %(word)s), 0.3) FROM foundation_codeword
        WHERE system_id = %(system)s AND word LIKE %(first)s
            AND length(word) BETWEEN length(%(word)s) - 1 AND length(%(word)s) + 1
            AND levenshtein_less_equal(left(word, 40), %(word)s, %(slips)s) <= %(slips)s
    ) alike GROUP BY word ORDER BY 2 DESC, word LIMIT 15
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of a release, as its file tells it."""

    code: str
    display: str
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """One release of one vocabulary.

    `url` is FHIR's URI of the vocabulary, `licence` says under what right it is used, `checksum` is the SHA-256 of the
    file `source`.
    """

    url: str
    title: str
    version: str
    licence: str
    source: str
    checksum: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What a release changed; every code that was read is one of added, changed and unchanged."""

    added: int
    changed: int
    unchanged: int
    retired: int


class UnusableRelease(ValueError):
    """The release holds no code, or one code twice with different words; nothing was changed."""


@transaction.atomic
def import_release(release: Release, entries: Iterable[Entry], *, by: audit.Who, at: datetime) -> Imported:
    """Bring a release in: what it no longer has is retired, for charts name it. Repeating changes nothing.

    Raises:
        UnusableRelease: it holds no code, or one code twice with different words.
    """
    told = _told(entries)
    locks.advisory(f"codes:{release.url}")
    system, _ = CodeSystem.objects.get_or_create(url=release.url, defaults={"imported_at": at, "title": release.title})
    known = {one.code: one for one in system.entries.all()}
    new = [one for code, one in told.items() if code not in known]
    changed = []
    for code, entry in known.items():
        now = told.get(code, Entry(code, entry.display, retired=True))
        if (entry.display, entry.retired) != (now.display, now.retired):
            entry.display, entry.retired, entry.search_words = now.display, now.retired, _words(now.display)
            changed.append(entry)
    rows = (CodeEntry(system=system, code=one.code, display=one.display, retired=one.retired,
                      search_words=_words(one.display)) for one in new)  # fmt: skip
    CodeEntry.objects.bulk_create(rows, batch_size=BATCH)
    CodeEntry.objects.bulk_update(changed, ["display", "retired", "search_words"], batch_size=BATCH)
    gone = sum(one.code not in told for one in changed)
    counted = Imported(len(new), len(changed) - gone, len(told) - len(new) - (len(changed) - gone), gone)
    if new or changed or system.checksum != release.checksum:
        _remember(system, release, at)
        audit.record("codes.imported", by=by, at=at, subject=release.url, details={"checksum": release.checksum})
    return counted


def _told(entries: Iterable[Entry]) -> dict[str, Entry]:
    told: dict[str, Entry] = {}
    for one in entries:
        same = told.setdefault(one.code, one)
        if same != one:
            raise UnusableRelease(f"the code {one.code} stands twice: as {same.display!r} and as {one.display!r}")
    if not told:
        raise UnusableRelease("there is no code in it")
    return told


def _remember(system: CodeSystem, release: Release, at: datetime) -> None:
    system.title, system.version, system.licence = release.title, release.version, release.licence
    system.source, system.checksum, system.imported_at = release.source, release.checksum, at
    system.save()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM foundation_codeword WHERE system_id = %s", [system.url])
        cursor.execute(
            "INSERT INTO foundation_codeword (system_id, word) SELECT DISTINCT system_id, unnest(search_words)"
            " FROM foundation_codeentry WHERE system_id = %s",
            [system.url],
        )


def _words(display: str) -> list[str]:
    return sorted(set(fold(display).split()))


def find(text: str, *, system: str, most: int = FOUND_AT_MOST) -> list[CodeEntry]:
    """Return the codes for what was typed, the likeliest first: a code or its beginning, or words, also mistyped.

    Args:
        text: `I21`, `i21.0`, `myocardial infarc`, `miocardial infartion`.
        system: the vocabulary, by its URI.
    """
    typed = " ".join(text.replace("\x00", "").split())[:LONGEST]
    entries = CodeEntry.objects.filter(system_id=system, retired=False)
    found: list[CodeEntry] = []
    if typed and " " not in typed:
        found = list(entries.filter(code__startswith=typed.upper()).order_by(Length("code"), "code")[:most])
    words = fold(typed).split()[:WORDS]
    for widen in (_begun, _alike):
        if words and not found:
            choices = [widen(word, system) for word in words]
            found = _with_words(choices, system)[:most] if all(choices) else []
    return found


def look_up(code: str, *, system: str) -> CodeEntry | None:
    """Return the entry of a code, also a retired one; None when no release had it."""
    return CodeEntry.objects.filter(system_id=system, code=code).first()


def systems() -> Sequence[CodeSystem]:
    """Return the vocabularies that were imported, by title."""
    return list(CodeSystem.objects.order_by("title", "url"))


def _begun(word: str, system: str) -> Choice:
    """Return the words that begin so; the word itself counts most."""
    begun = CodeWord.objects.filter(system_id=system, word__startswith=word).order_by(Length("word"), "word")
    return {found: 1.0 if found == word else 0.9 for found in begun.values_list("word", flat=True)[:BEGUN]}


def _alike(word: str, system: str) -> Choice:
    """Return the words that are like this one or begin so."""
    slips = 1 if len(word) < 6 else 2
    with connection.cursor() as cursor:
        cursor.execute(_LIKE, {"word": word[:40], "system": system, "first": f"{word[:1]}%", "slips": slips})
        alike = {found: float(likeness) * 0.8 for found, likeness in cursor.fetchall()}
    return {**alike, **_begun(word, system)}


def _with_words(choices: list[Choice], system: str) -> list[CodeEntry]:
    """Return the codes that have a word of each choice: the likest, then those with the fewest other words."""
    having = CodeEntry.objects.filter(system_id=system, retired=False)
    for choice in choices:
        having = having.filter(search_words__overlap=list(choice))
    rows = having.order_by(Length("display"), "code")[:CONSIDERED]

    def rank(one: CodeEntry) -> tuple[float, int, str]:
        likeness = sum(max(choice.get(word, 0.0) for word in one.search_words) for choice in choices)
        return (-likeness, len(one.search_words), one.code)

    return sorted(rows, key=rank)
