"""How long a clinician waits for a code among 100,000, also with a slip of the finger."""

import random
from datetime import UTC, datetime

from ehospital.cli.benches import Bar, Result
from ehospital.cli.benches.ground import own_record, p50, p95, timed_ms

CODES, VOCABULARY, SEARCHES = 100_000, 15_000, 60
BAR_MS = 50.0
_SYSTEM = "urn:bench:codes"
_SYLLABLES = (
    "ar bra car der en fi gas hep in ja kar lo mal ner os pan qui rhe si tro ul ven xan yl zos ic itis osis oma"
)


def run() -> Result:
    """Find codes by words, begun words, mistyped words and beginnings of codes."""
    with own_record():
        return _measure()


def _measure() -> Result:
    from django.db import connection

    from ehospital.foundation import codes
    from ehospital.people import access

    at = datetime.now(UTC)
    chance = random.Random(7)
    words = _vocabulary(chance)
    entries = [
        codes.Entry(f"{index:05d}", " ".join(chance.choices(words, k=chance.randrange(2, 8)))) for index in range(CODES)
    ]
    release = codes.Release(_SYSTEM, "Bench", "1", "none", "none", "0" * 64)
    codes.import_release(release, entries, by=access.system("bench", at=at), at=at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    shown = [chance.choice(entries).display.split()[:2] for _ in range(SEARCHES)]
    typed = {
        "words": [" ".join(two) for two in shown],
        "begun": [" ".join(word[:5] for word in two) for two in shown],
        "mistyped": [" ".join(_slip(word, chance) for word in two) for two in shown],
        "code": [f"{chance.randrange(CODES):05d}"[:4] for _ in range(SEARCHES)],
    }
    took = {
        kind: [timed_ms(lambda text=text: codes.find(text, system=_SYSTEM)) for text in texts]  # type: ignore[misc]
        for kind, texts in typed.items()
    }
    every = [value for values in took.values() for value in values]
    hits = sum(bool(codes.find(text, system=_SYSTEM)) for text in typed["mistyped"])
    return Result(
        "codes",
        figures={
            "codes": CODES,
            **{f"{kind}_p95_ms": p95(values) for kind, values in took.items()},
            "all_p50_ms": p50(every),
            "all_p95_ms": p95(every),
        },
        ratios={"mistyped_found": round(hits / SEARCHES, 2)},
        bars={"all_p95_ms": Bar(BAR_MS, p95(every))},
    )


def _vocabulary(chance: random.Random) -> list[str]:
    syllables = _SYLLABLES.split()
    return sorted({"".join(chance.choices(syllables, k=chance.randrange(2, 6))) for _ in range(VOCABULARY)})


def _slip(word: str, chance: random.Random) -> str:
    """Swap two neighbouring letters, as fingers do."""
    where = chance.randrange(1, len(word) - 1) if len(word) > 2 else 0
    return word[:where] + word[where + 1 : where + 2] + word[where : where + 1] + word[where + 2 :]
