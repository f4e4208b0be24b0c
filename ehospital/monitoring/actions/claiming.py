"""Taking a partition of the stream: whoever claims it last owns it, and every transaction of an earlier owner fails."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ehospital.foundation import locks
from ehospital.monitoring.models import Checkpoint
from ehospital.people import access


@dataclass(frozen=True, slots=True)
class Claim:
    """A partition that is ours under this epoch, and the last message of it that is dealt with."""

    partition: int
    epoch: int
    stream_seq: int


@transaction.atomic
def claim(partition: int, *, owner: str, stream_born: str, stream_last: int, by: access.Actor, at: datetime) -> Claim:
    """Become the owner of a partition.

    Args:
        owner: names the process, for people.
        stream_born: when NATS made the stream; another one than before counts from its beginning.
        stream_last: the last message that the stream holds; a checkpoint beyond it belongs to a lost stream.
    Raises:
        NotPermitted: `by` is not the machinery.
    """
    access.require(by, access.Permission.OBSERVATION_RECORD)
    Checkpoint.objects.bulk_create([Checkpoint(partition=partition)], ignore_conflicts=True)
    (kept,) = locks.rows(Checkpoint.objects.all(), [partition])
    if (kept.stream_born and kept.stream_born != stream_born) or kept.stream_seq > stream_last:
        kept.stream_seq = 0
    kept.stream_born, kept.owner, kept.claimed_at = stream_born, owner[:100], at
    kept.epoch += 1
    kept.save(update_fields=["stream_seq", "stream_born", "owner", "claimed_at", "epoch"])
    return Claim(partition, kept.epoch, kept.stream_seq)
