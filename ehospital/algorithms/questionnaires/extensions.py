"""The extensions of FHIR that the engine knows: what it does, what only changes how a form looks, and ours."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_CORE: Final = "http://hl7.org/fhir/StructureDefinition/"
_SDC: Final = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
TRANSLATION: Final = f"{_CORE}translation"
LOWEST, HIGHEST = f"{_CORE}minValue", f"{_CORE}maxValue"
DECIMALS: Final = f"{_CORE}maxDecimalPlaces"
UNIT, UNIT_OPTION = f"{_CORE}questionnaire-unit", f"{_CORE}questionnaire-unitOption"
HIDDEN: Final = f"{_CORE}questionnaire-hidden"
ORDINAL, WEIGHT = f"{_CORE}ordinalValue", f"{_CORE}itemWeight"
EXTRACT, CATEGORY = f"{_SDC}observationExtract", f"{_SDC}observation-extract-category"
SCORE: Final = "urn:ehospital:questionnaire:score"
"""Ours, on a number: the sum of the weights of other items. See docs/adr/0021."""
DUE: Final = "urn:ehospital:questionnaire:due"
"""Ours, on a form: when it is to be filled."""
SIGN: Final = "urn:ehospital:questionnaire:sign"
"""Ours, on a form, once for each: a line to be signed, or to bear a thumbprint, when the form is printed."""
AGES: Final = "urn:ehospital:questionnaire:ages"
"""Ours, on a form: from which age on and below which age, in years, it is offered first."""
DEATH: Final = "urn:ehospital:questionnaire:death"
"""Ours, on a certificate of death: the linkId of the question for when the patient died."""

_LOOKS: Final = frozenset(
    {
        *(f"{_CORE}{one}" for one in (
            "questionnaire-itemControl", "questionnaire-choiceOrientation", "questionnaire-displayCategory",
            "questionnaire-supportLink", "questionnaire-sliderStepValue", "questionnaire-optionPrefix", "entryFormat",
            "rendering-style", "rendering-xhtml", "rendering-markdown", "designNote", "questionnaire-usageMode",
        )),
        f"{_SDC}shortText", f"{_SDC}preferredTerminologyServer", f"{_SDC}width", f"{_SDC}choiceColumn",
    }
)  # fmt: skip
OF_FORMS: Final = _LOOKS | {DUE, SIGN, DEATH, AGES, f"{_CORE}cqf-knowledgeCapability"}
OF_ITEMS: Final = _LOOKS | {LOWEST, HIGHEST, DECIMALS, UNIT, UNIT_OPTION, HIDDEN, EXTRACT, CATEGORY, SCORE}
OF_OPTIONS: Final = _LOOKS | {ORDINAL, WEIGHT}


def listed(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the extensions of a node."""
    found = node.get("extension", [])
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def unknown(node: Mapping[str, Any], known: frozenset[str]) -> Iterator[str]:
    """Yield the addresses of extensions that nobody here knows."""
    for one in listed(node):
        if one.get("url") not in known:
            yield str(one.get("url", "without url"))


def values(node: Mapping[str, Any], url: str) -> list[Any]:
    """Return the values of an extension, one for each time that it stands there."""
    found = []
    for one in listed(node):
        if one.get("url") == url:
            found += [value for name, value in one.items() if name.startswith("value")][:1]
    return found


def value(node: Mapping[str, Any], url: str) -> Any:
    """Return the first value of an extension, None without one."""
    return next(iter(values(node, url)), None)


def whole(node: Mapping[str, Any], url: str) -> Mapping[str, Any] | None:
    """Return an extension that has parts."""
    return next((one for one in listed(node) if one.get("url") == url), None)


def parts(node: Mapping[str, Any], url: str) -> dict[str, Any]:
    """Return the values of the parts of an extension, by their names."""
    found = whole(node, url)
    return {str(one.get("url")): value(found, str(one.get("url"))) for one in listed(found)} if found else {}


def translations(node: Any) -> dict[str, str]:
    """Return what a text (its `_text`) says in other languages."""
    found = {}
    for one in listed(node) if isinstance(node, Mapping) else []:
        told = parts({"extension": [one]}, TRANSLATION)
        if isinstance(told.get("lang"), str) and isinstance(told.get("content"), str):
            found[told["lang"]] = told["content"]
    return found
