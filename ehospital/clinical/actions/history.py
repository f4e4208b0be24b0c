"""History written by hand: family, pregnancies, past procedures, vaccinations given here or elsewhere."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ehospital.algorithms.obstetrics import ONGOING
from ehospital.clinical.actions import revising, writing
from ehospital.clinical.actions.columns import TABLES
from ehospital.clinical.details import (
    FamilyHistoryDetails,
    ImmunisationDetails,
    PregnancyDetails,
    ProcedureDetails,
)
from ehospital.clinical.models import Pregnancy
from ehospital.clinical.policies.mistakes import KINDS
from ehospital.people import access

HistoryDetails = FamilyHistoryDetails | ImmunisationDetails | PregnancyDetails | ProcedureDetails

KINDS_BY_HAND: Final[Mapping[str, str]] = {
    "family_history": "family_history",
    "pregnancies": "pregnancy",
    "procedures": "procedure",
    "immunisations": "immunisation",
}
"""The kinds of lines, and what each is called in the audit trail."""


class PregnantAlready(ValueError):
    """The patient is pregnant on record already; nothing was written. Change that line instead."""


@transaction.atomic
def record_history(kind: str, patient_id: UUID, details: HistoryDetails, *, by: access.Actor, at: datetime) -> UUID:
    """Write a line of history and return its id.

    Args:
        kind: a key of `KINDS_BY_HAND`, that of the details.
    Raises:
        NotPermitted: `by` may not write into this chart.
        InTheFuture, ForeignEncounter, PregnantAlready: nothing is written.
    """
    what = f"{KINDS_BY_HAND[kind]}.recorded"
    writing.lock_chart(patient_id)
    access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    _check(patient_id, details, at=at)
    return writing.write_line(kind, patient_id, details, what=what, by=by, at=at)


@transaction.atomic
def revise_history(
    kind: str, line_id: UUID, details: HistoryDetails, *, seen_version: int, by: access.Actor, at: datetime
) -> None:
    """Change a line of history; what the hospital has changed here, a later import leaves alone.

    Args:
        details: all of it; who wrote it down when stays as it was.
        seen_version: the version that `by` read; of an older one nothing is overwritten.
    Raises:
        UnknownEntry: no such line that `by` may write to, or it was entered in error.
        EntryChanged: somebody has changed it since; nothing is written.
        InTheFuture, ForeignEncounter, PregnantAlready: nothing is written.
    """
    model: Any = TABLES[kind][0]
    line = writing.locked(model, line_id, by=by)
    if KINDS[kind].is_wrong(line):
        raise writing.UnknownEntry(f"{line_id} was entered in error")
    if line.version != seen_version:
        raise revising.EntryChanged(f"version {line.version} stands, {seen_version} was seen")
    _check(line.patient_id, details, but=line_id, at=at)
    revising.write(kind, line, details, what=f"{KINDS_BY_HAND[kind]}.revised", by=by, at=at)


def _check(patient_id: UUID, details: HistoryDetails, *, but: UUID | None = None, at: datetime) -> None:
    for moment, words in _moments(details):
        writing.not_after(moment, at, words)
    if isinstance(details, PregnancyDetails) and details.outcome == ONGOING:
        running = Pregnancy.objects.filter(patient_id=patient_id, outcome=ONGOING, entered_in_error=False)
        if running.exclude(pk__in=[but] if but else []).exists():
            raise PregnantAlready("there is a pregnancy on record that has not ended")


def _moments(details: HistoryDetails) -> Iterator[tuple[datetime | None, str]]:
    if isinstance(details, PregnancyDetails):
        last = details.last_period_on
        yield (timezone.make_aware(datetime.combine(last, time.min)) if last else None), "the last period"
        yield (details.ended.at if details.ended else None), "the end of the pregnancy"
    elif isinstance(details, ImmunisationDetails):
        yield (details.given.at if details.given else None), "the vaccination"
    elif isinstance(details, ProcedureDetails):
        yield (details.performed.at if details.performed else None), "the procedure"
