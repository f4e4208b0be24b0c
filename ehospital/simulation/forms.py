"""Fills in the forms of some inpatients, so that the demo hospital shows them done, scored, open and due."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from ehospital.clinical import actions
from ehospital.clinical.actions import Filled, Fluid
from ehospital.kernel.identifiers import uuid7
from ehospital.people import access
from ehospital.simulation.arriving import Arrived

FALLS, ADMISSION, PAIN, COMA, DELIRIUM, PRESSURE, NUTRITION, DIET = (
    f"urn:ehospital:form:{name}"
    for name in (
        "falls-risk", "admission", "pain", "glasgow-coma-scale", "4at", "pressure-areas", "nutrition-nrs-2002",
        "diet",
    )
)  # fmt: skip
_OWN: Final = "urn:ehospital:answers"
_FACTORS: Final = {
    "history": 0.3, "cognition": 0.15, "continence": 0.2, "footwear": 0.1, "health": 0.3, "medicines": 0.4,
    "balance": 0.35, "syncope": 0.1, "vision": 0.2,
}  # fmt: skip
_WATCHED: Final = (0, 2)
"""Of whom the demo charts what goes in and out."""
_ACTIONS: Final = ("call-bell", "low-bed", "footwear", "walking-aid", "medicines-review")


def fill(arrived: Iterable[Arrived], *, seed: int, at: datetime) -> None:
    """Fill in falls risk and pressure areas of every second inpatient, a scale of a few, and begin an admission."""
    inpatients = [one for one in arrived if one.since is not None and one.history.doctor.id is not None]
    for place, one in enumerate(inpatients[:24]):
        if one.since is None or one.history.doctor.id is None:
            continue
        chance = random.Random(f"{seed}/forms/{one.history.number}")
        when = min(at, one.since + timedelta(hours=chance.randint(2, 20)))
        by = access.of_staff(one.history.doctor.id, name=one.history.doctor.name, at=at)
        if place % 2 == 0:
            _finish(one.id, FALLS, _falls(chance, one.history.person.age), by=by, at=when)
            _finish(one.id, PRESSURE, _pressure(chance), by=by, at=when)
            scale, answers = _scales(chance, one.history.person.age)[place // 2 % 4]
            _finish(one.id, scale, answers, by=by, at=when)
        if place % 4 != 3:
            _finish(one.id, DIET, _diet(chance), by=by, at=when)
        if place in _WATCHED:
            _fluids(one.id, chance, by=by, at=at)
        if place % 6 == 1:
            draft = actions.begin_form(one.id, ADMISSION, by=by, at=when)
            told = {"reason": ["Brought by the family."], "informant": [_own("family")], "walking": [_own("aid")]}
            actions.keep_form(draft, Filled(told, 1), by=by, at=when)


def _falls(chance: random.Random, age: int) -> dict[str, list[Any]]:
    group = "65-or-older" if age >= 65 else "50-to-64" if age >= 50 else "under-50"
    found = {name: chance.random() < share for name, share in _FACTORS.items()}
    answers: dict[str, list[Any]] = {"age": [_own(group)]}
    judged = age < 65 and found["balance"]
    if age < 65:
        answers["judged"] = [_own("yes" if judged else "no")]
    answers |= {name: [_own("yes" if yes else "no")] for name, yes in found.items()}
    if age >= 65 or judged or any(found.values()):
        answers |= {"actions": [_own(one) for one in chance.sample(_ACTIONS, 2)], "told": [True]}
    return answers


def _finish(patient_id: UUID, url: str, answers: dict[str, list[Any]], *, by: access.Actor, at: datetime) -> None:
    draft = actions.begin_form(patient_id, url, by=by, at=at)
    actions.finish_form(draft, Filled(answers, 1), by=by, at=at)


def _diet(chance: random.Random) -> dict[str, list[Any]]:
    if chance.random() < 0.12:
        return {"eats": [_own("fasting")], "why": ["Operation this afternoon."], "sips": [_own("yes")]}
    diet = chance.choice(("normal", "normal", "normal", "diabetes", "low-salt", "vegetarian", "halal"))
    texture = chance.choice(("7", "7", "7", "6", "4"))
    return {
        "eats": [_own("yes")], "diet": [_own(diet)], "texture": [_own(texture)],
        "drinks": [_own("2" if texture == "4" else "0")], "help": [_own(chance.choice(("none", "none", "tray")))],
    }  # fmt: skip


def _fluids(patient_id: UUID, chance: random.Random, *, by: access.Actor, at: datetime) -> None:
    for hours in range(20, 0, -3):
        for kind, low, high in (("oral", 100, 250), ("urine", 120, 300)):
            ml = chance.randrange(low, high, 10)
            happened = at - timedelta(hours=hours, minutes=chance.randrange(50))
            actions.record_fluid(patient_id, Fluid(uuid7(), kind, ml, happened), by=by, at=at)
    infusion = Fluid(uuid7(), "infusion", 500, at - timedelta(hours=9), "Sodium chloride 0.9 %")
    actions.record_fluid(patient_id, infusion, by=by, at=at)


def _pressure(chance: random.Random) -> dict[str, list[Any]]:
    shares = {"mobility": 0.4, "reposition": 0.2, "sensation": 0.1, "ulcer": 0.1, "nutrition": 0.25, "cognition": 0.1}
    found = {name: chance.random() < share for name, share in shares.items()}
    answers: dict[str, list[Any]] = {name: [_own("yes" if yes else "no")] for name, yes in found.items()}
    answers["state"] = [_own("changed" if found["ulcer"] else "intact")]
    if found["ulcer"]:
        answers["place"] = [{"where": [_own("sacrum")], "stage": [_own("1")], "size": ["2 × 3 cm"]}]
    if any(found.values()):
        answers["actions"] = [_own("turn-4"), _own("mattress")]
    return answers


def _scales(chance: random.Random, age: int) -> list[tuple[str, dict[str, list[Any]]]]:
    pain = chance.randint(1, 8)
    nutrition: dict[str, list[Any]] = {"bmi": [False], "lost": [True], "ate-less": [True], "severe": [False]}
    nutrition |= {"status": [_own(str(chance.randint(1, 2)))], "disease": [_own("1")], "plan": [_own("dietitian")]}
    return [
        (PAIN, {"can-say": [_own("yes")], "rest": [_own(str(pain))], "done": [_own("medicine")]}),
        (COMA, {"eye": [_own("4")], "verbal": [_own(chance.choice("45"))], "motor": [_own("6")]}),
        (DELIRIUM, {"alertness": [_own("normal")], "amt4": [_own(chance.choice(("none", "one")))],
                    "attention": [_own("seven")], "change": [_own("no")]}),
        (NUTRITION, nutrition | {"age": [_own("yes" if age >= 70 else "no")]}),
    ]  # fmt: skip


def _own(code: str) -> dict[str, str]:
    return {"system": _OWN, "code": code}
