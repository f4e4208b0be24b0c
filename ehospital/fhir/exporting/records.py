"""Whole records as resources: patients, whom their lines name, and every line."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from ehospital.clinical.models import FormDefinition
from ehospital.fhir.exporting import forms, outsiders
from ehospital.fhir.exporting.kinds import KINDS
from ehospital.fhir.serving import patients as demographics
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import ORGANISATIONS, STAFF
from ehospital.foundation import audit
from ehospital.people import access
from ehospital.people.models import Organisation, Patient, StaffMember

AT_ONCE: Final = 50
_NAMED: Final = {STAFF: "Practitioner", ORGANISATIONS: "Organization"}


class UnknownPatient(LookupError):
    """There is no patient with this id; one that was merged is exported under the id of the one that stands."""


def patient_ids() -> list[UUID]:
    """Return every patient whose record stands, in the order of their keys."""
    return list(Patient.objects.filter(merged_into=None).order_by("pk").values_list("pk", flat=True))


class Export:
    """An export by the machinery: each patient's leaving is on record, and whom the records name comes along once."""

    def __init__(self, *, by: access.Actor, at: datetime) -> None:
        self.by, self.at = by, at
        self._told: set[tuple[str, str]] = set()

    def resources(self, keys: Sequence[UUID]) -> Iterator[Json]:
        """Yield the resources of these patients, a few patients at a time.

        Raises:
            UnknownPatient: one of them does not exist, or was merged into another.
        """
        for some in _in_parts(keys, AT_ONCE):
            yield from self._of(some)

    def _of(self, keys: Sequence[UUID]) -> Iterator[Json]:
        whole = Patient.objects.filter(pk__in=keys, merged_into=None).order_by("pk")
        parts = ("names", "identifiers", "telecoms", "addresses", "contacts")
        found = list(whole.prefetch_related(*parts))
        if len(found) != len(keys):
            missing = set(keys) - {one.pk for one in found}
            raise UnknownPatient(f"there is no patient {missing.pop()}")
        with transaction.atomic():
            told = {"form": "fhir"}
            audit.record_many(
                [audit.event("chart.exported", by=self.by, at=self.at, patient_id=key, details=told) for key in keys]
            )
        for patient in found:
            yield {"resourceType": "Patient", "id": str(patient.pk), **demographics.write(patient)}
        for kind in KINDS:
            for resource in kind.resources(keys):
                yield from self._named_by(resource)
                yield from self._asked_by(resource)
                yield resource

    def _named_by(self, resource: Json) -> Iterator[Json]:
        """Yield the clinicians and organisations that a resource names and that have not come along yet."""
        for system, key in _numbers(resource):
            if (system, key) not in self._told:
                self._told.add((system, key))
                yield from _outsider(_NAMED[system], UUID(key))

    def _asked_by(self, resource: Json) -> Iterator[Json]:
        """Yield the form that a response answers, when it has not come along yet."""
        asked = resource.get("questionnaire", "")
        if asked and ("", asked) not in self._told:
            self._told.add(("", asked))
            url, _, version = asked.rpartition("|")
            for one in FormDefinition.objects.filter(url=url, version=version):
                yield forms.definition(one)


def _outsider(kind: str, key: UUID) -> Iterator[Json]:
    known = outsiders.numbers([key])
    if kind == "Practitioner":
        for member in StaffMember.objects.filter(pk=key):
            yield {"resourceType": kind, "id": str(key), **outsiders.practitioner(member, known)}
    else:
        for one in Organisation.objects.filter(pk=key):
            yield {"resourceType": kind, "id": str(key), **outsiders.organisation(one, known)}


def _numbers(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the numbers of ours by which a resource refers to clinicians and organisations."""
    if isinstance(value, dict):
        number = value.get("identifier")
        if isinstance(number, dict) and number.get("system") in _NAMED:
            yield number["system"], number["value"]
        for one in value.values():
            yield from _numbers(one)
    elif isinstance(value, list):
        for one in value:
            yield from _numbers(one)


def _in_parts(keys: Sequence[UUID], most: int) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(keys), most):
        yield keys[start : start + most]


def bundle(resources: Sequence[Json], *, at: datetime) -> Json:
    """Return resources as one collection in which every reference leads to an entry by its URN."""
    held = {f"{one['resourceType']}/{one['id']}" for one in resources}
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": at.isoformat(),
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": within(one, held)} for one in resources],
    }


def within(value: Any, held: set[str]) -> Any:
    """Return a resource whose references to what is held are URNs; a reference to anything else is left away."""
    if isinstance(value, list):
        return [one for one in (within(one, held) for one in value) if one not in ({}, None)]
    if not isinstance(value, dict):
        return value
    found = {name: within(one, held) for name, one in value.items()}
    reference = value.get("reference")
    if isinstance(reference, str) and "/" in reference and not reference.startswith(("http", "urn:")):
        if reference not in held:
            del found["reference"]
        else:
            found["reference"] = f"urn:uuid:{reference.partition('/')[2]}"
    return {name: one for name, one in found.items() if one not in ({}, [])}
