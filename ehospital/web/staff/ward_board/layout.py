"""How the beds of a ward are laid out: by bay, sickest first, or by when observations are due."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from types import MappingProxyType
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models import SafetyFlag
from ehospital.monitoring.queries import BedView, Board
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.board import AlertCard, BedCard, Flag, Tally, tally
from ehospital.web.kit.presenting import alert_card, bed_card, flag_of

ROW = 6
_NEVER = datetime.max.replace(tzinfo=UTC)
# What is not known stands before what is known to be well: somebody must look.
_SICKEST = {"high": 0, "medium": 1, "lowmed": 2, "unknown": 3, "low": 4, "zero": 5, "": 6}


@dataclass(frozen=True)
class Row:
    """One row of the board: a bay, or six beds in the order that was asked for."""

    title: str
    beds: Sequence[BedCard]


@dataclass(frozen=True)
class Layout:
    """Everything that the page draws."""

    ward_id: UUID
    ward_name: str
    rows: Sequence[Row]
    alerts: Sequence[AlertCard]
    tally: Sequence[Tally]
    late: int
    beds: int


Key = Callable[[BedView], tuple[object, ...]]


def _by_bay(bed: BedView) -> tuple[object, ...]:
    return (bed.room, bed.code)


def _sickest_first(bed: BedView) -> tuple[object, ...]:
    if bed.vitals is None:
        return (_SICKEST[""], 0, bed.room, bed.code)
    band = "unknown" if bed.state == "silent" else bed.vitals.news.band
    return (_SICKEST.get(band, 3), -(bed.vitals.news.score or 0), bed.room, bed.code)


def _due_first(bed: BedView) -> tuple[object, ...]:
    return (bed.vitals is None, (bed.vitals.due_at if bed.vitals else None) or _NEVER, bed.room, bed.code)


ORDERS: dict[str, tuple[Key, Promise]] = {
    "bay": (_by_bay, _("By bay")),
    "sick": (_sickest_first, _("Sickest first")),
    "due": (_due_first, _("Obs due")),
}


def order(asked: str) -> str:
    """Return the order asked for, or by bay."""
    return asked if asked in ORDERS else "bay"


def lay_out(
    board: Board,
    *,
    order: str,
    actor: access.Actor,
    flags: Mapping[UUID, Sequence[SafetyFlag]],
    keep: Sequence[str] = (),
    photos: Mapping[UUID, UUID] = MappingProxyType({}),
) -> Layout:
    """Return the board in rows.

    Args:
        keep: bed ids in the order in which the page shows them already; a refresh moves none of them.
        photos: which photo stands, by patient.
    """
    beds = sorted(board.beds, key=ORDERS[order][0])
    if keep:
        shown = {bed_id: place for place, bed_id in enumerate(keep)}
        beds.sort(key=lambda bed: shown.get(str(bed.bed_id), len(shown)))
    cards = [bed_card(bed, at=board.at, flags=_flags(bed, flags), photo_id=_photo(bed, photos)) for bed in beds]
    may_acknowledge = access.holds(actor, Permission.ALERT_ACKNOWLEDGE)
    return Layout(
        ward_id=board.ward_id,
        ward_name=board.ward_name,
        rows=_bays(beds, cards) if order == "bay" else _sixes(cards),
        alerts=[alert_card(one, at=board.at, may_acknowledge=may_acknowledge) for one in board.alerts],
        tally=tally(cards),
        late=board.late,
        beds=len(cards),
    )


def _photo(bed: BedView, photos: Mapping[UUID, UUID]) -> UUID | None:
    return photos.get(bed.patient.id) if bed.patient else None


def _flags(bed: BedView, flags: Mapping[UUID, Sequence[SafetyFlag]]) -> tuple[Flag, ...]:
    return tuple(flag_of(one) for one in flags.get(bed.patient.id, ())) if bed.patient else ()


def _bays(beds: Sequence[BedView], cards: Sequence[BedCard]) -> list[Row]:
    pairs = zip(beds, cards, strict=True)
    return [Row(room, [card for _, card in group]) for room, group in groupby(pairs, key=lambda pair: pair[0].room)]


def _sixes(cards: Sequence[BedCard]) -> list[Row]:
    return [
        Row(f"{start + 1}–{min(start + ROW, len(cards))}", cards[start : start + ROW])
        for start in range(0, len(cards), ROW)
    ]
