"""Read: one resource with its version; whoever has that version already is told so, and nothing else."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.db import transaction
from django.utils.http import http_date, parse_http_date_safe

from ehospital.fhir.serving import kinds, parameters
from ehospital.fhir.serving.door import READING, Visit
from ehospital.fhir.serving.kinds import Found, Kind
from ehospital.fhir.serving.outcomes import Answer, Json, not_found
from ehospital.foundation import audit
from ehospital.people import queries


def read(visit: Visit, kind: Kind, key: str) -> Answer:
    """Answer with one resource, also one that was entered in error: it says so itself.

    Raises:
        Problem: 403 for the scope, 404 for what does not exist and for what the client may not see.
    """
    visit.needs(kind.name, READING)
    wanted = parameters.uuid(key)
    found = kind.find(wanted, kinds.visible(visit.actor), visit.actor) if wanted else None
    if found is None and wanted and kind.name == "Patient" and (moved := _merged(visit, wanted)):
        return moved
    if found is None:
        raise not_found()
    with transaction.atomic():
        audit_read(visit, found)
    (resource,) = kinds.resources([found])
    headers = versioned(resource)
    if _has_it(visit, resource, headers["ETag"]):
        return Answer(None, HTTPStatus.NOT_MODIFIED, headers)
    return Answer(resource, HTTPStatus.OK, headers)


def _merged(visit: Visit, key: UUID) -> Answer | None:
    """Return where the patient of a merged record is kept now, when the client may open that record."""
    standing = queries.standing_id(key)
    if standing == key or not kinds.visible(visit.actor).filter(pk=standing).exists():
        return None
    with transaction.atomic():
        part = {"part": "FHIR Patient, merged"}
        audit.record("patient.read", by=visit.actor, at=visit.at, patient_id=standing, details=part)
    link = {"other": {"reference": f"Patient/{standing}"}, "type": "replaced-by"}
    return Answer({"resourceType": "Patient", "id": str(key), "active": False, "link": [link]})


def audit_read(visit: Visit, found: Found) -> None:
    """Write a look at one resource down, in the caller's transaction."""
    audit.record(
        "patient.read" if found.kind.name == "Patient" else "chart.read",
        by=visit.actor,
        at=visit.at,
        patient_id=found.kind.patient_of(found.row),
        subject=f"{found.kind.name}/{found.row.pk}",
        details={"part": f"FHIR {found.kind.name}"},
    )


def versioned(resource: Json) -> dict[str, str]:
    """Return the headers that name the version of a resource."""
    changed = datetime.fromisoformat(resource["meta"]["lastUpdated"])
    return {"ETag": f'W/"{resource["meta"]["versionId"]}"', "Last-Modified": http_date(changed.timestamp())}


def _has_it(visit: Visit, resource: Json, etag: str) -> bool:
    """Return whether the client has this version; If-None-Match counts before If-Modified-Since (RFC 9110)."""
    headers = visit.request.headers
    if known := headers.get("If-None-Match"):
        given = {one.strip().removeprefix("W/") for one in known.split(",")}
        return "*" in given or etag.removeprefix("W/") in given
    since = parse_http_date_safe(headers.get("If-Modified-Since", ""))
    changed = datetime.fromisoformat(resource["meta"]["lastUpdated"])
    return since is not None and int(changed.timestamp()) <= since
