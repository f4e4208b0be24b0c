"""References in what is sent: to an encounter of the same patient, to clinicians and organisations by identifier."""

from typing import Any
from uuid import UUID

from ehospital.clinical.models import Encounter
from ehospital.fhir.elements import Concept, Element, LeftOut
from ehospital.fhir.references import target
from ehospital.fhir.serving import parameters
from ehospital.fhir.serving.pieces import ORGANISATIONS, STAFF
from ehospital.people.models import Organisation, StaffMember


class DoorLinks:
    """What a mapping may ask about other resources, for one patient whose chart the client may write into."""

    def __init__(self, patient_id: UUID, base_url: str) -> None:
        self.patient_id, self.base_url = patient_id, base_url

    def entry(self, kind: str, reference: Element | None) -> UUID | None:
        """Return the id of an encounter of this patient.

        Raises:
            LeftOut: there is none; a foreign one and one that does not exist are the same.
        """
        if reference is None:
            return None
        key = self._key(kind, reference.text("reference"))
        if kind == "Encounter" and key and Encounter.objects.filter(pk=key, patient_id=self.patient_id).exists():
            return key
        raise LeftOut(f"{reference.path}.reference names no {kind} of this patient")

    def entries(self, kind: str, references: list[Element]) -> tuple[UUID, ...]:
        """Return the ids of several."""
        return tuple(key for one in references if (key := self.entry(kind, one)))

    def staff(self, *references: Element | None) -> tuple[UUID | None, str]:
        """Return the first member of staff, and how whoever it is was called."""
        named = ""
        for reference in references:
            if reference is None:
                continue
            if key := self._numbered(StaffMember, STAFF, reference):
                return key, ""
            named = named or reference.text("display", 250)
        return None, named

    def organisation(self, reference: Element | None) -> UUID | None:
        """Return the id of an organisation."""
        return self._numbered(Organisation, ORGANISATIONS, reference) if reference else None

    def medicine(self, reference: Element | None) -> Concept | None:
        """Return nothing: no type that may be created here names a medicine."""
        return None

    def words(self, reference: Element) -> str:
        """Return what the reference itself says."""
        return reference.text("display", 250)

    def care_plan_of(self, goal: UUID) -> UUID | None:
        """Return nothing: care plans are not created here."""
        return None

    def _key(self, kind: str, text: str) -> UUID | None:
        found, slash, key = text.removeprefix(f"{self.base_url}/").partition("/")
        return parameters.uuid(key) if slash and found == kind else None

    def _numbered(self, model: type[Any], system: str, reference: Element) -> UUID | None:
        found = target({"identifier": reference.json.get("identifier")})
        if found is None or found.number is None or found.number[0] != system:
            return None
        key = parameters.uuid(found.number[1])
        return key if key and model.objects.filter(pk=key).exists() else None
