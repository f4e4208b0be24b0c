"""What a mapping may ask about other resources."""

from typing import Protocol
from uuid import UUID

from ehospital.fhir.elements import Concept, Element


class Links(Protocol):
    """Finds the targets of references; what leads nowhere is noted on the reading, and the answer is None."""

    def entry(self, kind: str, reference: Element | None) -> UUID | None:
        """Return the id of another line of the same patient's chart, of that resource type."""

    def entries(self, kind: str, references: list[Element]) -> tuple[UUID, ...]:
        """Return the ids of several, without those that lead nowhere."""

    def staff(self, *references: Element | None) -> tuple[UUID | None, str]:
        """Return the first member of staff, and how the source names whoever it is ("" when we know them)."""

    def organisation(self, reference: Element | None) -> UUID | None:
        """Return the id of an organisation."""

    def medicine(self, reference: Element | None) -> Concept | None:
        """Return what a reference to a Medication names."""

    def words(self, reference: Element) -> str:
        """Return what the target of a reference is called: as the reference says, or as the chart does."""

    def care_plan_of(self, goal: UUID) -> UUID | None:
        """Return the care plan that names this goal."""
