"""Search: a Bundle of what the client may see, written down once for every patient in it."""

from collections import Counter
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from ehospital.fhir.serving import asked as asking
from ehospital.fhir.serving import confiding, kinds, pages, parameters
from ehospital.fhir.serving.asked import Asked
from ehospital.fhir.serving.door import READING, Visit
from ehospital.fhir.serving.kinds import Kind
from ehospital.fhir.serving.outcomes import Answer, Json, outcome
from ehospital.fhir.serving.parameters import Asking
from ehospital.foundation import audit
from ehospital.people import queries
from ehospital.people.models import Patient


def search(visit: Visit, kind: Kind, sent: Iterable[tuple[str, str]]) -> Answer:
    """Answer a search with one page of what is found.

    Raises:
        Problem: 400 for a parameter that means nothing, 403 for the scope, 410 for a cursor of another search.
    """
    visit.needs(kind.name, READING)
    visible = kinds.visible(visit.actor)
    ask = Asking(visit.at, visit.base_url, visible)
    found = asking.understood(kind, sent, ask, strict=asking.strictly(visit.request.headers))
    with transaction.atomic():
        page = pages.page(kind, found, visible, reader=visit.actor)
        _audit(visit, kind, page)
        _refused(visit, kind, found, visible)
        return Answer(_bundle(visit, kind, found, page))


def _audit(visit: Visit, kind: Kind, page: pages.Page) -> None:
    """Write down who was shown: one event for each patient, and one for a search that showed nobody."""
    shown: Counter[UUID] = Counter(kind.patient_of(one.row) for one in page.found)
    action = "patient.read" if kind.name == "Patient" else "chart.read"
    events = [
        audit.event(
            action, by=visit.actor, at=visit.at, patient_id=key, details={"part": f"FHIR {kind.name}", "lines": lines}
        )
        for key, lines in shown.items()
    ]
    nobody = audit.event("fhir.searched", by=visit.actor, at=visit.at, details={"type": kind.name})
    audit.record_many(events or [nobody])


def _refused(visit: Visit, kind: Kind, found: Asked, visible: QuerySet[Patient]) -> None:
    """Write down whom a search names without being shown them: somebody who is closed to it, or nobody at all."""
    naming = ("_id",) if kind.name == "Patient" else ("patient", "subject")
    named = {
        key
        for name, value in found.used
        if name.partition(":")[0] in naming
        for text in value.split(",")
        if (key := parameters.uuid(text.rpartition("/")[2]))
    }
    if not named:
        return
    standing = {key: queries.standing_id(key) for key in named}
    seen = set(visible.filter(pk__in=standing.values()).values_list("pk", flat=True))
    told = {"asked": f"{visit.request.method} /fhir/{kind.name}", "status": HTTPStatus.OK.value}
    closed = sorted(str(key) for key, stands in standing.items() if stands not in seen)
    audit.record_many(
        [
            audit.event("fhir.refused", by=visit.actor, at=visit.at, subject=f"patient:{key}", details=told)
            for key in closed
        ]
    )


def _bundle(visit: Visit, kind: Kind, found: Asked, page: pages.Page) -> Json:
    address = f"{visit.base_url}/{kind.name}"
    links = [{"relation": "self", "url": _address(address, found.used)}]
    if page.next:
        links.append({"relation": "next", "url": _address(address, [*found.used, ("_cursor", page.next)])})
    entries: list[Json] = [
        {"fullUrl": f"{address}/{one['id']}", "resource": one, "search": {"mode": "match"}}
        for one in kinds.resources(page.found)
    ]
    if found.ignored:
        told = outcome("warning", "not-supported", found.ignored[0])
        told["issue"] += [outcome("warning", "not-supported", words)["issue"][0] for words in found.ignored[1:]]
        entries.append({"resource": told, "search": {"mode": "outcome"}})
    counted = {"total": page.total} if found.counted else {}
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", **counted, "link": links}
    if confiding.may_be_incomplete([one.rows().model for one in kind.sources]):
        bundle = {**bundle, "meta": {"security": [confiding.SUBSETTED]}}
    return {**bundle, "entry": entries} if entries else bundle


def _address(address: str, used: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(used))
    return f"{address}?{query}" if query else address
