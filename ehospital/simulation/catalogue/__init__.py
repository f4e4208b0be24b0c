"""What people of the demo hospital can have, take, and be tested for: tables in CSV, read once.

Codes stand only where they are certain; a missing code is better than a wrong one. The figures are plausible for one
hospital in the United Kingdom, from general knowledge; they are no statistics. The texts are no advice.
"""

import csv
from functools import cache
from importlib import resources
from types import MappingProxyType

from ehospital.kernel.codes import ATC, CVX, ICD10, LOINC, RXNORM, SNOMED, Code
from ehospital.simulation.catalogue.kinds import (
    Admission,
    AllergyKind,
    Condition,
    LabTest,
    Medicine,
    Operation,
    Plan,
    Vaccine,
)

__all__ = [
    "Admission",
    "AllergyKind",
    "Condition",
    "LabTest",
    "Medicine",
    "Operation",
    "Plan",
    "Vaccine",
    "admissions",
    "allergies",
    "conditions",
    "diagnosis",
    "lab_code",
    "medicines",
    "operations",
    "plans",
    "product",
    "spelled",
    "tests",
    "vaccines",
]

Row = dict[str, str]
_SPELLED = MappingProxyType(
    {
        "umol/L": "µmol/L",
        "ug/L": "µg/L",
        "mL/min/{1.73_m2}": "mL/min/1.73 m²",
        "{INR}": "",
        "m[IU]/L": "mIU/L",
        "10*9/L": "×10⁹/L",
        "mm[Hg]": "mmHg",
    }
)
_SYSTEMS = {"rxnorm": RXNORM, "snomed": SNOMED}


@cache
def conditions() -> MappingProxyType[str, Condition]:
    """Return the long-term conditions by key."""
    return MappingProxyType({row["key"]: _condition(row) for row in _rows("conditions")})


@cache
def medicines() -> MappingProxyType[str, Medicine]:
    """Return the medicines by key."""
    return MappingProxyType({row["key"]: _medicine(row) for row in _rows("medicines")})


@cache
def tests() -> MappingProxyType[str, LabTest]:
    """Return the laboratory tests by key."""
    return MappingProxyType({row["key"]: _test(row) for row in _rows("tests")})


@cache
def admissions() -> MappingProxyType[str, Admission]:
    """Return the reasons to be admitted by key."""
    return MappingProxyType({row["key"]: _admission(row) for row in _rows("admissions")})


@cache
def allergies() -> MappingProxyType[str, AllergyKind]:
    """Return the allergies by key."""
    return MappingProxyType({row["key"]: _allergy(row) for row in _rows("allergies")})


@cache
def vaccines() -> MappingProxyType[str, Vaccine]:
    """Return the vaccines by key."""
    return MappingProxyType({row["key"]: _vaccine(row) for row in _rows("vaccines")})


@cache
def plans() -> tuple[Plan, ...]:
    """Return the plans of care."""
    return tuple(
        Plan(
            frozenset(row["conditions"].split()),
            row["title"],
            row["snomed"],
            tuple(row["activities"].split(" | ")),
            row["goal"],
        )
        for row in _rows("plans")
    )


@cache
def operations() -> tuple[Operation, ...]:
    """Return what may have been done in earlier years."""
    return tuple(
        Operation(
            row["name"],
            row["snomed"],
            frozenset(row["conditions"].split()),
            row["sex"],
            int(row["from_age"]),
            float(row["share"]),
            (float(row["years_from"]), float(row["years_to"])),
        )
        for row in _rows("operations")
    )


def diagnosis(name: str, snomed: str, icd10: str) -> tuple[Code, tuple[Code, ...]]:
    """Return the leading code of a diagnosis and the other ones; without any code the words alone."""
    codes = [Code(system, code, name) for system, code in ((SNOMED, snomed), (ICD10, icd10)) if code]
    return (codes[0], tuple(codes[1:])) if codes else (Code("", "", name), ())


def product(medicine: Medicine) -> tuple[Code, tuple[Code, ...]]:
    """Return the medicine as it reads on the chart, and the RxNorm code of its ingredient where it is known."""
    other = (Code(RXNORM, medicine.rxnorm, medicine.name.split(" ")[0]),) if medicine.rxnorm else ()
    return Code(ATC, medicine.atc, medicine.name), other


def lab_code(test: LabTest) -> Code:
    """Return the LOINC code of a test with the words that the laboratory prints."""
    return Code(LOINC, test.loinc, test.name)


def spelled(ucum: str) -> str:
    """Return a UCUM unit as people write it."""
    return _SPELLED.get(ucum, ucum)


def _rows(table: str) -> list[Row]:
    text = resources.files(__name__).joinpath(f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _groups(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group.split("/")) for group in text.replace("+", " ").split())


def _condition(row: Row) -> Condition:
    brings = (pair.split(":") for pair in row["brings"].split())
    return Condition(
        key=row["key"],
        name=row["name"],
        snomed=row["snomed"],
        icd10=row["icd10"],
        sex=row["sex"],
        from_age=int(row["from_age"]),
        share_young=float(row["share_young"]),
        share_old=float(row["share_old"]),
        brings=tuple((key, float(share)) for key, share in brings),
        excludes=tuple(row["excludes"].split()),
        medicines=_groups(row["medicines"]),
        sometimes=tuple(row["sometimes"].split()),
        tests=tuple(row["tests"].split()),
        note=row["note"],
    )


def _medicine(row: Row) -> Medicine:
    return Medicine(
        row["key"],
        row["name"],
        row["atc"],
        row["rxnorm"],
        row["route"],
        frozenset(row["avoid"].split()),
        tuple(row["dosages"].split(" | ")),
    )


def _test(row: Row) -> LabTest:
    def number(name: str) -> float | None:
        return float(row[name]) if row[name] else None

    return LabTest(
        row["key"],
        row["name"],
        row["loinc"],
        row["unit"],
        int(row["decimals"]),
        number("low"),
        number("high"),
        number("low_female"),
        number("high_female"),
        number("mean") or 0.0,
        number("spread") or 0.0,
    )


def _admission(row: Row) -> Admission:
    acute = []
    for one in row["acute"].split():
        test, _, values = one.partition("=")
        arrival, _, now = values.partition(">")
        acute.append((test, arrival, now))
    return Admission(
        key=row["key"],
        stories=tuple(row["stories"].split()),
        wards=tuple(row["ward"].split()),
        weight=float(row["weight"]),
        reason=row["reason"],
        snomed=row["snomed"],
        icd10=row["icd10"],
        from_age=int(row["from_age"]),
        to_age=int(row["to_age"]),
        sex=row["sex"],
        needs=row["needs"],
        never=frozenset(row["never"].split()),
        medicines=_groups(row["medicines"]),
        acute=tuple(acute),
        flags=tuple(row["flags"].split()),
        procedure=row["procedure"],
        procedure_snomed=row["procedure_snomed"],
        days=int(row["days"]),
        seen=row["seen"],
    )


def _allergy(row: Row) -> AllergyKind:
    return AllergyKind(
        key=row["key"],
        substance=Code(_SYSTEMS.get(row["system"], ""), row["code"], row["substance"]),
        categories=tuple(row["categories"].split()),
        share=float(row["share"]),
        criticality=row["criticality"],
        manifestations=tuple(row["manifestations"].split(" | ")),
        severity=row["severity"],
        kind=row["kind"],
    )


def _vaccine(row: Row) -> Vaccine:
    return Vaccine(
        row["key"],
        Code(CVX, row["cvx"], row["name"]),
        int(row["first_age"]),
        int(row["every_years"]),
        int(row["last_age"]),
        float(row["share"]),
        row["dose"],
    )
