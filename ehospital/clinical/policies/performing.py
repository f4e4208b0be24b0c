"""Who orders what, who performs it, and who answers for the result: by role, and by kind of order."""

from collections.abc import Set
from typing import Final

from ehospital.clinical.models.orders import OrderKind
from ehospital.people.access import Role

ORDERERS: Final = {
    OrderKind.LABORATORY: frozenset({Role.DOCTOR}),
    OrderKind.IMAGING: frozenset({Role.DOCTOR}),
    OrderKind.REFERRAL: frozenset({Role.DOCTOR}),
    OrderKind.NURSING: frozenset({Role.DOCTOR, Role.NURSE}),
}
PERFORMERS: Final = {
    OrderKind.LABORATORY: frozenset({Role.LAB_TECHNICIAN}),
    OrderKind.IMAGING: frozenset({Role.RADIOGRAPHER}),
    OrderKind.REFERRAL: frozenset({Role.DOCTOR}),
    OrderKind.NURSING: frozenset({Role.NURSE, Role.DOCTOR}),
}
BEDSIDE: Final = frozenset({Role.NURSE, Role.DOCTOR})
"""Who does a test at the bedside, whatever its kind."""


def may_order(roles: Set[str], kind: str) -> bool:
    """Tell whether somebody with these roles orders things of this kind."""
    return bool(roles & ORDERERS[OrderKind(kind)]) or "system" in roles


def kinds_performed(roles: Set[str]) -> tuple[OrderKind, ...]:
    """Return the kinds of order that somebody with these roles performs."""
    return tuple(kind for kind in OrderKind if roles & PERFORMERS[kind] or "system" in roles)


def may_perform(roles: Set[str], kind: str, *, bedside: bool) -> bool:
    """Tell whether somebody with these roles performs an order of this kind; `bedside` tests are for bedsides too."""
    return kind in kinds_performed(roles) or (bedside and bool(roles & BEDSIDE))


def may_acknowledge(roles: Set[str], *, own: bool) -> bool:
    """Tell whether somebody with these roles acknowledges a result: doctors every one, others what they asked for."""
    return Role.DOCTOR in roles or own or "system" in roles
