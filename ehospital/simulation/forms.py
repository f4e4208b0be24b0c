"""Fills in the forms of some inpatients, so that the demo hospital shows them done, open and due."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from ehospital.clinical import actions
from ehospital.clinical.actions import Filled
from ehospital.people import access
from ehospital.simulation.arriving import Arrived

FALLS, ADMISSION = "urn:ehospital:form:falls-risk", "urn:ehospital:form:admission"
_OWN: Final = "urn:ehospital:answers"
_FACTORS: Final = {
    "history": 0.3, "cognition": 0.15, "continence": 0.2, "footwear": 0.1, "health": 0.3, "medicines": 0.4,
    "balance": 0.35, "syncope": 0.1, "vision": 0.2,
}  # fmt: skip
_ACTIONS: Final = ("call-bell", "low-bed", "footwear", "walking-aid", "medicines-review")


def fill(arrived: Iterable[Arrived], *, seed: int, at: datetime) -> None:
    """Fill in falls risk for every second inpatient, and begin the admission assessment of a few."""
    inpatients = [one for one in arrived if one.since is not None and one.history.doctor.id is not None]
    for place, one in enumerate(inpatients[:24]):
        if one.since is None or one.history.doctor.id is None:
            continue
        chance = random.Random(f"{seed}/forms/{one.history.number}")
        when = min(at, one.since + timedelta(hours=chance.randint(2, 20)))
        by = access.of_staff(one.history.doctor.id, name=one.history.doctor.name, at=at)
        if place % 2 == 0:
            draft = actions.begin_form(one.id, FALLS, by=by, at=when)
            actions.finish_form(draft, Filled(_falls(chance, one.history.person.age), 1), by=by, at=when)
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


def _own(code: str) -> dict[str, str]:
    return {"system": _OWN, "code": code}
