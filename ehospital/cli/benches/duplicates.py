"""How well duplicates are found, and how long the desk waits for the check among 200,000 patients."""

import random
from collections.abc import Callable
from datetime import UTC, datetime

from ehospital.cli.benches import Bar, Result
from ehospital.cli.benches.duplicate_pairs import Pair, World, pairs
from ehospital.cli.benches.ground import own_record, p50, p95, timed_ms

PATIENTS, BATCH = 200_000, 2000
PAIRS, CHECKS, SEED = 10_000, 400, 7_411
BAR_MS, RECALL, PRECISION = 80.0, 0.95, 0.98

Scored = list[tuple[bool, bool]]
"""For each pair: whether it is one person, and whether it was taken for one."""


def run() -> Result:
    """Judge 10,000 pairs three ways, then check records of known people against a register of 200,000."""
    invented = pairs(SEED, PAIRS)
    with own_record():
        return _measure(invented)


def _measure(invented: list[Pair]) -> Result:
    ours = _judged(invented, _matched)
    exact = _judged(invented, _exact)
    trigram, limit = _best_trigram(invented)
    took, found = _register(invented)
    recall, precision = _recall(ours), _precision(ours)
    return Result(
        "duplicates",
        figures={
            "pairs": float(len(invented)),
            "recall": recall,
            "precision": precision,
            "exact_recall": _recall(exact),
            "exact_precision": _precision(exact),
            "trigram_recall": _recall(trigram),
            "trigram_precision": _precision(trigram),
            "trigram_limit": limit,
            "patients": float(PATIENTS),
            "found_in_register": found,
            "check_p50_ms": p50(took),
            "check_p95_ms": p95(took),
        },
        ratios={
            "missed_by_exact_to_ours": round((1 - _recall(exact)) / max(1 - recall, 1e-4), 1),
            "f1_ours_to_exact": round(_f1(ours) / _f1(exact), 2),
            "f1_ours_to_trigram": round(_f1(ours) / _f1(trigram), 2),
        },
        bars={
            "check_p95_ms": Bar(BAR_MS, p95(took)),
            "recall": Bar(RECALL, recall, at_least=True),
            "precision": Bar(PRECISION, precision, at_least=True),
            "f1_ours_to_exact": Bar(1.0, round(_f1(ours) / _f1(exact), 2), at_least=True),
            "f1_ours_to_trigram": Bar(1.0, round(_f1(ours) / _f1(trigram), 2), at_least=True),
        },
    )


def _judged(invented: list[Pair], same: Callable[[Pair], bool]) -> Scored:
    return [(pair.same, same(pair)) for pair in invented]


def _matched(pair: Pair) -> bool:
    """As the hospital does it: the two share a key, and are rather one person than two."""
    from ehospital.algorithms import matching
    from ehospital.people import comparing

    one, other = comparing.person(pair.one.details()), comparing.person(pair.other.details())
    if not set(comparing.keys(one)) & set(comparing.keys(other)):
        return False
    return matching.compare(one, other).probability >= matching.ONE_PERSON


def _exact(pair: Pair) -> bool:
    from ehospital.kernel.folding import fold

    one, other = pair.one, pair.other
    names = [fold(f"{who.family} {who.given}") for who in (one, other)]
    return names[0] == names[1] and one.born == other.born


def _best_trigram(invented: list[Pair]) -> tuple[Scored, float]:
    """The likeness of name and birth date as one text, at the limit that serves it best on these very pairs."""
    likeness = [_trigram(pair) for pair in invented]
    best: tuple[float, Scored, float] = (-1.0, [], 0.0)
    for step in range(30, 96, 2):
        limit = step / 100
        scored = [(pair.same, value >= limit) for pair, value in zip(invented, likeness, strict=True)]
        if _f1(scored) > best[0]:
            best = (_f1(scored), scored, limit)
    return best[1], best[2]


def _trigram(pair: Pair) -> float:
    from ehospital.kernel.folding import fold

    texts = [fold(f"{who.family} {who.given} {who.born:%Y%m%d}") for who in (pair.one, pair.other)]
    sets = [
        {f"  {word} "[at : at + 3] for word in text.split() for at in range(len(word) + 1)} for text in texts
    ]  # as pg_trgm makes them
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def _register(invented: list[Pair]) -> tuple[list[float], float]:
    """Fill a register with strangers and the first record of some pairs; check the second ones, one after the other."""
    from django.db import connection

    from ehospital.kernel.identifiers import uuid7
    from ehospital.people import access, actions, queries

    at = datetime.now(UTC)
    by = access.system("bench", at=at)
    checked = random.Random(SEED).sample([pair for pair in invented if pair.same], CHECKS)
    known = {uuid7(): pair for pair in checked}
    world = World(SEED + 1)
    people = [(key, pair.one.details()) for key, pair in known.items()]
    people += [(uuid7(), world.person().details()) for _ in range(PATIENTS - len(people))]
    for start in range(0, PATIENTS, BATCH):
        actions.import_patients(people[start : start + BATCH], [], by=by, at=at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    took, found = [], 0
    for key, pair in known.items():
        details = pair.other.details()
        answers: list[queries.Alike] = []
        took.append(timed_ms(lambda: answers.extend(queries.likely_same(details, viewer=by, at=at))))  # noqa: B023
        found += key in {one.found.id for one in answers}
    return took, round(found / len(known), 4)


def _recall(scored: Scored) -> float:
    same = [taken for is_one, taken in scored if is_one]
    return round(sum(same) / len(same), 4)


def _precision(scored: Scored) -> float:
    taken = [is_one for is_one, taken in scored if taken]
    return round(sum(taken) / len(taken), 4) if taken else 0.0


def _f1(scored: Scored) -> float:
    recall, precision = _recall(scored), _precision(scored)
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0
