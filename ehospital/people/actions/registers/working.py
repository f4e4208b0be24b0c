"""One stretch of the machinery's work on a register: whichever step it stands at, a batch to a transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from ehospital.people import access
from ehospital.people.actions.registers.checking import check_rows
from ehospital.people.actions.registers.reading import read_register
from ehospital.people.actions.registers.taking import take_rows
from ehospital.people.actions.registers.undoing import undo_rows
from ehospital.people.models import RegisterImport
from ehospital.people.queries.register_candidates import Inside

WORK: Final[dict[str, Callable[..., int | bool]]] = {
    RegisterImport.State.READING: read_register,
    RegisterImport.State.JUDGING: check_rows,
    RegisterImport.State.IMPORTING: take_rows,
    RegisterImport.State.UNDOING: undo_rows,
}


def work_on(register_id: UUID, inside: Inside, *, at: datetime) -> bool:
    """Do the next batch of whatever is to be done with a register; return whether there may be more.

    Whoever asked for it was permitted then; the machinery does it, and the audit trail names both.

    Args:
        inside: of this run; empty at its beginning.
    """
    register = RegisterImport.objects.filter(pk=register_id).first()
    if register is None or register.state not in WORK:
        return False
    by = access.system(f"register of {register.begun_by_name}"[:200], at=at)
    step = WORK[register.state]
    return bool(step(register_id, inside, by=by, at=at) if step is check_rows else step(register_id, by=by, at=at))
