"""QuestionnaireResponse: a finished form in the edition that stands, with the questions in words."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from ehospital.algorithms.questionnaires import Item
from ehospital.clinical.models import FilledForm, FormDefinition
from ehospital.clinical.queries.form_definitions import parsed
from ehospital.fhir.mapping.questionnaires import DISPLAY
from ehospital.fhir.serving import pieces
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import kept

_VALUES: Final = {
    "boolean": "valueBoolean", "decimal": "valueDecimal", "integer": "valueInteger", "date": "valueDate",
    "dateTime": "valueDateTime", "time": "valueTime", "url": "valueUri",
}  # fmt: skip


def response(row: FilledForm) -> Json:
    """Return a form under the id of its first edition: that stays the same whenever it is amended."""
    title = [{"url": DISPLAY, "valueString": row.title}]
    return kept(
        id=str(row.amends_id or row.pk),
        questionnaire=canonical(row.definition),
        _questionnaire={"extension": title},
        status="amended" if row.amends_id else "completed",
        subject=pieces.to("Patient", row.patient_id),
        encounter=pieces.to("Encounter", row.encounter_id),
        authored=pieces.moment(row.finished_at),
        author=pieces.person(row.author),
        item=list(_items(parsed(row.definition).items, row.answers)),
    )


def canonical(definition: FormDefinition) -> str:
    """Return what a response names its form by."""
    return f"{definition.url}|{definition.version}"


def definition(row: FormDefinition) -> Json:
    """Return a form as it was loaded."""
    return {**row.content, "id": str(row.pk)}


def _items(items: Sequence[Item], answers: Mapping[str, Any]) -> Iterator[Json]:
    """Yield what was answered, in the order of the form; groups that are filled once share the answers around them."""
    for one in items:
        told = {"linkId": one.link_id, **kept(text=one.text.plain)}
        if one.kind == "group":
            times = answers.get(one.link_id, []) if one.repeats else [answers]
            for inside in (list(_items(one.items, each)) for each in times):
                if inside:
                    yield {**told, "item": inside}
        elif values := answers.get(one.link_id, []):
            given: list[Json] = [_value(one, value) for value in values]
            if below := list(_items(one.items, answers)):
                given[0]["item"] = below
            yield {**told, "answer": given}


def _value(item: Item, value: Any) -> Json:
    """Return one answer in FHIR's own type."""
    if isinstance(value, dict) and "value" in value:
        return {"valueQuantity": {**value, "value": Decimal(str(value["value"]))}}
    if isinstance(value, dict):
        label = next((one.label.plain for one in item.options if one.value == value), "")
        return {"valueCoding": {**kept(display=label), **value}}
    if item.kind == "decimal":
        return {"valueDecimal": Decimal(str(value))}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"valueInteger": value}
    return {_VALUES.get(item.kind, "valueString"): value}
