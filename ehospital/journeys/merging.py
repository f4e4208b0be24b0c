"""Two records of one person become one, and two again: every domain in one transaction, under the locks of both.

Locks are taken in one order, whoever comes: how the patients are now, then the patients, then each domain's rows. A
write that names a patient holds that patient's row until it commits, so a merge waits for it and carries it along; one
that comes later finds the record merged, and the database refuses it (`people.guards`).
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from ehospital.clinical import actions as clinical
from ehospital.estate import actions as estate
from ehospital.messaging import actions as messaging
from ehospital.monitoring import actions as monitoring
from ehospital.people import access
from ehospital.people import actions as people
from ehospital.people.actions import CannotMerge


@transaction.atomic
def merge(
    *,
    survivor_id: UUID,
    absorbed_id: UUID,
    choices: Mapping[str, str],
    reason: str = "",
    seen_versions: tuple[int, int] | None = None,
    by: access.Actor,
    at: datetime,
) -> UUID:
    """Merge one record into another and return the merge's id. Nothing is deleted; `unmerge` restores both.

    Args:
        choices: field → survivor, absorbed or both (`people.surviving`); what is not named is kept as proposed.
        seen_versions: the versions of survivor and absorbed that the preview showed.
    Raises:
        NotPermitted: `by` may not merge one of them, or one does not exist or is merged already.
        CannotMerge: as things are they cannot be one; `why` says which thing. Nothing is written.
        UnknownChoice: a choice names no field, or cannot be kept so.
    """
    monitoring.hold([survivor_id, absorbed_id])
    merge_id = people.begin_merge(survivor_id, absorbed_id, seen_versions=seen_versions, reason=reason, by=by, at=at)
    try:
        estate.hand_over(merge_id, of=absorbed_id, into=survivor_id, by=by, at=at)
        messaging.hand_over(merge_id, of=absorbed_id, into=survivor_id, by=by, at=at)
        clinical.hand_over(merge_id, of=absorbed_id, into=survivor_id, by=by, at=at)
        monitoring.hand_over(merge_id, of=absorbed_id, into=survivor_id, by=by, at=at)
        people.finish_merge(merge_id, choices=choices, by=by, at=at)
    except estate.StaysCollide as error:
        raise CannotMerge("stays", str(error)) from error
    except monitoring.AlertsCollide as error:
        raise CannotMerge("alerts", str(error)) from error
    except IntegrityError as error:
        raise CannotMerge("collision", f"the two have something of which a patient has one: {error}") from error
    return merge_id


@transaction.atomic
def unmerge(merge_id: UUID, *, reason: str = "", by: access.Actor, at: datetime) -> None:
    """Undo a merge: both records are as they were; what was written since stays with the survivor.

    Raises:
        NotPermitted: `by` may not merge patients, or there is no such merge.
        CannotMerge: it was undone before, the survivor was merged since, or a stay would go back to a taken time.
    """
    monitoring.hold(list(people.merged_ids(merge_id, by=by)))
    made = people.begin_unmerge(merge_id, reason=reason, by=by, at=at)
    try:
        with transaction.atomic():
            estate.take_back(merge_id, of=made.absorbed_id, into=made.survivor_id, by=by, at=at)
            messaging.take_back(merge_id, of=made.absorbed_id, into=made.survivor_id, by=by, at=at)
            clinical.take_back(merge_id, of=made.absorbed_id, into=made.survivor_id, by=by, at=at)
            monitoring.take_back(merge_id, of=made.absorbed_id, into=made.survivor_id, by=by, at=at)
            people.finish_unmerge(made, by=by, at=at)
    except IntegrityError as error:
        raise CannotMerge("collision", f"what would go back collides with what is there since: {error}") from error
