"""Where both records of one person have what a person has once: whose row stands when they become one.

What is left behind stays with the absorbed record, whole, and stands again when the merge is undone.
"""

from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef

from ehospital.people.actions import ledger
from ehospital.people.models import BrokenGlass, LookMessage, LookNotice, Proxy, Restriction


def left_behind(merge_id: UUID, *, of: UUID, into: UUID) -> set[UUID]:
    """Return the rows of the absorbed record that stay with it because the survivor's say the same.

    A proxy of one holder: the survivor's stands, with its extent. A broken glass is reviewed where it was broken. A
    restriction of one kind: the survivor's is widened first, so that nothing becomes open that was kept.
    """
    behind = set()
    if LookNotice.objects.filter(patient_id=into).exists():
        behind |= set(LookNotice.objects.filter(patient_id=of).values_list("id", flat=True))
    told = LookMessage.objects.filter(patient_id=into, looker_id=OuterRef("looker_id"), on=OuterRef("on"))
    behind |= set(LookMessage.objects.filter(Exists(told), patient_id=of).values_list("id", flat=True))
    held = Proxy.objects.filter(patient_id=into, holder=OuterRef("holder"), during__overlap=OuterRef("during"))
    behind |= set(Proxy.objects.filter(Exists(held), patient_id=of).values_list("id", flat=True))
    broken = BrokenGlass.objects.filter(patient_id=into, staff=OuterRef("staff"), during__overlap=OuterRef("during"))
    behind |= set(BrokenGlass.objects.filter(Exists(broken), patient_id=of).values_list("id", flat=True))
    return behind | _widened(merge_id, of=of, into=into)


def _widened(merge_id: UUID, *, of: UUID, into: UUID) -> set[UUID]:
    """Let the survivor's restrictions cover the absorbed ones of their kind and time; return those that are covered."""
    covered = set()
    for theirs in Restriction.objects.filter(patient_id=of).order_by("id"):
        mine = Restriction.objects.filter(patient_id=into, kind=theirs.kind, during__overlap=theirs.during).first()
        if mine is None:
            continue
        sealed = Restriction.Level.SEALED in (mine.level, theirs.level)
        level = Restriction.Level.SEALED if sealed else Restriction.Level.RESTRICTED
        ledger.change(merge_id, mine, level=level, during=_union(mine.during, theirs.during))
        covered.add(theirs.id)
    return covered


def _union(one: DateTimeTZRange, other: DateTimeTZRange) -> DateTimeTZRange:
    """Return the time from the earlier start to the later end; no start or no end reaches further than any."""
    starts: list[datetime | None] = [one.lower, other.lower]
    ends: list[datetime | None] = [one.upper, other.upper]
    known_starts, known_ends = [at for at in starts if at], [at for at in ends if at]
    return DateTimeTZRange(
        min(known_starts) if len(known_starts) == 2 else None, max(known_ends) if len(known_ends) == 2 else None
    )
