"""QuestionnaireResponse: what was answered elsewhere, kept as a document in plain words.

Only the hospital that asked can say who finished a form and by which rules; the forms themselves are no part of a
record. What was asked and answered stays readable.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final
from uuid import UUID

from ehospital.clinical.details import DocumentDetails
from ehospital.fhir.elements import Element, LeftOut, unit_of
from ehospital.fhir.mapping.documents import File
from ehospital.fhir.mapping.links import Links
from ehospital.kernel.codes import LOINC, Code

DISPLAY: Final = "http://hl7.org/fhir/StructureDefinition/display"
FORM: Final = Code(LOINC, "74465-6", "Questionnaire response Document")
_FINISHED, _WRONG = ("completed", "amended"), "entered-in-error"
_STATUS = (*_FINISHED, _WRONG, "in-progress", "stopped")
_DEEPEST: Final = 20


def read(resource: Element, key: UUID, links: Links) -> tuple[DocumentDetails, File]:
    """Return what was answered as a text of lines; it needs a status, a time, and an answer."""
    status = resource.word("status", _STATUS)
    if status not in (*_FINISHED, _WRONG):
        raise LeftOut("a form that was not finished; only finished ones are part of a record")
    authored = resource.past(resource.moment("authored"), "authored")
    if authored is None:
        raise resource.refuse("authored", "is missing")
    lines = list(_lines(resource, 0))
    if not lines:
        raise resource.refuse("item", "holds no answer")
    content = "\n".join(lines).encode()
    author, named = links.staff(resource.child("author"), resource.child("source"))
    title = _title(resource)
    document = DocumentDetails(
        id=key,
        encounter_id=links.entry("Encounter", resource.child("encounter")),
        recorded_at=authored.at,
        recorded_by_id=author,
        recorded_by_text=named,
        code=Code(FORM.system, FORM.code, title),
        status=_WRONG if status == _WRONG else "current",
        title=title,
        written_at=authored.at,
        content_type="text/plain; charset=utf-8",
        size_bytes=len(content),
    )
    return document, File(content, "text/plain; charset=utf-8", "", "")


def _title(resource: Element) -> str:
    beside = resource.child("_questionnaire")
    told = [one.text("valueString", 500) for one in beside.children("extension")] if beside else []
    address = resource.text("questionnaire").partition("|")[0]
    return (told[0] if told else "") or address.rsplit("/", 1)[-1][:500] or FORM.display


def _lines(element: Element, depth: int) -> Iterator[str]:
    """Yield a line for each question, those below it further in."""
    if depth > _DEEPEST:
        raise LeftOut("items are nested deeper than any form")
    for one in element.children("item"):
        answers = one.children("answer")
        words = one.text("text", 2000) or one.text("linkId", 250)
        inside = [*_lines(one, depth + 1), *(line for each in answers for line in _lines(each, depth + 1))]
        if answers or inside:
            given = "; ".join(filter(None, (_words(each) for each in answers)))
            yield f"{'  ' * depth}{words}: {given}".rstrip() if given else f"{'  ' * depth}{words}"
            yield from inside


def _words(answer: Element) -> str:
    name = next((one for one in answer.json if one.startswith("value") and answer.json[one] is not None), "")
    value = answer.json.get(name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Decimal | float):
        return str(answer.number(name))
    if not isinstance(value, dict):
        return answer.text(name, 20_000) if name else ""
    found = answer.child(name)
    assert found is not None
    if name == "valueQuantity":
        number = found.number("value")
        return f"{'' if number is None else number} {unit_of(found)[0]}".strip()
    if name == "valueAttachment":
        answer.reading.note(f"{answer.path}.{name}: a file within an answer is not kept")
        return found.text("title", 500)
    return found.text("display", 1000) or found.text("code", 250)
