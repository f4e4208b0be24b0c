"""What a goal may measure: the LOINC code, the unit in which targets are written, and which codes carry the same."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ehospital.kernel.codes import LOINC, OBSERVATIONS, alias_of


@dataclass(frozen=True, slots=True)
class Measure:
    """One quantity. `alias` is that of a bedside observation, empty for a laboratory's."""

    code: str
    words: Promise
    unit: str
    substance: str = ""
    also: tuple[str, ...] = ()
    alias: str = ""

    @property
    def concepts(self) -> tuple[str, ...]:
        """What its observations are called in the chart; see `clinical.details.concept`."""
        return tuple(f"{LOINC}|{code}" for code in (self.code, *self.also))


def _bedside(alias: str, words: Promise) -> Measure:
    row = OBSERVATIONS[alias]
    return Measure(row.loinc.code, words, row.unit, row.substance, row.loinc_also, alias)


_ROWS: Final = (
    _bedside("sbp", _("Systolic blood pressure")),
    _bedside("dbp", _("Diastolic blood pressure")),
    _bedside("hr", _("Heart rate")),
    _bedside("spo2", _("Oxygen saturation")),
    _bedside("rr", _("Respiratory rate")),
    _bedside("temp", _("Temperature")),
    _bedside("weight", _("Weight")),
    Measure("14749-6", _("Glucose"), "mmol/L", "glucose", ("15074-8", "2339-0", "2345-7", "41653-7", "1558-6")),
    Measure("59261-8", _("HbA1c (IFCC)"), "mmol/mol"),
    Measure("4548-4", _("HbA1c (NGSP)"), "%", also=("17856-6",)),
    Measure("39469-2", _("LDL cholesterol"), "mmol/L", "cholesterol", ("18262-6", "13457-7", "2089-1")),
    Measure("14647-2", _("Total cholesterol"), "mmol/L", "cholesterol", ("2093-3",)),
    Measure("2823-3", _("Potassium"), "mmol/L", "potassium", ("6298-4",)),
    Measure("14682-9", _("Creatinine"), "umol/L", "creatinine", ("2160-0", "38483-4")),
    Measure("62238-1", _("Estimated GFR"), "mL/min/{1.73_m2}", also=("33914-3", "98979-8")),
    Measure("718-7", _("Haemoglobin"), "g/L"),
    Measure("39156-5", _("Body mass index"), "kg/m2"),
    Measure("72514-3", _("Pain, 0 to 10"), "{score}"),
)
MEASURES: Final = {row.code: row for row in _ROWS}


def measure_of(code: str) -> Measure | None:
    """Return the quantity of a LOINC code, also of one that carries the same; None when it is not in the table."""
    if code in MEASURES:
        return MEASURES[code]
    alias = alias_of(code)
    return next((row for row in _ROWS if code in row.also or (alias and row.alias == alias)), None)
