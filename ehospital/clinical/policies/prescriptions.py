"""How a prescription reads, and which recorded allergies speak against a medicine."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ehospital.algorithms import allergy_match
from ehospital.algorithms.allergy_match import Ground, Substance
from ehospital.clinical.details import PrescriptionDetails
from ehospital.clinical.models import Allergy
from ehospital.kernel.codes import Code

TAKEN = ("active", "on-hold", "intended", "unknown")
"""The states of a medicine that the patient takes, as the lists of the chart have it."""


@dataclass(frozen=True, slots=True)
class Speaking:
    """One recorded allergy that speaks against a medicine, and why."""

    allergy: Allergy
    ground: Ground
    group: str


def speaking_against(code: Code, others: Iterable[Code], allergies: Sequence[Allergy]) -> tuple[Speaking, ...]:
    """Return the allergies that speak against a medicine; an empty answer never says that it is safe."""
    medicine = Substance(code.display, tuple((one.system, one.code) for one in (code, *others)))
    known = [Substance(one.display, ((one.code_system, one.code), *_others(one))) for one in allergies]
    return tuple(
        Speaking(allergies[one.allergy], one.ground, one.group) for one in allergy_match.matches(medicine, known)
    )


def dosage_words(order: PrescriptionDetails) -> str:
    """Return dose, route and frequency in one line, as the prescriber wrote them."""
    return ", ".join(part for part in (order.dose.strip(), order.route.strip(), order.frequency.strip()) if part)


def dosage(order: PrescriptionDetails) -> tuple[dict[str, object], ...]:
    """Return a FHIR Dosage that says the same, in words where words are all there is."""
    told: dict[str, object] = {"text": dosage_words(order)}
    if order.route.strip():
        told["route"] = {"text": order.route.strip()}
    if order.frequency.strip() or order.days:
        repeat = {"repeat": {"boundsDuration": {"value": order.days, "unit": "d", "code": "d"}}} if order.days else {}
        timing = {"code": {"text": order.frequency.strip()}} if order.frequency.strip() else {}
        told["timing"] = {**repeat, **timing}
    return (told,)


def _others(one: Allergy) -> tuple[tuple[str, str], ...]:
    return tuple((system, code) for system, code, _ in one.other_codes)
