"""Every model says of every field whether it identifies a person, is clinical, or is technical."""

from collections import Counter
from collections.abc import Iterator

from django.db import models

from tests.house.declared import finding, own_models
from tests.house.tree import Finding, House

RULE = "privacy"
KINDS = ("identifying", "clinical", "technical")


def check(house: House) -> Iterator[Finding]:
    """Report models without `Privacy`, and fields that it does not name exactly once."""
    for kind in own_models():
        declared = getattr(kind, "Privacy", None)
        if declared is None:
            step = f"Add class Privacy with {', '.join(KINDS)}: tuples of field names, each field in one of them"
            yield finding(house, RULE, kind, None, f"{kind._meta.label} has no Privacy", step)
        else:
            yield from _named_once(house, kind, declared)


def _named_once(house: House, kind: type[models.Model], declared: type) -> Iterator[Finding]:
    label = kind._meta.label
    named: Counter[str] = Counter()
    for part in KINDS:
        names = getattr(declared, part, None)
        if not isinstance(names, tuple | list):
            what = f"{label}.Privacy.{part} is {'missing' if names is None else 'no tuple of names'}"
            yield finding(house, RULE, kind, "Privacy", what, f"Write {part} = (…), empty when nothing is")
        else:
            named.update(names)
    for part in vars(declared):
        if not part.startswith("_") and part not in KINDS:
            yield finding(
                house, RULE, kind, "Privacy", f"{label}.Privacy.{part} is no kind", f"The kinds are {', '.join(KINDS)}"
            )
    fields = {field.name for field in kind._meta.concrete_fields}
    for name in sorted(fields - named.keys()):
        step = "Name it in the one tuple of Privacy that fits"
        yield finding(house, RULE, kind, name, f"{label}.{name} is not classified", step)
    for name, times in sorted(named.items()):
        if name not in fields:
            yield finding(
                house, RULE, kind, "Privacy", f"{label}.Privacy names {name}, which is no field", "Take it out"
            )
        elif times > 1:
            yield finding(
                house, RULE, kind, "Privacy", f"{label}.Privacy names {name} {times} times", "Leave it in one tuple"
            )
