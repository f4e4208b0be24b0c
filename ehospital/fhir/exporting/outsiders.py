"""Practitioner and Organization: whom and what the records name, by the numbers that the references use."""

from collections.abc import Iterable
from uuid import UUID

from ehospital.clinical.models import SourceIdentifier
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import ORGANISATIONS, STAFF, kept
from ehospital.people.models import Organisation, StaffMember

Numbers = dict[UUID, list[tuple[str, str]]]


def numbers(keys: Iterable[UUID]) -> Numbers:
    """Return the numbers under which sources know these clinicians and organisations."""
    found: Numbers = {}
    rows = SourceIdentifier.objects.filter(target_id__in=list(keys)).exclude(system__in=[STAFF, ORGANISATIONS])
    for one in rows.order_by("pk"):
        held = found.setdefault(one.target_id, [])
        if (one.system, one.value) not in held:
            held.append((one.system, one.value))
    return found


def practitioner(row: StaffMember, known: Numbers) -> Json:
    """Return a clinician."""
    names = kept(
        text=row.name_text, family=row.family, given=row.given.split(), prefix=row.prefix.split() if row.prefix else []
    )
    return kept(
        identifier=_numbers(row.identifier, STAFF, row.pk, known),
        active=row.active,
        name=[names],
        telecom=[{"system": "phone", "value": row.phone}] if row.phone else [],
        qualification=[{"code": {"text": row.title}}] if row.title else [],
    )


def organisation(row: Organisation, known: Numbers) -> Json:
    """Return an organisation."""
    return kept(
        identifier=_numbers(row.identifier, ORGANISATIONS, row.pk, known),
        active=row.active,
        type=[{"text": row.kind}] if row.kind else [],
        name=row.name,
        telecom=[{"system": "phone", "value": row.phone}] if row.phone else [],
        address=[{"line": row.address.split("\n")}] if row.address else [],
    )


def _numbers(own: str, system: str, key: UUID, known: Numbers) -> list[Json]:
    """Return the numbers, the one that we print first; the last is what references of this export name."""
    found = sorted(known.get(key, []), key=lambda one: one[1] != own)
    if own and own not in {value for _, value in found}:
        found.insert(0, ("", own))
    return [kept(system=name, value=value) for name, value in [*found, (system, str(key))]]
