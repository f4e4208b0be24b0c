"""Reasons of a recall in words, for staff and for the letter."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ehospital.algorithms.recall import Check, Reason, Register
from ehospital.clinical import schedules

REGISTERS: dict[Register, Promise] = {
    Register.DIABETES: gettext_lazy("Diabetes"),
    Register.HYPERTENSION: gettext_lazy("High blood pressure"),
    Register.ANTENATAL: gettext_lazy("Pregnancy"),
    Register.VACCINATION: gettext_lazy("Vaccinations"),
}
CHECKS: dict[Check, Promise] = {
    Check.HBA1C: gettext_lazy("Long-term blood sugar (HbA1c)"),
    Check.KIDNEYS: gettext_lazy("Kidneys, from the blood"),
    Check.URINE: gettext_lazy("Kidneys, from the urine"),
    Check.PRESSURE: gettext_lazy("Blood pressure"),
    Check.PRESSURE_HIGH: gettext_lazy("Blood pressure, which was high"),
    Check.CONTACT: gettext_lazy("Antenatal contact"),
    Check.BIRTH: gettext_lazy("The birth is not written down"),
    Check.DOSE: gettext_lazy("Vaccination"),
}


@dataclass(frozen=True)
class Told:
    """One reason in words, since when, and when it was done last."""

    words: str
    due_on: date
    last_on: date | None


def told(reason: Reason) -> Told:
    """Return a reason in the language that is active."""
    words = str(CHECKS[reason.check])
    if reason.check is Check.CONTACT:
        words = _("Antenatal contact of week {week}").format(week=reason.words)
    elif reason.check is Check.DOSE:
        name = schedules.followed().names[reason.words].said(get_language() or "en")
        words = _("Vaccination: {name}").format(name=name)
    return Told(words, reason.due_on, reason.last_on)
