"""Elements that many resources share: statuses as concepts, and annotations."""

from collections.abc import Sequence

from ehospital.fhir.elements import Element

LONGEST_NOTE = 20_000


def annotations(resource: Element, name: str = "note") -> str:
    """Return the texts of the annotations, a paragraph each."""
    return "\n\n".join(text for one in resource.children(name) if (text := one.text("text", LONGEST_NOTE)))


def coded(resource: Element, name: str, allowed: Sequence[str], otherwise: str) -> str:
    """Return a status that FHIR writes as a CodeableConcept; a missing or unknown one becomes `otherwise`."""
    found = resource.child(name)
    codes = [coding.text("code", 60) for coding in found.children("coding")] if found else []
    known = next((code for code in codes if code in allowed), None)
    if known is None and codes:
        resource.reading.note(f"{resource.path}.{name}: “{codes[0]}” is none of its codes")
    return known or otherwise
