"""Files that wait for the virus scanner, shown to it by a worker until it has answered.

The row of the file is the queue: there is no job that could be lost. A worker takes up what is due by moving its next
turn into the future, so a worker that dies meanwhile costs that wait, and a scanner that is away nothing else. The
store and the scanner are asked without any lock; what they answered is written by `foundation.file_states`.
"""

import logging
from datetime import datetime

from ehospital.foundation import contents, file_states, scanning
from ehospital.foundation.file_states import Verdict
from ehospital.foundation.models.files import FileState, KeptFile

log = logging.getLogger(__name__)


def next_turn(*, at: datetime) -> bool:
    """Show the file that is due first to the scanner, or remove one that is infected.

    Returns:
        Whether it is worth going on: not when nothing is due, nor while the scanner or the store is away.
    """
    row = file_states.taken_up(at)
    if row is None:
        return False
    try:
        if row.state == FileState.INFECTED:
            contents.remove(row.key)
            file_states.removed(row.key)
        else:
            file_states.settle(row.key, scanning.scan(contents.read(row.key)) or Verdict.CLEAN, at=at)
    except (scanning.ScannerAway, contents.StoreAway) as why:
        log.warning("the file %s waits: %s", row.key, why)
        return False
    except scanning.TooLarge as why:
        log.error("the file %s cannot be judged: %s", row.key, why)
        _unjudged(row, Verdict.TOO_LARGE, at=at)
    except (contents.UnknownFile, contents.DamagedFile) as why:
        log.error("the file %s cannot be shown to the scanner: %s; restore it from a backup", row.key, why)
        _unjudged(row, Verdict.LOST, at=at)
    return True


def _unjudged(row: KeptFile, why: Verdict, *, at: datetime) -> None:
    """Note down why there is no verdict; a file that is open stays open, and is looked at again later."""
    if not file_states.settle(row.key, why, at=at):
        file_states.put_off(row.key, at=at)
