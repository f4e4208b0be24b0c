"""Filled forms for tests."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ehospital.clinical import actions
from ehospital.clinical.actions import Filled
from ehospital.clinical.models import FormDraft
from ehospital.people import access
from tests.factories.people import NOON

FALLS, ADMISSION, SOCIAL, PRESSURE = (
    f"urn:ehospital:form:{name}" for name in ("falls-risk", "admission", "social-history", "pressure-areas")
)
OWN = "urn:ehospital:answers"
_FACTORS = ("history", "cognition", "continence", "footwear", "health", "medicines", "balance", "syncope", "vision")


def own(code: str, words: str = "") -> dict[str, str]:
    """An answer of ours, as it is chosen."""
    return {"system": OWN, "code": code, **({"display": words} if words else {})}


def falls(*factors: str, age: str = "under-50", judged: str = "no") -> dict[str, list[Any]]:
    """The answers of a falls assessment that found these factors."""
    answers: dict[str, list[Any]] = {"age": [own(age)]}
    if age != "65-or-older":
        answers["judged"] = [own(judged)]
    answers |= {one: [own("yes" if one in factors else "no")] for one in _FACTORS}
    if factors or age == "65-or-older" or judged == "yes":
        answers |= {"actions": [own("low-bed"), "Sits near the desk"], "told": [True]}
    return answers


def social(smoking: str = "8517006", pack_years: str | None = "12.5") -> dict[str, list[Any]]:
    """The answers of a social history."""
    told: dict[str, list[Any]] = {"smoking": [{"system": "http://snomed.info/sct", "code": smoking}]}
    return told | ({"pack-years": [pack_years]} if pack_years else {})


def filled(
    patient_id: UUID, answers: dict[str, list[Any]], *, by: access.Actor, url: str = FALLS, at: datetime = NOON
) -> UUID:
    """A finished form."""
    draft = actions.begin_form(patient_id, url, by=by, at=at)
    seen = FormDraft.objects.get(pk=draft).version
    return actions.finish_form(draft, Filled(answers, seen), by=by, at=at)


def amended(form_id: UUID, answers: dict[str, list[Any]], *, by: access.Actor, at: datetime = NOON) -> UUID:
    """A later edition of it."""
    draft = actions.begin_amendment(form_id, by=by, at=at)
    seen = FormDraft.objects.get(pk=draft).version
    return actions.finish_form(draft, Filled(answers, seen), reason="Asked again.", by=by, at=at)


def plain(patient_id: UUID, title: str, *, by: access.Actor, at: datetime = NOON) -> UUID:
    """A finished form of one question from which nothing follows."""
    asked = {"linkId": "q", "type": "string", "text": "How?"}
    content = {"resourceType": "Questionnaire", "url": f"urn:test:{title}", "version": "1", "title": title,
               "status": "active", "item": [asked]}  # fmt: skip
    actions.load_definition(content, by=access.system("test", at=at), at=at)
    return filled(patient_id, {"q": ["So."]}, by=by, url=f"urn:test:{title}", at=at)
