"""Codes: what a thing is called in the vocabularies of others, and the observations that a bedside device sends.

`OBSERVATIONS` is the one table that ties the aliases of the device contract to LOINC, to ISO/IEEE 11073-10101 (MDC),
to the unit we store and to the range a living body and a working sensor can produce. Outside that range a value is a
fault of the device, not a sign of the patient; inside it may still be an emergency (a heart rate of 0 is asystole).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"
UCUM: Final = "http://unitsofmeasure.org"
RXNORM: Final = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD10: Final = "http://hl7.org/fhir/sid/icd-10"
ICD10_CM: Final = "http://hl7.org/fhir/sid/icd-10-cm"
CVX: Final = "http://hl7.org/fhir/sid/cvx"
ATC: Final = "http://www.whocc.no/atc"
MDC: Final = "urn:iso:std:iso:11073:10101"


@dataclass(frozen=True, slots=True)
class Code:
    """One code of one vocabulary; `system` is the FHIR URI of the vocabulary, `display` its words in English."""

    system: str
    code: str
    display: str = ""

    def same_as(self, other: "Code") -> bool:
        """Tell whether both name the same concept; the display text does not count."""
        return self.system == other.system and self.code == other.code


@dataclass(frozen=True, slots=True)
class Observation:
    """One kind of bedside observation.

    `unit` is the UCUM unit in which it is stored and shown by default ("" for a coded value). `lowest` and `highest`
    (inclusive, in `unit`) bound what is physically possible. `loinc_also` and `mdc_also` are narrower or sibling codes
    that carry the same quantity. `substance` is the key for molar conversion in `units`.
    """

    alias: str
    loinc: Code
    mdc: Code | None
    unit: str
    lowest: float
    highest: float
    loinc_also: tuple[str, ...] = ()
    mdc_also: tuple[str, ...] = ()
    substance: str = ""


def _loinc(code: str, display: str) -> Code:
    return Code(LOINC, code, display)


def _mdc(code: str, reference: str) -> Code:
    return Code(MDC, code, reference)


# Glucose codes whose property is moles per volume: without a unit they mean mmol/L, never mg/dL.
_MOLAR_GLUCOSE: Final = ("15074-8", "14743-9", "105272-9")

_ROWS: Final = (
    Observation("hr", _loinc("8867-4", "Heart rate"), _mdc("147842", "MDC_ECG_HEART_RATE"), "/min", 0, 350),
    Observation(
        "rr",
        _loinc("9279-1", "Respiratory rate"),
        _mdc("151562", "MDC_RESP_RATE"),
        "/min",
        0,
        150,
        mdc_also=("151570", "151578", "151586", "151594"),
    ),
    Observation(
        "spo2",
        _loinc("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"),
        _mdc("150456", "MDC_PULS_OXIM_SAT_O2"),
        "%",
        1,
        100,
        loinc_also=("2708-6",),
    ),
    Observation(
        "pulse",
        _loinc("8889-8", "Heart rate by Pulse oximetry"),
        _mdc("149530", "MDC_PULS_OXIM_PULS_RATE"),
        "/min",
        0,
        350,
        mdc_also=("149514", "149546"),
    ),
    Observation(
        "sbp",
        _loinc("8480-6", "Systolic blood pressure"),
        _mdc("150021", "MDC_PRESS_BLD_NONINV_SYS"),
        "mm[Hg]",
        10,
        350,
        loinc_also=("76534-7", "76215-3"),
        mdc_also=("150017", "150033", "150037", "150301"),
    ),
    Observation(
        "dbp",
        _loinc("8462-4", "Diastolic blood pressure"),
        _mdc("150022", "MDC_PRESS_BLD_NONINV_DIA"),
        "mm[Hg]",
        5,
        300,
        loinc_also=("76535-4", "76213-8"),
        mdc_also=("150018", "150034", "150038", "150302"),
    ),
    Observation(
        "map",
        _loinc("8478-0", "Mean blood pressure"),
        _mdc("150023", "MDC_PRESS_BLD_NONINV_MEAN"),
        "mm[Hg]",
        5,
        320,
        loinc_also=("76536-2", "76214-6"),
        mdc_also=("150019", "150035", "150039", "150303"),
    ),
    Observation(
        "temp",
        _loinc("8310-5", "Body temperature"),
        _mdc("150364", "MDC_TEMP_BODY"),
        "Cel",
        10,
        47,
        loinc_also=("8328-7", "8329-5", "8331-1", "8332-9", "8333-7"),
        mdc_also=("150344", "150368", "150392"),
    ),
    Observation(
        "glucose",
        _loinc("2339-0", "Glucose [Mass/volume] in Blood"),
        _mdc("160020", "MDC_CONC_GLU_GEN"),
        "mg/dL",
        2,
        3000,
        loinc_also=("41653-7", "99504-3", *_MOLAR_GLUCOSE),
        mdc_also=("160184", "160212"),
        substance="glucose",
    ),
    Observation(
        "etco2",
        _loinc("19891-1", "Carbon dioxide [Partial pressure] in Exhaled gas --at end expiration"),
        _mdc("151708", "MDC_CONC_AWAY_CO2_ET"),
        "mm[Hg]",
        0,
        200,
        mdc_also=("151728",),
    ),
    Observation(
        "weight",
        _loinc("29463-7", "Body weight"),
        _mdc("188736", "MDC_MASS_BODY_ACTUAL"),
        "kg",
        0.2,
        700,
        loinc_also=("3141-9",),
    ),
    Observation("consciousness", _loinc("67775-7", "Level of responsiveness"), None, "", 0, 0),
    Observation("oxygen", _loinc("3151-8", "Inhaled oxygen flow rate"), None, "L/min", 0, 100),
)

OBSERVATIONS: Final[Mapping[str, Observation]] = MappingProxyType({row.alias: row for row in _ROWS})

# RCP 2017: Alert, new Confusion, responds to Voice, responds to Pain, Unresponsive.
CONSCIOUSNESS: Final[Mapping[str, str]] = MappingProxyType(
    {"A": "Alert", "C": "New confusion", "V": "Responds to voice", "P": "Responds to pain", "U": "Unresponsive"}
)


def _index() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in _ROWS:
        names = [row.alias, row.loinc.code, *row.loinc_also, *row.mdc_also]
        if row.mdc is not None:
            names += [row.mdc.code, row.mdc.display]
        for name in names:
            if name in found:
                raise ValueError(f"{name} names both {found[name]} and {row.alias}")
            found[name] = row.alias
    return found


# Any alias, LOINC code, MDC number or MDC reference id → alias. The three code spaces do not overlap.
ALIAS_OF: Final[Mapping[str, str]] = MappingProxyType(_index())


def alias_of(code: str) -> str | None:
    """Return the alias of an alias, a LOINC code, an MDC number or an MDC reference id; None when it is not ours."""
    return ALIAS_OF.get(code)


def default_unit(code: str) -> str | None:
    """Return the UCUM unit that a bare number under this code means; None when the code is not ours."""
    alias = ALIAS_OF.get(code)
    if alias is None:
        return None
    return "mmol/L" if code in _MOLAR_GLUCOSE else OBSERVATIONS[alias].unit
