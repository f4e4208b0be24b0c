"""Create: what is sent goes through the same actions as everything else, whole or not at all."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from ehospital.clinical import actions as clinical
from ehospital.clinical.details import NoKnownAllergiesDetails
from ehospital.fhir.elements import Element, LeftOut, Reading, parse
from ehospital.fhir.mapping import allergies, encounters, observations, patients, problems
from ehospital.fhir.serving import asked, keeping, kinds, numbers, pages, parameters, vitals
from ehospital.fhir.serving.door import READING, WRITING, Visit
from ehospital.fhir.serving.kinds import Found, Kind
from ehospital.fhir.serving.links import DoorLinks
from ehospital.fhir.serving.outcomes import Answer, Json, Problem, unprocessable, unusable
from ehospital.fhir.serving.parameters import Asking
from ehospital.fhir.serving.reading import audit_read, versioned
from ehospital.foundation import locks
from ehospital.kernel.identifiers import uuid7
from ehospital.people import access
from ehospital.people import actions as people

_Write = Callable[[Visit, Element], UUID]
_Record = Callable[..., UUID]
P = access.Permission

_NO_SUCH_PATIENT: Final = "There is no such patient, or this client may not write into the chart."
# Whatever the actions of a domain refuse, they say in words that may go out: an action that is added is covered too.
_REFUSALS: Final = tuple(
    one
    for room in (clinical, people)
    for one in vars(room).values()
    if isinstance(one, type) and issubclass(one, Exception)
)


def create(visit: Visit, kind: Kind, sent: bytes) -> Answer:
    """Store a resource and answer with it, 201; with If-None-Exist, answer with the one that is there, 200.

    Raises:
        Problem: 400 for what is no such resource, 403 for the scope, 412 when If-None-Exist fits several, 422 with the
            paths of what cannot be stored. Then nothing was stored.
    """
    visit.needs(kind.name, WRITING)
    resource = _resource(visit, kind, sent)
    if kind.name == "Patient" and resource.json.get("identifier"):
        numbers.may_try(visit)
    try:
        return _created(visit, kind, resource)
    except numbers.Taken:
        numbers.note(visit)
        words = "One of the numbers cannot be stored: perhaps the patient is known already. Nothing was stored."
        raise unprocessable(words, f"{kind.name}.identifier") from None


def _created(visit: Visit, kind: Kind, resource: Element) -> Answer:
    with transaction.atomic():
        if there := _existing(visit, kind):
            audit_read(visit, there)
            return _told(visit, there, HTTPStatus.OK)
        key = _stored(visit, kind, resource)
        found = kind.find(key, kinds.visible(visit.actor))
        if found is None:  # what was stored would be out of its sender's sight
            raise unprocessable("It would not be open to this client; nothing was stored.", refused=True)
        _nothing_lost(visit, kind, resource, found)
        return _told(visit, found, HTTPStatus.CREATED)


def _resource(visit: Visit, kind: Kind, sent: bytes) -> Element:
    try:
        resource = parse(sent, kind.name, Reading(visit.at, timezone.get_default_timezone()))
    except LeftOut as why:
        raise unusable(f"What was sent {why}.", "structure") from None
    if resource.json.get("resourceType") != kind.name:
        raise unusable(f"What was sent is no {kind.name}: resourceType says otherwise.", "structure")
    return resource


def _existing(visit: Visit, kind: Kind) -> Found | None:
    """Return the resource that If-None-Exist names; whoever asks at the same moment with the same words waits."""
    words = visit.request.headers.get("If-None-Exist", "").lstrip("?")
    if not words:
        return None
    visit.needs(kind.name, READING)
    if "\0" in (sent := parse_qsl(words, keep_blank_values=True)).__repr__():
        raise unusable("If-None-Exist holds a NUL character.")
    locks.advisory(f"fhir.create:{kind.name}:{words[:2000]}")
    visible = kinds.visible(visit.actor)
    found = asked.understood(kind, sent, Asking(visit.at, visit.base_url, visible), strict=True)
    if all(name.startswith("_") and name != "_id" for name, _ in found.used):
        raise unusable("If-None-Exist names nothing by which a resource could be known.")
    found.count, found.cursor, found.counted = 1, "", True
    page = pages.page(kind, found, visible, reader=visit.actor)
    if page.total > 1:
        words = f"If-None-Exist fits {page.total} resources; nothing was stored."
        raise Problem(HTTPStatus.PRECONDITION_FAILED, "multiple-matches", words)
    return page.found[0] if page.found else None


def _stored(visit: Visit, kind: Kind, resource: Element) -> UUID:
    try:
        with transaction.atomic():
            return CREATED[kind.name](visit, resource)
    except access.NotPermitted:
        where = f"{kind.name}.{kind.about}" if kind.about else kind.name
        raise unprocessable(_NO_SUCH_PATIENT, where, refused=True) from None
    except clinical.ForeignEncounter as why:
        raise unprocessable(f"{why}; nothing was stored.", kind.name, refused=True) from None
    except LeftOut as why:
        path = str(why).split(" ")[0].rstrip(":")
        raise unprocessable(f"{why}; nothing was stored.", path if path.startswith(kind.name) else kind.name) from None
    except people.IdentifierTaken:
        raise numbers.Taken from None
    except _REFUSALS as why:
        raise unprocessable(f"{why}; nothing was stored.", kind.name) from None
    except (DataError, IntegrityError):
        raise unprocessable("The record does not take values like these; nothing was stored.", kind.name) from None


def _nothing_lost(visit: Visit, kind: Kind, resource: Element, found: Found) -> None:
    """Return when everything that was sent would be read back.

    Raises:
        Problem: 422 with the paths of what would not; whoever calls has a transaction that ends with it.
    """
    if notes := resource.reading.notes:
        paths = [path for note in notes if (path := note.split(" ")[0].rstrip(":")).startswith(kind.name)]
        raise unprocessable(f"{'; '.join(notes)}. Nothing was stored.", *paths)
    stored = found.source.write(found.row)
    lost = keeping.lost(resource.json, stored, kind=kind.name, reading=resource.reading, base_url=visit.base_url)
    if lost:
        words = f"This is not kept here as it was sent: {', '.join(lost)}. Leave it away; nothing was stored."
        raise unprocessable(words, *lost)


def _told(visit: Visit, found: Found, status: HTTPStatus) -> Answer:
    (resource,) = kinds.resources([found])
    headers = versioned(resource)
    address = f"{visit.base_url}/{found.kind.name}/{found.row.pk}"
    headers["Location"] = f"{address}/_history/{resource['meta']['versionId']}"
    minimal = "return=minimal" in visit.request.headers.get("Prefer", "").replace(" ", "").lower()
    body: Json | None = None if minimal else resource
    return Answer(body, status, headers)


def _patient(visit: Visit, resource: Element) -> UUID:
    return people.register_from(patients.read(resource), by=visit.actor, at=visit.at)


def _chart(permission: access.Permission, about: str, read: Callable[..., Any], record: _Record) -> _Write:
    """Return how a line of a chart is written: first of all, may this client write into it?"""

    def write(visit: Visit, resource: Element) -> UUID:
        patient_id = _whose(visit, resource, about)
        access.require(visit.actor, permission, patient_id=patient_id)
        details = read(resource, uuid7(), DoorLinks(patient_id, visit.base_url))
        return record(patient_id, details, by=visit.actor, at=visit.at)

    return write


def _whose(visit: Visit, resource: Element, about: str) -> UUID:
    """Return the patient whom the resource names; an id that nobody has when it names nobody."""
    reference = resource.child(about)
    if reference is None:
        raise resource.refuse(about, "is missing")
    found = parameters.Links("pk", "Patient")
    text = reference.text("reference").removeprefix(f"{visit.base_url}/")
    key = parameters.uuid(text.removeprefix(f"{found.kind}/")) if text.startswith(f"{found.kind}/") else None
    if key is None:
        raise access.NotPermitted("the reference names no patient")
    return key


def _allergy(patient_id: UUID, details: Any, *, by: access.Actor, at: Any) -> UUID:
    if isinstance(details, NoKnownAllergiesDetails):
        if details.entered_in_error:
            raise LeftOut("AllergyIntolerance.clinicalStatus: a statement that none is known is active when it is made")
        return clinical.state_no_known_allergies(patient_id, scope=details.scope, by=by, at=at)
    return clinical.record_allergy(patient_id, details, by=by, at=at)


CREATED: Final[dict[str, _Write]] = {
    "Patient": _patient,
    "Observation": _chart(P.OBSERVATION_RECORD, "subject", observations.read, vitals.record),
    "Condition": _chart(P.CHART_WRITE, "subject", problems.read, clinical.record_problem),
    "AllergyIntolerance": _chart(P.CHART_WRITE, "patient", allergies.read, _allergy),
    "Encounter": _chart(P.CHART_WRITE, "subject", encounters.read, clinical.open_encounter),
}
