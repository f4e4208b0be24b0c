"""Foreign keys respect the floors: the import contract cannot see `"medication.Prescription"`, Django can."""

from collections.abc import Iterator

from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

from tests.house.declared import finding, own_models, package
from tests.house.tree import Finding, House

RULE = "foreign-key"

_NEXT = "Point downward: turn the relation round, or keep the other row's id as a plain UUIDField and tell by event"


def check(house: House) -> Iterator[Finding]:
    """Report relations to a higher floor or a neighbour, and keys that hide their floor."""
    for kind in own_models():
        home = package(kind)
        if house.floor(home) is None:
            yield finding(house, RULE, kind, None, f"{kind._meta.label} lives in {home}, which has no floor", _NEXT)
            continue
        for field in [*kind._meta.local_fields, *kind._meta.local_many_to_many]:
            if field.is_relation:
                yield from _relation(house, kind, field)
        for private in kind._meta.private_fields:
            if isinstance(private, GenericForeignKey):
                what = f"{kind._meta.label}.{private.name} may point at any floor, and the database cannot hold it"
                yield finding(house, RULE, kind, private.name, what, _NEXT)


def _relation(house: House, kind: type[models.Model], field: models.Field) -> Iterator[Finding]:
    targets = [field.related_model, getattr(field.remote_field, "through", None)]
    for target in targets:
        if not isinstance(target, type) or not (there := package(target)) or there == package(kind):
            continue
        low, high = house.floor(package(kind)), house.floor(there)
        if low is None or high is None or high >= low:
            relation = "a neighbour" if high == low else "a higher floor"
            what = f"{kind._meta.label}.{field.name} points at {target._meta.label}, {relation}"
            yield finding(house, RULE, kind, field.name, what, _NEXT)
