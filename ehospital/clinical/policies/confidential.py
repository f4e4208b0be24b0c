"""Which lines of a chart may be confidential, and the condition that finds them.

Allergies and safety flags never are: whoever treats the patient must see what harms them. Medicines are by hand alone:
what a patient takes decides what may be given with it. Checks read every line, whoever asks (`queries.lists.*_of`).
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from django.db.models import BooleanField, CharField, Exists, Func, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Concat

from ehospital.algorithms import confidential_codes
from ehospital.clinical import models
from ehospital.people.models import ConfidentialEntry

KINDS: Final[Mapping[str, type[Any]]] = {
    "encounters": models.Encounter,
    "documents": models.Document,
    "care_plans": models.CarePlan,
    "problems": models.Problem,
    "observations": models.Observation,
    "reports": models.DiagnosticReport,
    "procedures": models.Procedure,
    "immunisations": models.Immunisation,
    "medicines": models.MedicineTaken,
    "notes": models.Note,
    "orders": models.Order,
    "forms": models.FilledForm,
    "family_history": models.FamilyHistory,
    "pregnancies": models.Pregnancy,
}
"""The kinds that may be marked, by the names that corrections use too."""

BY_HAND_ALONE: Final = (models.MedicineTaken, models.Note, models.FilledForm)


class _Matches(Func):
    """Whether a text matches a regular expression of PostgreSQL."""

    template, arg_joiner, output_field = "(%(expressions)s)", " ~ ", BooleanField()


def confidential(model: type[Any], categories: Collection[str], *, outer: str = "pk") -> Q:
    """Return the condition on rows of a model that they are confidential in one of these categories.

    Marked by hand, or by a code unless somebody said by hand that this line is not; parts of a panel go with it.
    """
    marked = ConfidentialEntry.objects.filter(entry_id=OuterRef(outer), category__in=categories, open=False)
    found = Q(Exists(marked))
    if model not in BY_HAND_ALONE:
        for category in sorted(set(categories) & set(confidential_codes.CATEGORIES)):
            opened = ConfidentialEntry.objects.filter(entry_id=OuterRef(outer), category=category, open=True)
            found |= Q(_coded(model, category), ~Exists(opened))
    return found


def likely(model: type[Any]) -> Q:
    """Return the condition that rows are marked by hand, or have a code of any category.

    All that are `confidential` are among them; the few that are not were opened by hand. It is short: quick to plan.
    """
    found = Q(Exists(ConfidentialEntry.objects.filter(entry_id=OuterRef("pk"), open=False)))
    return found if model in BY_HAND_ALONE else found | _coded(model, *confidential_codes.CATEGORIES)


def _coded(model: type[Any], *categories: str) -> Q:
    columns = {field.name for field in model._meta.concrete_fields}
    pattern = "|".join(confidential_codes.pattern(one) for one in categories)
    in_json = "|".join(confidential_codes.pattern_in_json(one) for one in categories)
    found = Q(pk__in=[])
    for system, code in (("code_system", "code"), ("reason_system", "reason_code")):
        if {system, code} <= columns:
            found |= _matches(Concat(system, Value("|"), code, output_field=CharField()), pattern)
    if "other_codes" in columns:
        found |= _matches(Cast("other_codes", TextField()), in_json)
    return found


def _matches(expression: Any, pattern: str) -> Q:
    return Q(_Matches(expression, Value(pattern)))
