"""Locks in a fixed order, so that two acts that need the same rows can wait for each other but never deadlock."""

import hashlib
from collections.abc import Iterable
from typing import TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


def rows(queryset: "models.QuerySet[M]", keys: Iterable[object]) -> list[M]:
    """Lock the rows with these primary keys for update, in key order, and return them in that order."""
    return list(queryset.select_for_update(of=("self",)).filter(pk__in=list(keys)).order_by("pk"))


def first_free(queryset: "models.QuerySet[M]") -> M | None:
    """Lock the first of these rows that nobody else holds, and return it."""
    return queryset.select_for_update(of=("self",), skip_locked=True).first()


def advisory(*names: str) -> None:
    """Hold a lock on each name until the transaction ends; taken in the order of their numbers."""
    numbers = sorted({int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True) for name in names})
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
