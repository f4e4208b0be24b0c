"""The facts behind `units`: atoms, prefixes, spellings found in the wild, and the substances that link grams to moles.

Sources: The Unified Code for Units of Measure, version 2.1 (magnitudes of the atoms; m[Hg] and m[H2O] as defined
there); CIPM/IUPAC standard atomic weights (molar masses); International Consensus on Time in Range, 2019, for the
conventional glucose factor 18.0182; ISO/IEEE 11073-10101 for the MDC_DIM names of HL7 v2 senders.

Two departures from UCUM, both on purpose, because UCUM's own answer would be silently wrong at a bedside:
* equivalents are not moles (2 mEq of calcium are 1 mmol): they need a substance with a valence;
* a month or year has no fixed number of days: they convert among themselves only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final

Powers = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Atom:
    """One unit without prefix: magnitude in the base of its dimensions; `offset` (kelvin) makes it a temperature scale.

    `over` and `under` hold the dimensions above and below the line. They are never cancelled against each other, so a
    dose in mg/kg cannot turn into a percentage.
    """

    magnitude: Fraction
    over: Powers
    under: Powers = ()
    prefixes: str = ""
    offset: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Substance:
    """What turns mass into amount and equivalents: grams per mole; charges per particle where they are fixed."""

    grams_per_mole: Decimal
    valence: int | None = None


METRIC: Final = "khdcmunpf"
PREFIXES: Final[Mapping[str, Fraction]] = MappingProxyType(
    {
        "M": Fraction(10**6),
        "k": Fraction(1000),
        "h": Fraction(100),
        "d": Fraction(1, 10),
        "c": Fraction(1, 100),
        "m": Fraction(1, 1000),
        "u": Fraction(1, 10**6),
        "n": Fraction(1, 10**9),
        "p": Fraction(1, 10**12),
        "f": Fraction(1, 10**15),
    }
)

MASS, LENGTH, TIME, TEMPERATURE = "mass", "length", "time", "temperature"
AMOUNT, EQUIVALENTS, PRESSURE, ENERGY = "amount", "equivalents", "pressure", "energy"

_INCH: Final = Fraction("2.54")  # centimetres
_POUND: Final = Fraction("453.59237")  # grams
_US_GALLON: Final = 231 * _INCH**3  # cubic centimetres
_GRAVITY: Final = Fraction("9.80665")


def _mass(grams: Fraction | int, prefixes: str = "") -> Atom:
    return Atom(Fraction(grams), ((MASS, 1),), prefixes=prefixes)


def _length(centimetres: Fraction | int, prefixes: str = "") -> Atom:
    return Atom(Fraction(centimetres), ((LENGTH, 1),), prefixes=prefixes)


def _volume(millilitres: Fraction | int, prefixes: str = "") -> Atom:
    return Atom(Fraction(millilitres), ((LENGTH, 3),), prefixes=prefixes)


def _time(seconds: Fraction | int, prefixes: str = "") -> Atom:
    return Atom(Fraction(seconds), ((TIME, 1),), prefixes=prefixes)


def _pressure(pascals: Fraction | int, prefixes: str = "") -> Atom:
    return Atom(Fraction(pascals), ((PRESSURE, 1),), prefixes=prefixes)


def _number(value: Fraction | int) -> Atom:
    return Atom(Fraction(value), ())


def _own(dimension: str, prefixes: str = "", magnitude: int = 1) -> Atom:
    """A unit that only converts to itself and its multiples: arbitrary units, months, osmoles."""
    return Atom(Fraction(magnitude), ((dimension, 1),), prefixes=prefixes)


ATOMS: Final[Mapping[str, Atom]] = MappingProxyType(
    {
        "1": _number(1),
        "%": _number(Fraction(1, 100)),
        "[ppth]": _number(Fraction(1, 1000)),
        "[ppm]": _number(Fraction(1, 10**6)),
        "[ppb]": _number(Fraction(1, 10**9)),
        **{f"10*{power}": _number(10**power) for power in range(1, 13)},
        "g": _mass(1, METRIC),
        "[lb_av]": _mass(_POUND),
        "[oz_av]": _mass(_POUND / 16),
        "[stone_av]": _mass(_POUND * 14),
        "m": _length(100, METRIC),
        "[in_i]": _length(_INCH),
        "[ft_i]": _length(_INCH * 12),
        "L": _volume(1000, METRIC),
        "[foz_us]": _volume(_US_GALLON / 128),
        "[tsp_us]": _volume(_US_GALLON / 768),
        "[tbs_us]": _volume(_US_GALLON / 256),
        "[drp]": _volume(Fraction(1, 20)),
        "s": _time(1, "munp"),
        "min": _time(60),
        "h": _time(3600),
        "d": _time(86400),
        "wk": _time(604800),
        "mo": _own("calendar months"),
        "a": _own("calendar months", magnitude=12),
        "Hz": Atom(Fraction(1), (), ((TIME, 1),), prefixes="Mkm"),
        "mol": Atom(Fraction(1), ((AMOUNT, 1),), prefixes=METRIC),
        "eq": Atom(Fraction(1), ((EQUIVALENTS, 1),), prefixes="mun"),
        "osm": _own("osmoles", "mu"),
        "U": Atom(Fraction(1, 60_000_000), ((AMOUNT, 1),), ((TIME, 1),), prefixes="kmun"),
        "kat": Atom(Fraction(1), ((AMOUNT, 1),), ((TIME, 1),), prefixes="mun"),
        "[iU]": _own("international units", "Mkmu"),
        "[arb'U]": _own("arbitrary units"),
        "[CFU]": _own("colony-forming units"),
        "K": Atom(Fraction(1), ((TEMPERATURE, 1),), offset=Fraction(0)),
        "Cel": Atom(Fraction(1), ((TEMPERATURE, 1),), offset=Fraction("273.15")),
        "[degF]": Atom(Fraction(5, 9), ((TEMPERATURE, 1),), offset=Fraction("459.67") * 5 / 9),
        "Pa": _pressure(1, METRIC),
        "bar": _pressure(100_000, "m"),
        "atm": _pressure(101_325),
        "mm[Hg]": _pressure(Fraction("133.3220")),
        "cm[Hg]": _pressure(Fraction("1333.220")),
        "m[Hg]": _pressure(Fraction("133322.0")),
        "[in_i'Hg]": _pressure(Fraction("133322.0") * _INCH / 100),
        "mm[H2O]": _pressure(_GRAVITY),
        "cm[H2O]": _pressure(_GRAVITY * 10),
        "m[H2O]": _pressure(_GRAVITY * 1000),
        "[psi]": _pressure(_POUND * _GRAVITY * 10 / _INCH**2),
        "J": Atom(Fraction(1), ((ENERGY, 1),), prefixes="Mkm"),
        "cal": Atom(Fraction("4.184"), ((ENERGY, 1),), prefixes="k"),
        "[Cal]": Atom(Fraction("4184"), ((ENERGY, 1),)),
        "W": Atom(Fraction(1), ((ENERGY, 1),), ((TIME, 1),), prefixes="km"),
        "V": _own("volts", "mu"),
        "A": _own("amperes", "mu"),
        "Ohm": _own("ohms", "km"),
        "Gy": _own("grays", "cm"),
        "Sv": _own("sieverts", "mu"),
        "Bq": _own("becquerels", "Mk"),
        "deg": _own("degrees of arc"),
        "[pH]": _own("pH"),
        "[Ch]": _own("charrière"),
        "[diop]": _own("dioptres"),
    }
)

# Spelled as they arrive → UCUM. Looked up as written, for a whole unit and for each part between "/" and ".".
SPELLINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # pressure
        **dict.fromkeys(("mmHg", "mm Hg", "mmhg", "MMHG", "Torr", "torr", "MDC_DIM_MMHG"), "mm[Hg]"),
        **dict.fromkeys(("cmH2O", "cm H2O", "cmH₂O", "MDC_DIM_CM_H2O"), "cm[H2O]"),
        **dict.fromkeys(("KPa", "kpa", "MDC_DIM_KILO_PASCAL"), "kPa"),
        **dict.fromkeys(("inHg", "in Hg"), "[in_i'Hg]"),
        "psi": "[psi]",
        # temperature
        **dict.fromkeys(("°C", "℃", "degC", "deg C", "C", "celsius", "Celsius", "cel", "MDC_DIM_DEGC"), "Cel"),
        **dict.fromkeys(("°F", "℉", "degF", "deg F", "F", "fahrenheit", "Fahrenheit", "MDC_DIM_FAHR"), "[degF]"),
        # rates
        **dict.fromkeys(("bpm", "BPM", "brpm", "rpm", "min-1", "min^-1", "min⁻¹", "1/min"), "/min"),
        **dict.fromkeys(("beats/min", "breaths/min", "beats per minute", "per minute"), "/min"),
        **dict.fromkeys(("MDC_DIM_BEAT_PER_MIN", "MDC_DIM_RESP_PER_MIN", "MDC_DIM_PULS_PER_MIN"), "/min"),
        **dict.fromkeys(("LPM", "lpm", "MDC_DIM_X_L_PER_MIN", "MDC_DIM_L_PER_MIN"), "L/min"),
        # mass, volume, length
        **dict.fromkeys(("mcg", "µg", "μg", "ugm"), "ug"),
        **dict.fromkeys(("gm", "gram", "grams"), "g"),
        **dict.fromkeys(("Kg", "KG", "kgs", "kilogram", "kilograms", "MDC_DIM_KILO_G"), "kg"),
        **dict.fromkeys(("milligram", "milligrams"), "mg"),
        **dict.fromkeys(("l", "litre", "litres", "liter", "liters"), "L"),
        **dict.fromkeys(("ml", "cc", "ccm", "millilitre", "milliliter", "MDC_DIM_MILLI_L"), "mL"),
        **dict.fromkeys(("µL", "μL", "ul", "µl", "μl", "mcL", "mcl"), "uL"),
        **dict.fromkeys(("dl", "DL"), "dL"),
        "cl": "cL",
        "fl": "fL",
        **dict.fromkeys(("lb", "lbs", "pound", "pounds", "MDC_DIM_LB"), "[lb_av]"),
        **dict.fromkeys(("µm", "μm"), "um"),
        "in": "[in_i]",
        "ft": "[ft_i]",
        **dict.fromkeys(("m²", "m^2"), "m2"),
        **dict.fromkeys(("mm³", "mm^3", "cmm"), "mm3"),
        # time
        **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
        "msec": "ms",
        **dict.fromkeys(("mins", "minute", "minutes"), "min"),
        **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
        **dict.fromkeys(("day", "days"), "d"),
        **dict.fromkeys(("week", "weeks"), "wk"),
        **dict.fromkeys(("month", "months"), "mo"),
        **dict.fromkeys(("year", "years", "yr"), "a"),
        # amount, equivalents, units
        **dict.fromkeys(("µmol", "μmol", "umole", "mcmol"), "umol"),
        **dict.fromkeys(("mMol", "mmole"), "mmol"),
        "mM": "mmol/L",
        **dict.fromkeys(("uM", "µM", "μM"), "umol/L"),
        **dict.fromkeys(("mEq", "MEQ", "mval"), "meq"),
        **dict.fromkeys(("mOsm", "mOsmol", "mosmol"), "mosm"),
        **dict.fromkeys(("IU", "iU", "[IU]", "I.U.", "iu", "unit", "units", "Unit", "Units", "USP'U"), "[iU]"),
        **dict.fromkeys(("mIU", "m[IU]"), "m[iU]"),
        **dict.fromkeys(("uIU", "µIU", "μIU", "u[IU]"), "u[iU]"),
        **dict.fromkeys(("kIU", "k[IU]"), "k[iU]"),
        **dict.fromkeys(("MIU", "M[IU]"), "M[iU]"),
        **dict.fromkeys(("µkat", "μkat"), "ukat"),
        # counts and fractions
        **dict.fromkeys(("percent", "pct", "Percent", "MDC_DIM_PERCENT"), "%"),
        **dict.fromkeys(("MDC_DIM_DIMLESS", "{ratio}", "{fraction}"), "1"),
        "ppm": "[ppm]",
        **{f"{mark}10{up}{power}": f"10*{power}" for mark in ("", "x", "×") for up in "^*" for power in (3, 6, 9, 12)},
        **dict.fromkeys(("10³", "x10³", "×10³"), "10*3"),
        **dict.fromkeys(("10⁹", "x10⁹", "×10⁹"), "10*9"),
        **dict.fromkeys(("10¹²", "x10¹²", "×10¹²"), "10*12"),
        "mg%": "mg/dL",
        "g%": "g/dL",
        **dict.fromkeys(("MDC_DIM_MILLI_G_PER_DL", "mgdl", "mgdL"), "mg/dL"),
        "MDC_DIM_MILLI_MOLE_PER_L": "mmol/L",
        **dict.fromkeys(("kcals", "Kcal"), "kcal"),
    }
)

# Spellings that mean two things, with the question to ask: refused rather than guessed.
AMBIGUOUS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "oz": "write [oz_av] for weight or [foz_us] for volume",
        "gr": "a grain or a gram? write g or mg",
        "Mg": "UCUM reads it as a megagram; write mg",
        "MG": "write mg",
        "M": "moles per litre, million or metre? write mol/L, 10*6 or m",
        "G": "write g",
        "tsp": "write [tsp_us], or better mL",
        "tbsp": "write [tbs_us], or better mL",
        "drops": "write [drp] (1/20 mL), or better mL",
        "gtt": "write [drp] (1/20 mL), or better mL",
        "u": "write [iU] for international units or U for enzyme units",
        "µ": "write ug, uL or umol",
        "μ": "write ug, uL or umol",
        "K/uL": "write 10*3/uL",
        **{f"10{e}{power}": f"write 10*{power}" for e in "eE" for power in (3, 6, 9, 12)},
    }
)

# Annotations that add nothing: the thing counted is already said by the observation.
SILENT_ANNOTATIONS: Final = frozenset(
    ("beat", "beats", "breath", "breaths", "resp", "pulse", "pulses", "count", "counts", "cell", "cells")
)

SUBSTANCES: Final[Mapping[str, Substance]] = MappingProxyType(
    {
        "glucose": Substance(Decimal("180.182")),  # the conventional 18.0182 of CGM reports; chemistry says 180.156
        "creatinine": Substance(Decimal("113.12")),
        "cholesterol": Substance(Decimal("386.65")),
        "triglycerides": Substance(Decimal("885.43")),  # as triolein, the laboratory convention (88.5 mg/dL per mmol/L)
        "urea": Substance(Decimal("60.056")),
        "urea nitrogen": Substance(Decimal("28.014")),  # two nitrogens in one urea: BUN mg/dL × 0.357 = urea mmol/L
        "uric acid": Substance(Decimal("168.11")),
        "bilirubin": Substance(Decimal("584.66")),
        "lactate": Substance(Decimal("90.08"), 1),
        "hemoglobin": Substance(Decimal("16114.5")),  # the Fe monomer
        "iron": Substance(Decimal("55.845")),
        "sodium": Substance(Decimal("22.990"), 1),
        "potassium": Substance(Decimal("39.098"), 1),
        "chloride": Substance(Decimal("35.45"), 1),
        "bicarbonate": Substance(Decimal("61.017"), 1),
        "lithium": Substance(Decimal("6.94"), 1),
        "calcium": Substance(Decimal("40.078"), 2),
        "magnesium": Substance(Decimal("24.305"), 2),
        "phosphorus": Substance(Decimal("30.974")),  # charge depends on pH: no valence
        "sodium chloride": Substance(Decimal("58.44"), 1),
        "potassium chloride": Substance(Decimal("74.55"), 1),
    }
)
