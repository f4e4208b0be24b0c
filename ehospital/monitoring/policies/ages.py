"""How old a patient is on the hospital's own day, as far as the birth date tells."""

from calendar import monthrange
from datetime import date, datetime
from typing import NamedTuple

from ehospital.foundation.days import hospital_day
from ehospital.people.models import Patient


class Age(NamedTuple):
    """Whole years; `least` and `most` differ while only the month or the year of birth is known."""

    least: int
    most: int


def age(patient: Patient, *, at: datetime) -> Age | None:
    """Return the ages that the patient may have at that moment, None when the birth date is not known."""
    born = latest = patient.birth_on
    if born is None or latest is None:
        return None
    if patient.birth_precision == Patient.BirthPrecision.YEAR:
        born, latest = born.replace(month=1, day=1), born.replace(month=12, day=31)
    elif patient.birth_precision == Patient.BirthPrecision.MONTH:
        born, latest = born.replace(day=1), born.replace(day=monthrange(born.year, born.month)[1])
    end = hospital_day(min(at, patient.deceased_at) if patient.deceased_at else at)
    return Age(_years(latest, end), _years(born, end))


def _years(born: date, end: date) -> int:
    return end.year - born.year - ((end.month, end.day) < (born.month, born.day))
