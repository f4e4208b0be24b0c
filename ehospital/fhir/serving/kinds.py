"""What a resource type is to the door: the tables that it stands in, how a row is written, and what finds it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from ehospital.clinical.details import digest_of
from ehospital.fhir.serving import changes, confiding, pieces
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.parameters import Ids, Parameter
from ehospital.people import access
from ehospital.people.models import Patient


@dataclass(frozen=True)
class Source:
    """One table whose rows are resources of a type.

    Attributes:
        rows: every row, with what `write` needs loaded.
        write: the resource of a row, without `meta`.
        parameters: what finds a row, by name; `_id` is among those of every table.
        sorts: column by the name that `_sort` takes.
        in_error: which rows were entered in error: searches leave them out unless `told_by` asks for them.
        parts: what is written inside a row, by the name under which `write` finds it.
    """

    rows: Callable[[], "QuerySet[Any]"]
    write: Callable[[Any], Json]
    parameters: Mapping[str, Parameter]
    sorts: Mapping[str, str]
    in_error: Q
    told_by: str = "status"
    parts: "Mapping[str, Callable[[], QuerySet[Any]]]" = field(default_factory=dict)

    def whole(self) -> "QuerySet[Any]":
        """Return every row with its parts."""
        return self.rows().prefetch_related(*self.parts)

    def shown(self, rows: "QuerySet[Any]", reader: access.Actor, patients: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return rows of these patients, without what is confidential to the reader, in them too."""
        inside = {name: part() for name, part in self.parts.items()}
        hidden = {model: confiding.hidden(model, reader, patients) for model in {one.model for one in inside.values()}}
        own = hidden[rows.model] if rows.model in hidden else confiding.hidden(rows.model, reader, patients)
        parts = [Prefetch(name, one.exclude(hidden[one.model])) for name, one in inside.items()]
        return rows.exclude(own).prefetch_related(*parts)


@dataclass(frozen=True)
class Kind:
    """A resource type."""

    name: str
    sources: tuple[Source, ...]
    patient: str = "patient_id"
    about: str = "subject"
    parameters: Mapping[str, Parameter] = field(init=False)

    def __post_init__(self) -> None:
        named: dict[str, Parameter] = {"_id": Ids()}
        for source in reversed(self.sources):
            named |= source.parameters
        object.__setattr__(self, "parameters", dict(sorted(named.items())))

    @property
    def sorts(self) -> tuple[str, ...]:
        """What `_sort` takes."""
        return ("_id", *self.sources[0].sorts)

    def rows(
        self, source: Source, visible: "QuerySet[Patient]", wanted: Q, reader: access.Actor | None = None
    ) -> "QuerySet[Any]":
        """Return the wanted rows of patients whom somebody may see, without what is confidential to the reader."""
        found = source.rows().filter(wanted, **{f"{self.patient}__in": visible.values("pk")})
        if reader is None:
            return found.prefetch_related(*source.parts)
        return source.shown(found, reader, found.order_by().values(self.patient))

    def find(self, key: UUID, visible: "QuerySet[Patient]", reader: access.Actor | None = None) -> "Found | None":
        """Return one row of a patient whom somebody may see; without a reader, also a confidential one."""
        for source in self.sources:
            if row := self.rows(source, visible, Q(pk=key), reader).first():
                return Found(self, source, row)
        return None

    def patient_of(self, row: Any) -> UUID:
        """Return whose row it is."""
        found: UUID = getattr(row, self.patient)
        return found


@dataclass(frozen=True)
class Found:
    """A row and how it is written."""

    kind: Kind
    source: Source
    row: Any


def resources(found: list[Found]) -> Iterator[Json]:
    """Yield the resources of some rows, with their version and when they were changed last."""
    changed: dict[UUID, Any] = {}
    for source in {id(one.source): one.source for one in found}.values():
        changed |= changes.last_changed([one.row for one in found if one.source is source])
    for one in found:
        content = {"resourceType": one.kind.name, "id": str(one.row.pk), **one.source.write(one.row)}
        meta = {"versionId": version(content), "lastUpdated": pieces.moment(changed[one.row.pk])}
        yield {"resourceType": one.kind.name, "id": content.pop("id"), "meta": meta, **content}


def version(content: Json) -> str:
    """Return the version of a resource: equal when, and only when, it says the same."""
    return digest_of(content).hex()


def visible(actor: access.Actor) -> "QuerySet[Patient]":
    """Return the patients whose charts the client may open: the predicate that pages have too."""
    return access.visible_patients(actor, access.Permission.CHART_READ)
