"""What an import brought before: by it, new lines are told from changed ones and from those that say the same."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ehospital.clinical.actions.upserting import upsert
from ehospital.clinical.details import Provenance, digest
from ehospital.clinical.models import ImportedResource

Known = dict[UUID, tuple[bytes, UUID | None]]


def known(ids: Sequence[UUID]) -> Known:
    """Return what was imported under these ids: its digest, and whose it is."""
    rows = ImportedResource.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "digest", "patient_id")
    return {key: (bytes(mark), owner) for key, mark, owner in rows}


class Sorting:
    """Tells new from changed from same, and keeps what has to be remembered."""

    def __init__(self, patient_id: UUID, known: Known, refused: frozenset[UUID]) -> None:
        self.patient_id = patient_id
        self.known = known
        self.refused = refused
        self.imported: dict[UUID, bytes] = {}
        self.updated: dict[UUID, bytes] = {}
        self.names: dict[UUID, str] = {}
        self.counts: dict[str, int] = {}
        self.revised: set[UUID] = set()

    def changed(self, key: UUID, details: Any, name: str) -> bool:
        """Tell whether the line has to be written, and note it down when it has."""
        if key in self.refused:
            return False
        mark, before = digest(details), self.known.get(key)
        if before is not None and before[0] == mark:
            return False
        (self.imported if before is None else self.updated)[key] = mark
        self.names[key] = name
        self.counts[name] = self.counts.get(name, 0) + 1
        return True

    def leave(self, keys: set[UUID], name: str) -> None:
        """Forget that these lines were to be written."""
        for key in keys:
            del self.updated[key], self.names[key]
        if keys:
            self.revised |= keys
            self.counts[name] -= len(keys)
            self.counts = {part: count for part, count in self.counts.items() if count}


def remember(patient_id: UUID, sorting: Sorting, provenance: Provenance, *, at: datetime) -> None:
    """Keep what was imported now, and where it came from."""
    marks = sorting.imported | sorting.updated
    keys = list(marks)
    origins = [provenance.origins.get(key) or (sorting.names[key], str(key)) for key in keys]
    more: dict[str, Sequence[Any]] = {
        "source": [provenance.source] * len(keys),
        "kind": [kind for kind, _ in origins],
        "source_id": [key for _, key in origins],
        "patient_id": [patient_id] * len(keys),
        "digest": [marks[key] for key in keys],
        "changed_at": [at] * len(keys),
    }
    upsert(ImportedResource, keys, {"id": lambda key: key}, more)
