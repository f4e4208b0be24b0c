"""Search: a Bundle of what the client may see, written down once for every patient in it."""

from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction

from ehospital.fhir.serving import asked as asking
from ehospital.fhir.serving import confiding, kinds, pages
from ehospital.fhir.serving.asked import Asked
from ehospital.fhir.serving.door import READING, Visit
from ehospital.fhir.serving.kinds import Kind
from ehospital.fhir.serving.outcomes import Answer, Json, outcome
from ehospital.fhir.serving.parameters import Asking
from ehospital.foundation import audit


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
