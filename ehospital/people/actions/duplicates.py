"""Finding records that may be of one person, and saying that two are not."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from ehospital.algorithms import matching
from ehospital.foundation import audit, locks
from ehospital.people import access, comparing
from ehospital.people.models import DuplicatePair, PatientTraits
from ehospital.people.queries.duplicates import candidates

AT_ONCE: Final = 200


class PairDecided(RuntimeError):
    """Somebody else has decided about the pair since it was shown; nothing was written."""


@transaction.atomic
def find_duplicates(*, by: access.Actor, at: datetime, most: int = AT_ONCE) -> int:
    """Compare patients whose details are new or changed with all others; return how many were compared.

    Pairs that are rather one person than two come onto the worklist. A pair of which somebody said that they are two
    people stays off it. Several may run at once: each takes other patients.

    Raises:
        NotPermitted: `by` may not merge patients.
    """
    access.require(by, access.Permission.PATIENT_MERGE)
    waiting = PatientTraits.objects.filter(compared=False).order_by("pk")
    chosen = list(waiting.select_for_update(of=("self",), skip_locked=True)[:most])
    found: dict[tuple[UUID, UUID], DuplicatePair] = {}
    for one in chosen:
        told = comparing.from_json(one.told)
        for key, other in candidates(told):
            match = matching.compare(told, other)
            if key != one.patient_id and match.probability >= matching.ONE_PERSON:
                pair = sorted((one.patient_id, key))
                found[pair[0], pair[1]] = _pair(pair[0], pair[1], match, at)
    DuplicatePair.objects.bulk_create(
        [found[pair] for pair in sorted(found)],
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["probability", "reasons", "version"],
    )
    PatientTraits.objects.filter(pk__in=[one.pk for one in chosen]).update(compared=True)
    return len(chosen)


def _pair(first: UUID, second: UUID, match: matching.Match, at: datetime) -> DuplicatePair:
    reasons: list[Any] = [[reason.code, reason.weight] for reason in match.reasons]
    return DuplicatePair(
        first_id=first,
        second_id=second,
        probability=match.probability,
        reasons=reasons,
        version=match.version,
        found_at=at,
    )


@transaction.atomic
def tell_apart(pair_id: UUID, *, seen_version: int, by: access.Actor, at: datetime) -> None:
    """State that a pair is two people: it leaves the worklist and does not come back.

    Args:
        seen_version: the version of the pair that was shown.
    Raises:
        NotPermitted: `by` may not merge patients, or there is no such pair.
        PairDecided: it is no longer open, or was decided since it was shown.
    """
    access.require(by, access.Permission.PATIENT_MERGE)
    held = locks.rows(DuplicatePair.objects.all(), [pair_id])
    if not held:
        raise access.NotPermitted(f"{by.name} may not {access.Permission.PATIENT_MERGE.value}")
    (pair,) = held
    if pair.row_version != seen_version or pair.state != DuplicatePair.State.OPEN:
        raise PairDecided("somebody else has decided about these two meanwhile; look at the list again")
    pair.state = DuplicatePair.State.DIFFERENT
    pair.decided_at, pair.decided_by_id, pair.row_version = at, by.staff_id, pair.row_version + 1
    pair.save(update_fields=["state", "decided_at", "decided_by", "row_version"])
    audit.record_many([
        audit.event("duplicate.told_apart", by=by, at=at, patient_id=key, subject=f"pair:{pair.id}")
        for key in (pair.first_id, pair.second_id)
    ])  # fmt: skip
