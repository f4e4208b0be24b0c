"""The links of one unit: between its own lines, into the patient's chart, and to people outside."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from ehospital.clinical import models
from ehospital.fhir.elements import Concept, Element, Reading, concept
from ehospital.fhir.importing.directory import Directory
from ehospital.fhir.importing.waiting import Line, Unit
from ehospital.fhir.references import Target, row_id, target
from ehospital.kernel.codes import ATC, RXNORM

_IN_CHART: dict[str, Any] = {
    "Encounter": models.Encounter,
    "Condition": models.Problem,
    "Observation": models.Observation,
}
_CALLED = ("Condition",)
_STAFF, _ORGANISATIONS = ("Practitioner",), ("Organization", "Location")


class UnitLinks:
    """Answers `mapping.links.Links` for the resource that is being read.

    `nowhere` is set when a reference leads to something that is neither in the unit nor in the record; what it was is
    noted on the reading, so the resource is stored without the link.
    """

    def __init__(self, patient_id: UUID, unit: Unit, directory: Directory) -> None:
        self.patient_id = patient_id
        self.directory = directory
        self.nowhere = False
        self.lines: dict[tuple[str, str], bool | None] = {}  # None: not read yet; True: stored; False: left out
        self.urns: dict[str, tuple[str, str]] = dict(unit.urns)
        self.called: dict[tuple[str, str], str] = {}
        self.plans: dict[UUID, UUID] = {}
        self.medicines: Callable[[str], Element | None] = lambda _key: None
        self.reading: Reading | None = None
        self.contained: dict[str, Element] = {}
        self.meet(unit)

    def meet(self, unit: Unit) -> None:
        """Learn of lines that are about to be read."""
        for line in unit.lines:
            self.lines.setdefault((line.kind, line.id), None)
            # A URN that ends in the id says by itself what it stands for, unless one asks what that is called.
            if line.full_url.startswith("urn:") and (line.kind in _CALLED or not line.full_url.endswith(f":{line.id}")):
                self.urns[line.full_url] = (line.kind, line.id)
            self.urns |= line.links

    def begin(self, resource: Element) -> None:
        """Answer for this resource from now on."""
        self.reading = resource.reading
        self.contained = {one.text("id", 200): one for one in resource.children("contained")}

    def entry(self, kind: str, reference: Element | None) -> UUID | None:
        """Return the id of another line of the same chart, of that type; None with a note when there is none."""
        if reference is None:
            return None
        found = self._followed(target(reference.json), (kind,))
        if found is None or found.kind not in ("", kind) or not found.id:
            self._lost(kind, known=found is not None and found.kind not in ("", kind))
            return None
        key = row_id(self.directory.source, kind, found.id)
        standing = self.lines.get((kind, found.id), "elsewhere")
        if standing is True:
            return key
        if standing is False or standing is None:
            self._lost(kind, known=True)
            return None
        model = _IN_CHART.get(kind)
        if model and model.objects.filter(pk=key, patient_id=self.patient_id).exists():
            return key
        self._lost(kind, known=False)
        return None

    def entries(self, kind: str, references: list[Element]) -> tuple[UUID, ...]:
        """Return the ids of several lines, without those that lead nowhere."""
        found = [self.entry(kind, one) for one in references]
        return tuple(dict.fromkeys(key for key in found if key))

    def staff(self, *references: Element | None) -> tuple[UUID | None, str]:
        """Return the first member of staff, and how the source names whoever it is ("" when we know them)."""
        named = ""
        for reference in references:
            if reference is None:
                continue
            key, words = self._person(reference)
            if key:
                return key, ""
            named = named or words
        return None, named

    def organisation(self, reference: Element | None) -> UUID | None:
        """Return the id of an organisation or place."""
        if reference is None:
            return None
        found = self._followed(target(reference.json), _ORGANISATIONS)
        if found is None or found.contained:
            return None
        for kind in [found.kind] if found.kind else _ORGANISATIONS:
            if kind not in _ORGANISATIONS:
                return None
            if found.number:
                key = self.directory.numbered(kind, found.number)
            else:
                key = row_id(self.directory.source, kind, found.id)
                key = key if self.directory.has_organisation(key) else None
            if key:
                return key
        self._lost("organisation", known=False)
        return None

    def medicine(self, reference: Element | None) -> Concept | None:
        """Return what a reference to a Medication names: its code, or the words of the reference."""
        if reference is None:
            return None
        found = target(reference.json)
        medication: Element | None = None
        if found and found.contained:
            medication = self.contained.get(found.contained)
        elif found:
            followed = self._followed(found, ("Medication",))
            medication = self.medicines(followed.id) if followed and followed.id else None
        coded = medication.concept("code", (RXNORM, ATC)) if medication else None
        if coded:
            return coded
        words = Element({"text": reference.json.get("display")}, reference.path, reference.reading)
        if named := concept(words):
            return named
        self.nowhere = self.nowhere or not (found and found.contained)
        return None

    def words(self, reference: Element) -> str:
        """Return what the target of a reference is called: as the reference says, or as the chart does."""
        if display := reference.text("display", 250):
            return display
        found = self._followed(target(reference.json), ())
        return self.called.get((found.kind, found.id), "")[:250] if found else ""

    def care_plan_of(self, goal: UUID) -> UUID | None:
        """Return the care plan that names this goal."""
        return self.plans.get(goal)

    def stored(self, line: Line, called: str) -> None:
        """Note that a line could be read; what it is called answers `words`."""
        self.lines[line.kind, line.id] = True
        if line.kind in _CALLED:
            self.called[line.kind, line.id] = called

    def left_out(self, line: Line) -> None:
        """Note that a line is not stored."""
        self.lines[line.kind, line.id] = False

    def goals(self, plan: Element, key: UUID) -> None:
        """Note which goals a care plan names."""
        for reference in plan.children("goal"):
            found = self._followed(target(reference.json), ("Goal",))
            if found and found.id and found.kind in ("", "Goal"):
                self.plans.setdefault(row_id(self.directory.source, "Goal", found.id), key)

    def _person(self, reference: Element) -> tuple[UUID | None, str]:
        display = reference.text("display", 250)
        found = self._followed(target(reference.json), _STAFF)
        if found is None:
            return None, display
        if found.contained:
            return None, display or self._contained_name(found.contained)
        if found.kind not in ("", *_STAFF):
            return None, display  # a patient, a relative, a device: we keep how they are called
        if found.number:
            key = self.directory.numbered("Practitioner", found.number)
        else:
            key = row_id(self.directory.source, "Practitioner", found.id)
            key = key if self.directory.has_staff(key) else None
        if key is None:
            self._lost("clinician", known=False)
        return key, display

    def _contained_name(self, key: str) -> str:
        person = self.contained.get(key)
        names = person.children("name") if person and person.json.get("resourceType") == "Practitioner" else []
        if not names:
            return ""
        parts = [*names[0].texts("prefix", 60), *names[0].texts("given", 100), names[0].text("family", 100)]
        return (" ".join(part for part in parts if part) or names[0].text("text", 250))[:250]

    def _followed(self, found: Target | None, kinds: tuple[str, ...]) -> Target | None:
        """Turn a URN into a type and an id; one that no entry bears may still be an id: so Synthea writes them."""
        if found is None or not found.urn:
            return found
        if found.urn in self.urns:
            kind, key = self.urns[found.urn]
            return Target(kind, id=key)
        return Target(kinds[0] if len(kinds) == 1 else "", id=found.urn.rsplit(":", 1)[-1])

    def _lost(self, what: str, *, known: bool) -> None:
        """Note a link that is not kept; unless we know why, more of the input may still bring its target."""
        words = "was left out" if known else "is neither in the input nor in the record"
        if self.reading:
            self.reading.note(f"the {what} that it refers to {words}; stored without the link")
        self.nowhere = self.nowhere or not known
