"""What messaging tells the stream process, which tells the browsers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class NoticesChanged:
    """What waits for these members of staff is another than before: they were told, or somebody acted."""

    staff_ids: tuple[UUID, ...]
    at: datetime
