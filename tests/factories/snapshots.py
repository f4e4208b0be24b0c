"""What every table holds, to be compared before and after."""

from django.db import connection, models

from tests.house.declared import own_models

Snapshot = dict[str, list[str]]


def tables(*, besides: tuple[str, ...] = (), without: dict[str, tuple[str, ...]] | None = None) -> Snapshot:
    """Every row of every table of ours, as text, in a fixed order.

    Args:
        besides: tables (models) that are not looked at.
        without: columns that are not looked at, by model.
    """
    found: Snapshot = {}
    for model in own_models():
        label = model._meta.label
        history = hasattr(model, "pgh_tracked_model")  # row history tells of every move by itself
        if label not in besides and model._meta.managed and not history:
            found[label] = _rows(model, (without or {}).get(label, ()))
    return found


def _rows(model: type[models.Model], without: tuple[str, ...]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT (to_jsonb(held) - %s::text[])::text FROM "{model._meta.db_table}" AS held ORDER BY 1',
            [list(without)],
        )
        return [row for (row,) in cursor.fetchall()]


def differences(before: Snapshot, after: Snapshot) -> dict[str, tuple[list[str], list[str]]]:
    """What is only in the one and only in the other, by table; empty when they are the same."""
    found = {}
    for label in before:
        gone = [row for row in before[label] if row not in set(after[label])]
        new = [row for row in after[label] if row not in set(before[label])]
        if gone or new or len(before[label]) != len(after[label]):
            found[label] = (gone, new)
    return found
