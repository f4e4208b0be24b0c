"""Who and what outside is known to the record: asked once, remembered for the rest of the import."""

from uuid import UUID

from ehospital.clinical.models import SourceIdentifier
from ehospital.people.models import Organisation, PatientIdentifier, StaffMember

MOST_REMEMBERED = 200_000


class Directory:
    """Looks up clinicians and organisations; only what is found is remembered, because more may still come."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._known: set[UUID] = set()
        self._numbered: dict[tuple[str, str, str], UUID] = {}

    def has_staff(self, key: UUID) -> bool:
        """Tell whether there is such a member of staff, ours or outside."""
        return self._has(StaffMember, key)

    def has_organisation(self, key: UUID) -> bool:
        """Tell whether there is such an organisation."""
        return self._has(Organisation, key)

    def numbered(self, kind: str, number: tuple[str, str]) -> UUID | None:
        """Return whom a number of the source names; `kind` is the resource type."""
        wanted = (kind, *number)
        if wanted not in self._numbered:
            found = SourceIdentifier.objects.filter(source=self.source, kind=kind, value=number[1])
            if number[0]:
                found = found.filter(system=number[0])
            keys = list(found.order_by("target_id").values_list("target_id", flat=True)[:2])
            if len(keys) != 1:  # nobody, or a number without its system that means two
                return None
            self._forget_some()
            self._numbered[wanted] = keys[0]
        return self._numbered[wanted]

    def patient(self, number: tuple[str, str]) -> UUID | None:
        """Return the one patient who has this number."""
        found = PatientIdentifier.objects.filter(value=number[1])
        if number[0]:
            found = found.filter(system=number[0])
        keys = list(found.order_by("patient_id").values_list("patient_id", flat=True).distinct()[:2])
        return keys[0] if len(keys) == 1 else None

    def _has(self, model: type[StaffMember] | type[Organisation], key: UUID) -> bool:
        if key not in self._known:
            if not model._default_manager.filter(pk=key).exists():
                return False
            self._forget_some()
            self._known.add(key)
        return True

    def _forget_some(self) -> None:
        if len(self._known) + len(self._numbered) > MOST_REMEMBERED:
            self._known.clear()
            self._numbered.clear()
