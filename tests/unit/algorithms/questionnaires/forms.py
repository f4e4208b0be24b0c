"""Made-up forms for tests."""

from typing import Any

from ehospital.algorithms.questionnaires import Questionnaire, read

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
CORE = "http://hl7.org/fhir/StructureDefinition/"
SCORE = "urn:ehospital:questionnaire:score"


def definition(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A Questionnaire with these items."""
    return {
        "resourceType": "Questionnaire", "url": "urn:test:form", "version": "1.0", "title": "Test", "status": "active",
        "item": list(items), **more,
    }  # fmt: skip


def form(*items: dict[str, Any], **more: Any) -> Questionnaire:
    """The same, read."""
    return read(definition(*items, **more))


def ask(key: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    """One question."""
    return {"linkId": key, "type": kind, "text": f"Question {key}", **more}


def group(key: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A group."""
    return {"linkId": key, "type": "group", "text": f"Group {key}", "item": list(items), **more}


def when(question: str, operator: str, **answer: Any) -> dict[str, Any]:
    """A condition."""
    return {"question": question, "operator": operator, **answer}


def weighted(key: str, *weights: float, **more: Any) -> dict[str, Any]:
    """A choice whose answers a, b, c… have weights."""
    options = [
        {"valueCoding": {"code": "abcdefgh"[place], "display": f"Answer {place}"},
         "extension": [{"url": ORDINAL, "valueDecimal": weight}]}
        for place, weight in enumerate(weights)
    ]  # fmt: skip
    return ask(key, "choice", answerOption=options, **more)


def band(code: str, at_least: float, words: str, *, raises: bool = False) -> dict[str, Any]:
    """A band of a score."""
    parts = [
        {"url": "code", "valueCode": code}, {"url": "from", "valueDecimal": at_least},
        {"url": "text", "valueString": words}, {"url": "raises", "valueBoolean": raises},
    ]  # fmt: skip
    return {"url": "band", "extension": parts}


def score(key: str, parts: list[str], *bands: dict[str, Any], flag: str = "", **more: Any) -> dict[str, Any]:
    """A score over these parts."""
    told = [{"url": "sum", "valueString": one} for one in parts] + list(bands)
    told += [{"url": "flag", "valueCode": flag}] if flag else []
    return ask(key, "integer", readOnly=True, extension=[{"url": SCORE, "extension": told}], **more)


def coded(code: str) -> dict[str, str]:
    """The answer of that code, as it is stored."""
    return {"code": code, "display": f"Answer {'abcdefgh'.index(code)}"}
