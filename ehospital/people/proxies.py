"""When a proxy over a child ends: on the birthday that the hospital has chosen."""

from datetime import date, datetime, time
from typing import Final

from django.utils import timezone

from ehospital.people.models import Patient, Proxy

PARENTAL: Final = frozenset({Proxy.Relation.MOTHER, Proxy.Relation.FATHER, Proxy.Relation.GUARDIAN})


def birthday(born: date, age: int) -> date:
    """Return the day on which somebody reaches an age; born on 29 February, on 1 March of a common year."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def is_child(patient: Patient, *, until_age: int, today: date) -> bool:
    """Return whether the patient is known to be younger than that."""
    return patient.birth_on is not None and today < birthday(patient.birth_on, until_age)


def ends_with_childhood(patient: Patient, *, until_age: int) -> datetime | None:
    """Return the first moment, in the hospital's zone, of the day on which a parent's proxy ends; None when unknown."""
    if patient.birth_on is None:
        return None
    day = datetime.combine(birthday(patient.birth_on, until_age), time.min)
    return timezone.make_aware(day, timezone.get_default_timezone())
